import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { type AlgorithmRow, algorithms, isAlgorithm } from '../jws/algorithms.ts'
import type { TestClient } from './test-client.ts'

/** Whether a client assertion is good. Once: the same one again is not. */
export type AssertionCheck = (assertion: string) => boolean

/** What assertions are checked against. */
export interface AssertionExpectation {
  readonly issuer: string
  /** The time in whole seconds. */
  readonly now: () => number
}

type Claims = Readonly<Record<string, unknown>>

/** Checks assertions of a `private_key_jwt` client (RFC 7523 section 3); refuses all of others. */
export function assertionCheck(client: TestClient, expected: AssertionExpectation): AssertionCheck {
  if (client.method !== 'private_key_jwt') return () => false
  const { clientId, key, algorithm = key.alg } = client
  const publicKey = createPublicKey({ key: publicPart(key), format: 'jwk' })
  const spent = new Set<unknown>()

  return (assertion) => {
    const [header = '', payload = '', signature = '', ...more] = assertion.split('.')
    const { alg } = parsed(header)
    if (more.length > 0 || !isAlgorithm(alg) || alg !== (algorithm ?? alg)) return false
    const row = algorithms[alg]
    if (row.keyType !== publicKey.asymmetricKeyType) return false
    if (!signedBy(publicKey, row, `${header}.${payload}`, signature)) return false
    const claims = parsed(payload)
    if (!assertionClaimsHold(claims, clientId, expected) || spent.has(claims['jti'])) return false
    spent.add(claims['jti'])
    return true
  }
}

function assertionClaimsHold(
  { iss, sub, aud, exp, jti }: Claims,
  clientId: string,
  { issuer, now }: AssertionExpectation,
): boolean {
  // rfc7523bis: the issuer identifier is the sole audience.
  const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
  return (
    iss === clientId &&
    sub === clientId &&
    audience === issuer &&
    typeof exp === 'number' &&
    exp > now() &&
    typeof jti === 'string'
  )
}

function signedBy(key: KeyObject, row: AlgorithmRow, input: string, signature: string): boolean {
  const { hash, padding, saltLength } = row
  const how = {
    key,
    dsaEncoding: 'ieee-p1363' as const,
    ...(padding !== undefined && { padding }),
    ...(saltLength !== undefined && { saltLength }),
  }
  return verify(hash ?? null, Buffer.from(input), how, Buffer.from(signature, 'base64url'))
}

function publicPart({ kty, n, e, crv, x, y }: JsonWebKey): JsonWebKey {
  const members = Object.entries({ kty, n, e, crv, x, y })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}

function parsed(segment: string): Claims {
  try {
    return Object(JSON.parse(Buffer.from(segment, 'base64url').toString()))
  } catch {
    return {}
  }
}
