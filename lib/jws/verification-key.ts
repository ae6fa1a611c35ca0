import { createPublicKey, type KeyObject } from 'node:crypto'
import { type Algorithm, algorithms, isAlgorithm } from './algorithms.ts'
import { type KeyFault, keyFault } from './key-fault.ts'
import { type PublicJwk, readPublicJwk } from './public-jwk.ts'
import { thumbprint } from './thumbprint.ts'

export type { KeyFault } from './key-fault.ts'

/** A public key that was found fit to verify signatures, frozen. */
export interface VerificationKey {
  readonly kid: string | undefined
  /** What it may verify; a key with `alg` serves that only (RFC 8725bis section 3.1). */
  readonly algorithms: ReadonlySet<Algorithm>
  readonly keyObject: KeyObject
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string
  /** How long each of its signatures is. */
  readonly signatureBytes: number
  /** The same for two imports exactly when the key, its `kid` and what it serves are the same. */
  readonly identity: string
}

/**
 * The key of a JWK that came from a key set or a header, or what is wrong with it. Never throws.
 * Members it does not know, certificates among them, are ignored (RFC 7517 section 4).
 */
export function importVerificationKey(jwk: unknown): VerificationKey | KeyFault {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return keyFault('malformed')
  const members = jwk as Readonly<Record<string, unknown>>
  const { kid, alg } = members
  const unfit = secretFault(members) ?? useFault(members)
  if (unfit !== undefined) return unfit
  if (kid !== undefined && typeof kid !== 'string') return keyFault('malformed')
  const publicJwk = readPublicJwk(members)
  if ('fault' in publicJwk) return publicJwk
  const served = servedAlgorithms(publicJwk, alg)
  if ('fault' in served) return served
  const keyObject = createKey(publicJwk)
  if (keyObject === undefined) return keyFault('malformed')
  const print = thumbprint(publicJwk)
  return Object.freeze({
    kid,
    algorithms: served,
    keyObject,
    thumbprint: print,
    signatureBytes: signatureBytes(publicJwk, served),
    identity: `${print} ${[...served].join()} ${kid === undefined ? '' : JSON.stringify(kid)}`,
  })
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Before all else, since it is the one fault that somebody must hear of. */
function secretFault(jwk: Readonly<Record<string, unknown>>): KeyFault | undefined {
  if (jwk['kty'] === 'oct') return keyFault('symmetric')
  return privateMembers.some((name) => jwk[name] !== undefined) ? keyFault('private') : undefined
}

/** RFC 7517 sections 4.2 and 4.3. */
function useFault({
  use,
  key_ops: operations,
}: Readonly<Record<string, unknown>>): KeyFault | undefined {
  if (use !== undefined && typeof use !== 'string') return keyFault('malformed')
  if (use !== undefined && use !== 'sig') return keyFault('not_for_signatures')
  if (operations === undefined) return undefined
  if (!Array.isArray(operations)) return keyFault('malformed')
  if (!operations.every((operation) => typeof operation === 'string')) return keyFault('malformed')
  return operations.includes('verify') ? undefined : keyFault('not_for_signatures')
}

function servedAlgorithms(key: PublicJwk, alg: unknown): ReadonlySet<Algorithm> | KeyFault {
  const fitting = byKey.get(key.kty === 'RSA' ? 'RSA' : key.crv) ?? new Set()
  if (alg === undefined) return fitting
  if (typeof alg !== 'string') return keyFault('malformed')
  if (!isAlgorithm(alg)) return keyFault('unsupported')
  if (!fitting.has(alg)) return keyFault('mismatched')
  // EdDSA and Ed25519 on such a key mean each other (RFC 9864 section 2.2).
  return algorithms[alg].kty === 'OKP' ? fitting : new Set([alg])
}

/** By key type or curve, all that such a key can verify. */
const byKey: ReadonlyMap<string, ReadonlySet<Algorithm>> = new Map(
  ['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519'].map((kind) => [
    kind,
    new Set(
      (Object.keys(algorithms) as Algorithm[]).filter(
        (name) => (algorithms[name].crv ?? algorithms[name].kty) === kind,
      ),
    ),
  ]),
)

function signatureBytes(key: PublicJwk, served: ReadonlySet<Algorithm>): number {
  if (key.kty === 'RSA') return Buffer.from(key.n, 'base64url').length
  const [first] = served
  return (first && algorithms[first].signatureBytes) ?? 0
}

/** `undefined` for a point that is not on its curve, which is what OpenSSL checks at import. */
function createKey(key: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ format: 'jwk', key })
  } catch (error) {
    if (isKeyError(error)) return undefined
    throw error
  }
}

/** By code, not by class: in a Jest realm Node's errors are instances of nothing. */
function isKeyError(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return code === 'ERR_CRYPTO_INVALID_JWK' || String(code).startsWith('ERR_OSSL_')
}
