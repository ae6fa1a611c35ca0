import { ConfigurationError } from '../errors/configuration-error.ts'
import { describedValue } from './described-value.ts'

/** 2001-01-01: seconds since the epoch, taken for milliseconds, are in 1970. */
const earliestMs = 978_307_200_000

/**
 * Asks the clock once: what it gives must be a time that can be now.
 *
 * @throws ConfigurationError
 */
export function checkClock(clock: () => number): void {
  const now: unknown = clock()
  if (typeof now === 'number' && now >= earliestMs && now < Number.POSITIVE_INFINITY) return
  throw new ConfigurationError(
    'clock',
    `must give the milliseconds since 1970, as \`Date.now\` does, and a time after 2000, not ${describedValue(now, 'clock')}.`,
  )
}
