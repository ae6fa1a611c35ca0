// @ts-check

/**
 * The challenges of a WWW-Authenticate field (RFC 9110 section 11.6.1), with their parameters in
 * the order in which they came.
 *
 * @param {string} field
 * @returns {Challenge[]}
 *
 * @typedef {{ scheme: string, params: [name: string, value: string][] }} Challenge
 */
export function parseChallenges(field) {
  /** @type {Challenge[]} */
  const challenges = []
  const part = /\s*(?:,\s*)*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,"]+)))?/gy
  for (let found = part.exec(field); found; found = part.exec(field)) {
    const [, name = '', quoted, token] = found
    const value = quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1')
    if (value === undefined) {
      challenges.push({ scheme: name, params: [] })
    } else {
      challenges.at(-1)?.params.push([name, value])
    }
  }
  return challenges
}

/**
 * Of the challenges of an API that takes tokens in two ways: the one that tells of the error, which is
 * that of the scheme that was used (RFC 9449 section 7.2), or the first.
 *
 * @param {readonly Challenge[]} challenges
 */
export function tellingOf(challenges) {
  const ours = challenges.filter(({ scheme }) => /^(?:bearer|dpop)$/i.test(scheme))
  return ours.find((one) => parameterOf(one, 'error') !== undefined) ?? ours[0]
}

/**
 * @param {Challenge | undefined} challenge
 * @param {string} name
 */
export function parameterOf(challenge, name) {
  return challenge?.params.find(([one]) => one.toLowerCase() === name)?.[1]
}
