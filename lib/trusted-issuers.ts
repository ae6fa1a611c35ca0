import { andThen } from './and-then.ts'
import { tokenDigest } from './cache/token-digest.ts'
import type { NotWarm } from './errors/not-ready.ts'
import { refuse } from './errors/refusal-value.ts'
import { httpClients } from './http/http-clients.ts'
import { hintAtIssuer } from './issuers/hint-at-issuer.ts'
import { issuerDirectory } from './issuers/issuer-directory.ts'
import type { KnownIssuer } from './issuers/known-issuer.ts'
import type { Selected } from './issuers/selected.ts'
import { type CompactJws, parseCompact } from './jws/compact.ts'
import { decryptJwe } from './jws/decrypt-jwe.ts'
import { verifySignature, verifySignatureInPool } from './jws/verify-signature.ts'
import { keysChannel, publish } from './observability/channels.ts'
import { type Trace, traceIssuer } from './observability/decisions.ts'
import { type IssuerHealth, issuerHealth } from './observability/health.ts'
import type { ClaimSet } from './options/issuer-options.ts'
import type { ResourceServerSettings } from './options/resource-server-options.ts'
import { hintAtScopeSource } from './policy/hint-at-scope-source.ts'
import type { SealedStore } from './store/sealed-store.ts'
import type { AccessToken } from './verification/access-token.ts'
import { introspectors } from './verification/introspection/introspectors.ts'
import { hintAtConfiguration } from './verification/jwt/hint-at-configuration.ts'
import { keySets } from './verification/jwt/key-sets.ts'
import { verifyJwt } from './verification/jwt/verify-jwt.ts'
import { revocationChecked } from './verification/revocation-checked.ts'
import { statusLists } from './verification/status/status-lists.ts'
import type { Credentials, Issuer, Verdict, Verifier } from './verification/verifier.ts'
import { verifiedClaims } from './verified-claims.ts'

/** The authorization servers that are trusted, and how their tokens are verified. */
export interface TrustedIssuers {
  /** The second and third question of the story, unaided by any cache. */
  readonly verify: Verifier
  /**
   * Asks whether a verified token is still active, with a call of its own.
   *
   * @param raw - the token as it was presented
   */
  introspectNow(token: AccessToken, raw: string): Verdict | Promise<Verdict>
  /** Tells operators, where a token lacks all scope, of claims that may hold it. */
  lacksScope(token: AccessToken): void
  /** What a JWT says of itself, unverified; `undefined` for a token that only its issuer can read. */
  claimsOf(token: string): ClaimSet | undefined
  /** Moves whenever the keys of any issuer change, or an issuer is forgotten. */
  generation(): number
  forget(issuer: string): void
  /** Has keys and metadata at hand before they are needed; resolves to what is in the way. */
  warm(): Promise<readonly NotWarm[]>
  /** Whether what verification needs is at hand, fresh or stale, of every issuer of the list. */
  isWarm(): boolean
  health(): readonly IssuerHealth[]
  close(): Promise<void>
}

