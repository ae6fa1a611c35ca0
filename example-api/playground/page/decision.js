// @ts-check

/** The story of a request: five questions, in this order. */
export const stages = [
  { id: 'credentials', name: 'Credentials', question: 'What did the client present?' },
  { id: 'issuer', name: 'Issuer', question: 'Whose token is it?' },
  { id: 'verification', name: 'Verification', question: 'Is it good?' },
  { id: 'proof', name: 'Proof', question: 'Does the presenter own it?' },
  { id: 'policy', name: 'Policy', question: 'May it do this?' },
]

/**
 * @typedef {'passed' | 'refused' | 'unavailable' | 'skipped' | 'unreached' | 'unknown'} State
 *
 * @typedef {object} Decision - as told by `scopegate:decision`
 * @property {'accepted' | 'refused' | 'unavailable'} verdict
 * @property {string} stage - where it ended
 * @property {string} [reason]
 * @property {'jwt' | 'introspection'} [source]
 * @property {'hit' | 'miss' | 'coalesced'} [cache]
 */

/**
 * How far a request came: a state for each stage, and one for the handler.
 *
 * @param {object} of
 * @param {Decision | undefined} of.decision - the last one of the request; none where nothing was asked
 * @param {boolean} of.observed - whether the events of the request came through
 * @param {number} of.status
 * @returns {{ verdict: 'accepted' | 'refused' | 'unavailable' | 'open' | 'unknown',
 *   states: State[], handler: State }}
 */
export function outcomeOf({ decision, observed, status }) {
  if (!observed) {
    return { verdict: 'unknown', states: stages.map(() => 'unknown'), handler: 'unknown' }
  }
  const handler = status < 400 ? 'passed' : 'refused'
  if (!decision) {
    return { verdict: 'open', states: stages.map(() => 'skipped'), handler }
  }
  const { verdict, stage } = decision
  if (verdict === 'accepted') {
    return { verdict, states: stages.map(({ id }) => reached(id, stage)), handler }
  }
  const end = stages.findIndex(({ id }) => id === stage)
  const states = stages.map((_, at) => (at < end ? 'passed' : at === end ? verdict : 'unreached'))
  return { verdict, states, handler: 'unreached' }
}

/**
 * Accepted by a guard that has no policy, the last question was not asked.
 *
 * @param {string} id
 * @param {string} last
 * @returns {State}
 */
function reached(id, last) {
  return last === 'proof' && id === 'policy' ? 'skipped' : 'passed'
}
