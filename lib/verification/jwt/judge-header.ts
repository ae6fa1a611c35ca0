import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { Algorithm } from '../../jws/algorithms.ts'
import type { JwtSettings } from '../../options/issuer-options.ts'

/**
 * Refuses a JOSE header that is not one of an access token; needs no key. The header's own
 * pointers to keys are refused, never followed (RFC 8725 section 3.10).
 */
export function judgeHeader(
  header: Readonly<Record<string, unknown>>,
  settings: JwtSettings,
): RefusalValue | undefined {
  if (!isAccessTokenType(header['typ'], settings.profile)) {
    return refuse('wrong_type')
  }
  // RFC 7515 section 4.1.11: no extension is understood here, so any `crit` refuses.
  if (notAccepted.some((name) => Object.hasOwn(header, name))) {
    return refuse('unsupported_header')
  }
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') {
    return refuse('malformed_token')
  }
  // RFC 8725 section 3.1: only configured algorithms; `none` and HMAC are not in the table.
  if (!settings.algorithms.has(header['alg'] as Algorithm)) {
    return refuse('unsupported_algorithm')
  }
  return undefined
}

/** Extensions, and pointers to keys; for status lists, too. */
export const notAccepted: readonly string[] = ['crit', 'b64', 'zip', 'jku', 'x5u', 'jwk']

/** RFC 9068 section 4; a value without a slash stands for `application/` and itself. */
function isAccessTokenType(typ: unknown, profile: JwtSettings['profile']): boolean {
  if (typ === undefined) {
    return profile === 'plain'
  }
  if (typeof typ !== 'string') {
    return false
  }
  if (typ === 'at+jwt') {
    return true
  }
  const type = typ.toLowerCase().replace(/^application\//, '')
  return type === 'at+jwt' || (profile === 'plain' && type === 'jwt')
}
