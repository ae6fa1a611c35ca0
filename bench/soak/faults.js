import { setTimeout as delay } from 'node:timers/promises'

/** What goes wrong, one after the other, from the beginning again when all were there. */
const catalogue = [
  ['introspection', 500],
  ['jwks', 'hang'],
  ['store', 'pause'],
  ['all', 'down'],
  ['introspection', 'hang'],
  ['jwks', 500],
  ['store', 'flush'],
  ['introspection', 'slow'],
  ['discovery', 'html'],
  ['store', 'kill'],
  ['introspection', 429],
  ['jwks', 'garbage'],
  ['store', 'hang'],
  ['introspection', 'reset'],
  ['jwks', 'slow'],
  ['store', 'refused'],
  ['introspection', 'truncated'],
  ['jwks', 'huge'],
  ['all', 'hang'],
  ['introspection', 'html'],
  ['discovery', 'hang'],
  ['introspection', 401],
  ['jwks', 'redirect'],
  ['all', 503],
  ['jwks', 'gzip-bomb'],
  ['introspection', 'empty'],
  ['jwks', 'truncated'],
]

/** Within all deadlines, or over at once: no excuse for anything. */
const harmless = new Set(['slow', 'flush'])

/** What cannot be told while an endpoint fails. */
const concerns = {
  jwks: ['keys'],
  discovery: ['keys'],
  introspection: ['introspection'],
  all: ['keys', 'introspection'],
  store: ['store'],
}

/** Stalls so close to each other are one, in milliseconds. */
const longestBetween = 500
const everything = ['keys', 'introspection', 'store']

/**
 * Has the authorization server and the store fail, and remembers when.
 *
 * @param {object} around
 * @param {ReturnType<import('./plan.js').plan>} around.plan
 * @param {import('scopegate/testing').TestAuthorizationServer} around.as
 * @param {Record<string, { inject(): unknown, restore(): unknown }>} around.storeFaults
 * @param {() => number} around.now - milliseconds since the beginning
 */
export function faults({ plan, as, storeFaults, now }) {
  /** @type {{ where: string, fault: string, concerns: string[], from: number, to: number }[]} */
  const windows = []
  const known = catalogue.filter(([where, fault]) => where !== 'store' || fault in storeFaults)

  function fail(where, fault) {
    if (where === 'store') return storeFaults[fault].inject()
    if (fault === 'slow') return as.fail(where, 'slow', { milliseconds: 200 })
    // RFC 6585 section 4
    const asking = { status: 429, headers: { 'retry-after': '2' } }
    return as.fail(where, fault === 429 ? asking : fault)
  }

  return {
    windows,
    /** Injects them in turn until the signal fires. */
    async run(signal) {
      const pauseMs = (plan.faultEverySeconds - plan.faultSeconds) * 1000
      for (let at = 0; !signal.aborted; at += 1) {
        if (!(await passed(pauseMs * (at === 0 ? 0.5 : 1), signal))) return
        const [where, fault] = known[at % known.length]
        const window = {
          where,
          fault: String(fault),
          concerns: harmless.has(fault) ? [] : concerns[where],
          from: now(),
          to: Number.POSITIVE_INFINITY,
        }
        windows.push(window)
        await fail(where, fault)
        await passed(plan.faultSeconds * 1000, signal)
        await (where === 'store' ? storeFaults[fault].restore() : as.restore())
        window.to = now()
      }
    },
    /**
     * The machine let somebody wait for so long, so that deadlines passed that nobody is to blame for.
     */
    stalled(milliseconds) {
      const to = now()
      const from = to - milliseconds
      const last = windows.findLast(({ where }) => where === 'machine')
      if (last && from <= last.to + longestBetween) last.to = to
      else windows.push({ where: 'machine', fault: 'stalled', concerns: everything, from, to })
    },
    /** Whether one of these could not be told at some time in between. */
    excuses(sources, from, to) {
      return windows.some(
        (window) =>
          window.from <= to &&
          window.concerns.some(
            (source) => sources.includes(source) && from <= window.to + plan.recoveryMs[source],
          ),
      )
    },
  }
}

async function passed(milliseconds, signal) {
  return delay(milliseconds, true, { signal }).catch(() => false)
}
