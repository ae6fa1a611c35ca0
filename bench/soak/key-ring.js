import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

const makePair = promisify(generateKeyPair)
/** Read anew: Node 20 may stop for ever when it exports a key that it generated just now. */
const written = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}
const kinds = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }] }

/**
 * Keys in generations, of which three are published: one that signs, the one before it, and for a
 * while the one after it.
 *
 * @param {(keySet: object) => void} publish
 *
 * @typedef {object} Generation
 * @property {number} number
 * @property {Record<string, { kid: string, privateKey: import('node:crypto').KeyObject }>} keys
 * @property {object[]} jwks
 * @property {boolean} inUse - whether its tokens are good for as long as they say
 * @property {Generation} [retiredWith] - who knows a key of that one, knows that this is gone
 */
export function keyRing(publish) {
  /** @type {Generation[]} The newest first. */
  let published = []
  let made = 0

  async function make() {
    made += 1
    const number = made
    const entries = await Promise.all(
      Object.entries(kinds).map(async ([algorithm, [type, options]]) => {
        const pair = await makePair(type, { ...options, ...written })
        const [publicKey, privateKey] = [
          createPublicKey(pair.publicKey),
          createPrivateKey(pair.privateKey),
        ]
        const kid = `${algorithm.toLowerCase()}-${number}`
        const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
        return { algorithm, kid, privateKey, jwk }
      }),
    )
    return {
      number,
      keys: Object.fromEntries(entries.map(({ algorithm, ...key }) => [algorithm, key])),
      jwks: entries.map(({ jwk }) => jwk),
      inUse: true,
    }
  }

  return {
    /** @type {Generation | undefined} What signs now. */
    current: undefined,
    /** Publishes the next generation, which does not sign yet, and takes back the oldest. */
    async rotate() {
      const next = await make()
      const [current, before, ...oldest] = published
      // A rotation earlier than it is taken back: none of its tokens is under way by then.
      if (before) before.inUse = false
      for (const gone of oldest) gone.retiredWith ??= next
      published = [next, current, before].filter((generation) => generation !== undefined)
      publish({ keys: published.flatMap(({ jwks }) => jwks) })
      return next
    },
  }
}
