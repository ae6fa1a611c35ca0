// @ts-check
import { state, update } from './store.js'

const patienceMs = 4000
const logged = 40

/** @typedef {import('../observer.js').Observed} Observed */

/** @type {Map<string, { events: Observed[], tell: (events: Observed[] | undefined) => void }>} */
const awaited = new Map()

/** Follows what the library publishes, for as long as the page lives. */
export function followEvents() {
  const source = new EventSource('/events')
  source.addEventListener('error', () => update({ connected: false }))
  source.addEventListener('state', ({ data }) => update({ connected: true, ...JSON.parse(data) }))
  source.addEventListener('outcomes', ({ data }) => update({ outcomes: JSON.parse(data) }))
  source.addEventListener('earlier', ({ data }) => log(JSON.parse(data)))
  source.addEventListener('observed', ({ data }) => onObserved(JSON.parse(data)))
}

/**
 * What is observed of a request, once it is answered; `undefined` when no events come through.
 *
 * @param {string} request
 * @returns {Promise<Observed[] | undefined>}
 */
export function eventsOf(request) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => tell(undefined), patienceMs)
    /** @param {Observed[] | undefined} events */
    function tell(events) {
      clearTimeout(timer)
      awaited.delete(request)
      resolve(events)
    }
    awaited.set(request, { events: [], tell })
  })
}

/** @param {Observed} observed */
function onObserved(observed) {
  if (observed.channel === 'cache') {
    const outcome = String(observed.event['outcome'])
    update({ outcomes: { ...state.outcomes, [outcome]: (state.outcomes[outcome] ?? 0) + 1 } })
  }
  log(observed)
  const waiting = awaited.get(observed.request ?? '')
  if (observed.channel === 'answer') {
    waiting?.tell(waiting.events)
  } else {
    waiting?.events.push(observed)
  }
}

/** @param {Observed} observed */
function log(observed) {
  if (observed.channel !== 'answer') {
    update({ log: [observed, ...state.log].slice(0, logged) })
  }
}
