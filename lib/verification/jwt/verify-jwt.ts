import { andThen } from '../../and-then.ts'
import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { Algorithm } from '../../jws/algorithms.ts'
import type { CompactJws } from '../../jws/compact.ts'
import type { VerificationKey } from '../../jws/verification-key.ts'
import type { ClaimSet, JwtSettings } from '../../options/issuer-options.ts'
import type { StandardSchema } from '../../options/standard-schema.ts'
import type { Trust } from '../access-token.ts'
import { accessTokenFromClaims } from '../access-token-from-claims.ts'
import type { StatusLists } from '../status/status-lists.ts'
import { type StatusReference, statusReference } from '../status/status-reference.ts'
import type { Accepted, Issuer, Verdict } from '../verifier.ts'
import type { IssuerKeys, TrustedKey } from './issuer-keys.ts'
import { goodUntilMs, judgeClaims } from './judge-claims.ts'
import { judgeHeader } from './judge-header.ts'

export interface JwtVerification {
  readonly clock: () => number
  readonly schema: StandardSchema | undefined
  readonly keysOf: (issuer: Issuer) => IssuerKeys
  readonly statusLists: StatusLists
  /** In this turn, or in a promise when it is checked in the thread pool. */
  readonly checkSignature: (
    algorithm: Algorithm,
    key: VerificationKey,
    jws: CompactJws,
  ) => boolean | Promise<boolean>
}

/**
 * The verdict on a JWT access token (RFC 9068 section 4). What can be refuted without a key is
 * refused first, so that it is also refused while no key can be had.
 */
export function verifyJwt(
  jws: CompactJws,
  issuer: Issuer,
  { clock, schema, keysOf, statusLists, checkSignature }: JwtVerification,
): Verdict | Promise<Verdict> {
  const settings = issuer.settings.jwt as JwtSettings
  const headerFault = judgeHeader(jws.header, settings)
  if (headerFault) {
    return headerFault
  }
  const claims = jws.payload()
  if (!claims) {
    return refuse('malformed_token')
  }
  const claimsFault = judgeClaims(claims, issuer.settings, settings, clock())
  if (claimsFault) {
    return claimsFault
  }
  const referred = statusReference(claims, settings)
  if (referred && 'verdict' in referred) {
    return referred
  }
  const reference: StatusReference | undefined = referred
  const lists = reference && statusLists.of(issuer)
  const keys = keysOf(issuer)
  const signer = (): Signer | Promise<Signer> =>
    andThen(keys.candidates(jws.header), (candidates) =>
      'verdict' in candidates ? candidates : signerAmong(candidates, jws, checkSignature),
    )
  return andThen(signer(), (first) => {
    if (first) {
      return conclude(first)
    }
    // The key may have been replaced under its `kid`, or the token names none: once more.
    return andThen(keys.refreshAfterFailure(), (changed) =>
      andThen(changed ? signer() : undefined, (second) =>
        second ? conclude(second) : (keys.undecided(jws.header) ?? refuse('wrong_signature')),
      ),
    )
  })

  function conclude(found: NonNullable<Signer>): Verdict | Promise<Verdict> {
    return 'verdict' in found ? found : accepted(found)
  }

  function accepted(key: TrustedKey): Verdict | Promise<Verdict> {
    const expiresAt = (claims as ClaimSet)['exp'] as number
    const token = accessTokenFromClaims({
      claims: claims as ClaimSet,
      issuer,
      source: 'jwt',
      expiresAt,
      trust: trustIn(key),
      schema,
    })
    if ('verdict' in token) {
      return token
    }
    const goodUntil = goodUntilMs(expiresAt, settings.clockToleranceMs)
    const verdict: Accepted = {
      verdict: 'accepted',
      token,
      goodUntilMs: goodUntil,
      restsOn: 'keys',
    }
    // draft-ietf-oauth-status-list section 8.3: only of a token that is good in all else.
    return lists && reference ? andThen(lists.judge(reference), (no) => no ?? verdict) : verdict
  }

  /** What is kept is asked for its status at each use, too: that costs a look into the list. */
  function trustIn(key: TrustedKey): Trust {
    return lists && reference
      ? { holds: (now) => key.holds(now) && lists.holds(reference, now) }
      : key
  }
}

/** The key that made the signature, none, or why that cannot be told. */
type Signer = TrustedKey | RefusalValue | UnavailableValue | undefined

/** RFC 8725 section 3.1: a key serves only its own algorithms, whatever the header says. */
function signerAmong(
  candidates: readonly TrustedKey[],
  jws: CompactJws,
  check: JwtVerification['checkSignature'],
): TrustedKey | undefined | Promise<TrustedKey | undefined> {
  const [candidate, ...others] = candidates
  if (!candidate) {
    return undefined
  }
  return andThen(check(jws.header.alg as Algorithm, candidate.key, jws), (good) =>
    good ? candidate : signerAmong(others, jws, check),
  )
}
