import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'

/**
 * Refuses an answer that names other recipients than this API, and one that names none where
 * that is required. The client id of the introspection client is no recipient unless configured.
 */
export function judgeAudience(
  aud: unknown,
  accepted: readonly string[] | undefined,
  required: 'when-present' | 'required',
): RefusalValue | undefined {
  if (accepted === undefined) return undefined
  if (aud === undefined || aud === null) {
    return required === 'required' ? refuse('missing_claim') : undefined
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
