import { parseCompact } from '../jws/compact.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import { revocationSelector } from '../options/revocation-selector.ts'
import type { Revocation } from './revocation.ts'
import { tokenIdentity } from './token-identity.ts'

/**
 * The revocation that a selector means: remembered until all that it refuses has expired.
 *
 * @param selector - `RevocationSelector`, not trusted to be of that type
 * @throws ConfigurationError
 */
export function revocationOf(
  selector: unknown,
  settings: Pick<ResourceServerSettings, 'issuers' | 'clock' | 'revocation'>,
): Revocation {
  const selected = revocationSelector(selector, settings)
  const now = settings.clock()
  // Not from `issuedUntil` on: tokens that do not say when they were issued are meant, too.
  const eldestEndsAtMs = now + settings.revocation.maxTokenAgeMs
  if (!('token' in selected)) {
    return { ...selected, endsAtMs: eldestEndsAtMs }
  }
  const { token } = selected
  const exp = parseCompact(token)?.payload()?.['exp']
  // Unverified: it may lengthen the memory of it, up to a year, and never shortens it.
  const expiresAtMs = typeof exp === 'number' ? exp * 1000 + toleranceMs : 0
  const endsAtMs = Math.max(Math.min(expiresAtMs, now + longestMs), eldestEndsAtMs)
  return { identity: tokenIdentity(token), endsAtMs }
}

/** More than any clock tolerance that is accepted after `exp`. */
const toleranceMs = 600_000
const longestMs = 366 * 86_400_000
