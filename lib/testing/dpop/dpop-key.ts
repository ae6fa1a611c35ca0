import { hash, type JsonWebKey, randomUUID } from 'node:crypto'
import type { Algorithm } from '../../jws/algorithms.ts'
import type { PublicJwk } from '../../jws/public-jwk.ts'
import { thumbprint } from '../../jws/thumbprint.ts'
import { checkToken } from '../check-members.ts'
import type { Binding } from '../confirmation.ts'
import { type KeyPair, keyPair } from '../key-pair.ts'
import { type SigningKeys, signJwt } from '../sign-jwt.ts'
import { checkDpopKeyOptions, checkProofOptions } from './check-proof-options.ts'
import type { DpopKeyOptions } from './dpop-key-options.ts'
import type { PresentationOptions, ProofOptions } from './proof-options.ts'

/** The key pair of a client that proves possession of it (RFC 9449); its members may be destructured. */
export interface DpopKey extends KeyPair, Binding {
  readonly algorithm: Algorithm
  /** What proofs show in `jwk`. */
  readonly publicJwk: JsonWebKey
  /** What no proof may show. */
  readonly privateJwk: JsonWebKey
  /** SHA-256, base64url (RFC 7638): the `jkt` of tokens that are bound to the key. */
  readonly thumbprint: string
  readonly confirmation: { readonly jkt: string }
  /** A DPoP proof for one request (RFC 9449 section 4.2); each has another `jti`. */
  proof(options: ProofOptions): string
  /** The header fields of a request with the token: `Authorization: DPoP`, and `DPoP`. */
  headers(options: PresentationOptions): { Authorization: string; DPoP: string }
}

/** A new key pair of a client, for DPoP proofs and for tokens bound to it. */
export function dpopKey(options: DpopKeyOptions = {}): DpopKey {
  checkDpopKeyOptions('dpopKey()', options)
  const { algorithm = 'ES256', clock = Date.now } = options
  const own = keyPair(algorithm)
  const publicJwk = own.publicKey.export({ format: 'jwk' })
  const jkt = thumbprint(publicJwk as PublicJwk)
  const keys: SigningKeys = { algorithm, signing: () => own, foreign: keyPair }

  const proof = (options: ProofOptions) => {
    checkProofOptions('proof()', options)
    const { method, url, token, nonce, jti = randomUUID(), issuedSecondsAgo = 0 } = options
    const claims = {
      jti,
      htm: method,
      // RFC 9449 section 4.2: without query and fragment, and otherwise as it was written.
      htu: url.replace(/[?#].*$/s, ''),
      iat: Math.floor(clock() / 1000) - issuedSecondsAgo,
      ath: token === undefined ? undefined : hash('sha256', token, 'base64url'),
      nonce,
    }
    return signJwt({ typ: 'dpop+jwt', jwk: publicJwk }, claims, options, keys)
  }
  return {
    ...own,
    algorithm,
    publicJwk,
    privateJwk: own.privateKey.export({ format: 'jwk' }),
    thumbprint: jkt,
    confirmation: { jkt },
    proof,
    headers(options) {
      checkProofOptions('headers()', options)
      checkToken('token of headers()', options.token)
      return { Authorization: `DPoP ${options.token}`, DPoP: proof(options) }
    },
  }
}