/** @param store - where processes keep answers of introspection for each other, if anywhere */
export function trustedIssuers(
  settings: ResourceServerSettings,
  store?: SealedStore,
): TrustedIssuers {
  const { clock, log, resource, claims: schema } = settings
  const clients = httpClients()
  const directory = issuerDirectory({
    issuers: settings.issuers,
    keys: settings.keys,
    clock,
    httpFor: (issuer) => clients.of(issuer.http),
  })
  const keys = keySets({
    keys: settings.keys,
    clock,
    onRefresh: (refresh) => publish(keysChannel, () => ({ resource, ...refresh })),
  })
  const mostTokens = settings.cache.maxEntries * 2
  const maxAgeMs = settings.cache.introspectionMaxAgeMs
  const introspection = introspectors({
    clock,
    log,
    schema,
    keysOf: keys.of,
    mostTokens,
    // Who wants every request asked about wants no answer that was kept.
    shared: store && maxAgeMs > 0 ? { store, maxAgeMs } : undefined,
  })
  const { introspect } = introspection
  const lists = statusLists({
    clock,
    keysOf: keys.of,
    longestBackOffMs: settings.keys.coolDownMs,
  })
  const jwt = {
    clock,
    schema,
    keysOf: keys.of,
    statusLists: lists,
    checkSignature: settings.verifyIn === 'pool' ? verifySignatureInPool : verifySignature,
  }
  const checkRevocation = settings.profile === 'fapi2' ? revocationChecked(introspect) : undefined
  const hintAtJwt = hintAtConfiguration({ log, clock, keysOf: keys.of })
  const hintAtScopes = hintAtScopeSource(log)
  const hintAtListed =
    typeof settings.issuers === 'function' ? undefined : hintAtIssuer(settings.issuers, log)
  let forgets = 0

  function verify(credentials: Credentials, trace?: Trace): Verdict | Promise<Verdict> {
    return andThen(directory.select(credentials.token), (selected) => {
      if ('verdict' in selected) {
        if (selected.reason === 'unknown_issuer') {
          hintAtListed?.(credentials.token)
        }
        return selected
      }
      traceIssuer(trace, {
        issuer: selected.issuer.settings.issuer,
        source: selected.jws || selected.encrypted ? 'jwt' : 'introspection',
      })
      return verifyAs(selected, credentials)
    })
  }

  function verifyAs(
    { issuer, jws, encrypted }: Selected,
    credentials: Credentials,
  ): Verdict | Promise<Verdict> {
    if (!jws && !encrypted) {
      return introspect(issuer, credentials)
    }
    const verdict = jws ? verifySigned(issuer, jws) : verifyEncrypted(issuer, credentials)
    return checkRevocation
      ? andThen(verdict, (verified) => checkRevocation(verified, issuer, credentials))
      : verdict
  }

  function verifySigned(issuer: Issuer, jws: CompactJws): Verdict | Promise<Verdict> {
    // RFC 9068 section 4: where encryption was agreed upon, plain tokens are refused.
    if ((issuer.settings.jwt?.decryptionKeys.length ?? 0) > 0) {
      return refuse('not_encrypted')
    }
    return andThen(verifyJwt(jws, issuer, jwt), (verdict) => {
      hintAtJwt(verdict, jws, issuer)
      return verdict
    })
  }

  /** RFC 9068 section 4: decrypted first; what is inside must be signed all the same. */
  async function verifyEncrypted(issuer: Issuer, { token }: Credentials): Promise<Verdict> {
    const inside = await decryptJwe(token, issuer.settings.jwt?.decryptionKeys ?? [])
    if (!inside) {
      return refuse('undecryptable')
    }
    const jws = parseCompact(inside.toString('latin1'))
    return jws ? verifyJwt(jws, issuer, jwt) : refuse('malformed_token')
  }

  return {
    verify,
    introspectNow: (token, raw) =>
      andThen(directory.find(token.issuer), (issuer) =>
        'verdict' in issuer
          ? issuer
          : introspect(issuer, { token: raw, digest: tokenDigest(raw) }, token),
      ),
    lacksScope(token) {
      const issuer = directory.find(token.issuer)
      if ('settings' in issuer) {
        hintAtScopes(verifiedClaims(token), issuer.settings)
      }
    },
    claimsOf(token) {
      const selected = directory.select(token)
      return selected instanceof Promise || 'verdict' in selected
        ? undefined
        : selected.jws?.payload()
    },
    // A refusal may rest on an issuer not being known: it goes with what was forgotten.
    generation: () => keys.generation() + forgets,
    forget(issuer) {
      forgets++
      directory.forget(issuer)
    },
    async warm() {
      const issuers = [...directory.all()]
      const results = await Promise.all(issuers.map((issuer) => warmIssuer(issuer)))
      return results.filter((result) => result !== undefined)
    },
    // Whom a function knows is not known here: some are always on their way.
    isWarm: () => typeof settings.issuers === 'function' || [...directory.all()].every(isWarm),
    health: () =>
      [...directory.all()].map((issuer) => {
        const { issuer: identifier, ...discovery } = issuer.state()
        return issuerHealth(
          identifier,
          discovery,
          keys.of(issuer).state(),
          introspection.health(issuer),
          lists.of(issuer)?.health(clock()),
        )
      }),
    async close() {
      directory.close()
      keys.close()
      lists.close()
      await clients.close()
    },
  }

  function isWarm(issuer: KnownIssuer): boolean {
    const { needed, fetchedAt } = issuer.state()
    return (
      (!needed || fetchedAt !== undefined) &&
      (!needsKeys(issuer) || (keys.of(issuer).state()?.keys ?? 0) > 0) &&
      lists.of(issuer)?.isWarm(clock()) !== false
    )
  }

  async function warmIssuer(issuer: Issuer): Promise<NotWarm | undefined> {
    const identifier = issuer.settings.issuer
    // Needed also where the keys are given, and the introspection endpoint is not.
    const metadata = await issuer.metadata()
    if ('verdict' in metadata) {
      return { issuer: identifier, unavailable: metadata }
    }
    const unavailable =
      (needsKeys(issuer) ? await keys.of(issuer).warm() : undefined) ??
      (await lists.of(issuer)?.warm())
    return unavailable && { issuer: identifier, unavailable }
  }
}

/** For JWTs, and for signed answers of introspection. */
function needsKeys({ settings: { jwt, introspection } }: Issuer): boolean {
  return jwt !== undefined || introspection?.signedResponse === true
}
