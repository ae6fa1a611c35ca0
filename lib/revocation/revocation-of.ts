import { tokenDigest } from '../cache/token-digest.ts'
import { parseCompact } from '../jws/compact.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import { revocationSelector } from '../options/revocation-selector.ts'
import type { Revocation } from './revocation.ts'

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
  const { maxTokenAgeMs } = settings.revocation
  if (!('token' in selected)) {
    return { ...selected, endsAtMs: selected.issuedUntil * 1000 + maxTokenAgeMs }
  }
  const { token } = selected
  const exp = parseCompact(token)?.payload()?.['exp']
  // Unverified: it may lengthen the memory of it, up to a year, and never shortens it.
  const expiresAtMs = typeof exp === 'number' ? exp * 1000 + toleranceMs : 0
  const now = settings.clock()
  const endsAtMs = Math.max(Math.min(expiresAtMs, now + longestMs), now + maxTokenAgeMs)
  return { digest: tokenDigest(token), endsAtMs }
}

/** More than any clock tolerance that is accepted after `exp`. */
const toleranceMs = 600_000
const longestMs = 366 * 86_400_000
