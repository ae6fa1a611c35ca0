import { type RefusalValue, refuse } from '../../errors/refusal-value.ts'
import type { ClaimSet, JwtSettings } from '../../options/issuer-options.ts'
import { isListedUri } from './is-listed-uri.ts'

/** Where the status of a token is: a list, and a place in it. */
export interface StatusReference {
  readonly uri: string
  readonly index: number
}

/**
 * Where the token says its status is, or why that cannot be looked up; `undefined` when it says
 * nothing, or what it says is to be ignored. The address is compared with what is configured.
 */
export function statusReference(
  claims: ClaimSet,
  { statusList: settings }: Pick<JwtSettings, 'statusList'>,
): StatusReference | RefusalValue | undefined {
  const status = claims['status']
  if (status === undefined || settings === 'ignore') return undefined
  // Whoever did not say what is to become of it did not say that it is to be ignored.
  if (settings === undefined) return refuse('status_not_accepted')
  if (!isObject(status) || Object.keys(status).length === 0) return refuse('malformed_claim')
  // Another mechanism than lists, which nobody here knows to ask.
  if (!Object.hasOwn(status, 'status_list')) return refuse('status_not_accepted')
  const { uri, idx } = (status['status_list'] ?? {}) as { uri?: unknown; idx?: unknown }
  // draft-ietf-oauth-status-list section 6.2: a non-negative integer, and a string.
  if (typeof uri !== 'string' || !Number.isSafeInteger(idx) || (idx as number) < 0) {
    return refuse('malformed_claim')
  }
  if (!isListedUri(uri, settings.uris)) return refuse('unknown_status_list')
  return { uri, index: idx as number }
}

function isObject(value: unknown): value is ClaimSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
