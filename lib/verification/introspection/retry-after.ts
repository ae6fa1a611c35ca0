const leastMs = 1000
/** Whoever means longer is asked once in that time. */
const mostMs = 300_000

/** `Retry-After` (RFC 9110 section 10.2.3) as a delay within bounds; `undefined` when it is none. */
export function retryAfterMs(field: string | undefined, now: number): number | undefined {
  if (field === undefined) return undefined
  const asked = /^\d+$/.test(field) ? Number(field) * 1000 : Date.parse(field) - now
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(asked, leastMs), mostMs)
}
