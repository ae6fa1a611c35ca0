/**
 * What must become of a request.
 *
 * @typedef {object} Expectation
 * @property {200 | 400 | 401 | 403} status
 * @property {string} [subject] - whose the token is, which the answer must say where it is accepted
 * @property {readonly string[]} [errors] - one of which the challenge must name
 * @property {(answeredAt: number) => readonly string[]} undecided - what may be in the way of a
 *   verdict while it fails
 * @property {() => boolean} [alsoAccepted] - where one cannot know yet
 * @property {() => boolean} [alsoRefused] - likewise
 *
 * @typedef {{ status: number, headers: Record<string, string>, body: string }} Answer
 */

/**
 * Judges an answer: `right`; `excused`, a 503 while something failed that is needed; `wrong`; or
 * `swap`, another's identity, which is the worst of all.
 *
 * @param {Expectation} expected
 * @param {Answer} answer
 * @param {{ sentAt: number, answeredAt: number }} times
 * @param {(sources: readonly string[], from: number, to: number) => boolean} excuses
 */
export function judge(expected, answer, { sentAt, answeredAt }, excuses) {
  const challenge = answer.headers['www-authenticate']
  switch (answer.status) {
    case 200:
      if (JSON.parse(answer.body).subject !== expected.subject) return 'swap'
      return expected.status === 200 || expected.alsoAccepted?.() ? 'right' : 'wrong'
    case 503: {
      const isWellFormed = challenge === undefined && Number(answer.headers['retry-after']) >= 1
      const excused = excuses(expected.undecided(answeredAt), sentAt, answeredAt)
      return isWellFormed && excused ? 'excused' : 'wrong'
    }
    case 401:
      if (expected.status !== 401) {
        return expected.alsoRefused?.() && names(challenge, ['invalid_token']) ? 'right' : 'wrong'
      }
      break
    default:
      if (answer.status !== expected.status) return 'wrong'
  }
  return names(challenge, expected.errors) ? 'right' : 'wrong'
}

/** Whether the challenge names one of the errors, or none where none is meant. */
function names(challenge = '', errors = []) {
  const named = /\berror="([^"]*)"/.exec(challenge)?.[1]
  return challenge !== '' && (named === undefined ? errors.length === 0 : errors.includes(named))
}
