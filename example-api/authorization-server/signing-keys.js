// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'

const alg = 'ES256'
/** Tokens live for ten minutes: those of keys before these are hardly worth a variant. */
const mostKeys = 10

/**
 * The keys that this authorization server signs with, one after the other.
 *
 * @typedef {ReturnType<typeof newSigningKey>} SigningKey
 */
export function signingKeys() {
  /** @type {[SigningKey, ...SigningKey[]]} */
  const keys = [newSigningKey()]

  return {
    /** The key that signs from now on, and the only one that is published. */
    get current() {
      return keys[0]
    },
    rotate() {
      keys.unshift(newSigningKey())
      keys.splice(mostKeys)
    },
    /**
     * The claims of an access token that one of these keys signed, expired or not.
     *
     * @param {string} token
     */
    async claimsOf(token) {
      for (const { publicKey } of keys) {
        try {
          const { payload } = await jwtVerify(token, publicKey, {
            typ: 'at+jwt',
            algorithms: [alg],
            currentDate: new Date(0),
          })
          return payload
        } catch (error) {
          if (!(error instanceof errors.JOSEError)) {
            throw error
          }
        }
      }
      return undefined
    },
    /** @param {import('jose').JWTPayload} claims */
    sign(claims) {
      const { kid, privateKey } = keys[0]
      return new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid }).sign(privateKey)
    },
  }
}

function newSigningKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = randomBytes(6).toString('base64url')
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid }
  return { kid, privateKey, publicKey, jwk }
}
