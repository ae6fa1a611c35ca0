// @ts-check

/** @typedef {import('../observer.js').Observed} Observed */

/**
 * An event of the library's channels in a few words.
 *
 * @param {Observed} observed
 * @returns {{ mark: string, text: string } | undefined} nothing where it is no news
 */
export function describeEvent({ channel, event }) {
  return words[channel]?.(event)
}

/** @type {Readonly<Record<string, (event: any) => { mark: string, text: string }>>} */
const words = {
  cache: ({ outcome, fingerprint }) => ({
    mark: 'cache',
    text: `${cacheWords[outcome] ?? outcome} · token ${fingerprint.slice(0, 6)}`,
  }),
  keys: ({ outcome, keys, durationMs, reason }) => ({
    mark: 'keys',
    text:
      outcome === 'failed'
        ? `could not be fetched (${reason}) · ${held(keys)} held`
        : `${keyWords[outcome] ?? outcome} · ${held(keys)} · ${durationMs} ms`,
  }),
  introspection: ({ outcome, reason, durationMs }) => ({
    mark: 'introspection',
    text: `${outcome}${reason ? ` (${reason})` : ''} · ${durationMs} ms`,
  }),
  decision: ({ verdict, stage, reason }) => ({
    mark: 'decision',
    text: reason ? `${verdict} at ${stage} (${reason})` : `${verdict}`,
  }),
}

/** @type {Readonly<Record<string, string>>} */
const cacheWords = {
  hit: 'hit',
  negative_hit: 'hit, a refusal',
  miss: 'miss',
  coalesced: 'coalesced with another request',
  dropped: 'dropped: good no longer',
}

/** @type {Readonly<Record<string, string>>} */
const keyWords = { refreshed: 'fetched, they changed', unchanged: 'fetched, still the same' }

/** @param {number} keys */
function held(keys) {
  return keys === 1 ? '1 key' : `${keys} keys`
}
