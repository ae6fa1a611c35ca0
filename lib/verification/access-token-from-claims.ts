import { ConfigurationError } from '../errors/configuration-error.ts'
import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { StandardSchema } from '../options/standard-schema.ts'
import type { AccessToken, Trust } from './access-token.ts'
import { freezeOutput } from './freeze-output.ts'
import { clientIdOf, principalOf } from './principal.ts'
import type { Issuer } from './verifier.ts'

export interface VerifiedClaims {
  /** Deep-frozen, and verified: signature or introspection, issuer, audience, time. */
  readonly claims: ClaimSet
  readonly issuer: Issuer
  readonly source: AccessToken['source']
  readonly expiresAt: number | undefined
  readonly trust: Trust
  readonly schema: StandardSchema | undefined
}

/**
 * The access token that verified claims stand for, frozen; or a refusal where a claim that
 * decisions rest on is not of its type, or where the claims do not fit the application's schema.
 */
export function accessTokenFromClaims(verified: VerifiedClaims): AccessToken | RefusalValue {
  const { issuer, claims } = verified
  const scopes = issuer.settings.scopesFrom(claims)
  const roles = issuer.settings.rolesFrom(claims)
  const subject = claims['sub'] ?? undefined
  if (!scopes || !roles || (subject !== undefined && typeof subject !== 'string')) {
    return refuse('malformed_claim')
  }
  const fitted = verified.schema ? judgedBySchema(verified.schema, claims) : claims
  if (fitted === undefined) {
    return refuse('claims_misfit')
  }
  const clientId = clientIdOf(claims)
  return Object.freeze({
    claims: fitted,
    issuer: issuer.settings.issuer,
    subject,
    clientId,
    principal: issuer.settings.principalFrom?.(claims) ?? principalOf(claims, clientId),
    scopes,
    roles,
    expiresAt: verified.expiresAt,
    source: verified.source,
    trust: verified.trust,
    // There may be many tokens, and most applications have no schema.
    ...(fitted !== claims && { verified: claims }),
  })
}

function judgedBySchema(schema: StandardSchema, claims: ClaimSet): object | undefined {
  const result = schema['~standard'].validate(claims)
  if ('then' in result) {
    // Nobody waits for it; that it rejects must not end the process.
    result.then(undefined, () => {})
    throw new ConfigurationError(
      'claims',
      'the schema answered with a promise; the claims are checked synchronously, so leave asynchronous checks to `check`.',
    )
  }
  if (result.issues) {
    return undefined
  }
  if (typeof result.value !== 'object' || result.value === null) {
    throw new ConfigurationError('claims', 'the schema must give an object.')
  }
  return freezeOutput(result.value)
}
