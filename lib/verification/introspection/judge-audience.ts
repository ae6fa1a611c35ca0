import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { IntrospectedAudience } from '../../options/introspection-options.ts'
import type { ClaimSet } from '../../options/issuer-options.ts'

/**
 * Refuses an answer that names other recipients than this API, and one that names none where
 * that is required. The client id of the introspection client is no recipient unless configured.
 */
export function judgeAudience(
  { aud, token_type, token_use }: ClaimSet,
  accepted: readonly string[] | undefined,
  required: IntrospectedAudience,
): RefusalValue | undefined {
  if (accepted === undefined) return undefined
  if (aud === undefined || aud === null) {
    // Neither whom it is for nor what it is: it may be a refresh token.
    const typed = (token_type ?? token_use ?? undefined) !== undefined
    const enough = required === 'when-present' || (required === 'unless-typed' && typed)
    return enough ? undefined : refuse('missing_claim')
  }
  const named = recipients(aud)
  if (named === undefined) return refuse('malformed_claim')
  return named.some((one) => accepted.includes(one)) ? undefined : refuse('wrong_audience')
}

/** RFC 7662 section 2.2: a string or a list; some servers put the list into one string. */
function recipients(aud: unknown): readonly string[] | undefined {
  if (typeof aud === 'string') return [aud, ...aud.split(' ')]
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string') ? aud : undefined
}
