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
 * A parameter of the Bearer challenge.
 *
 * @param {readonly Challenge[]} challenges
 * @param {string} name
 */
export function bearerParameter(challenges, name) {
  const bearer = challenges.find(({ scheme }) => scheme.toLowerCase() === 'bearer')
  return bearer?.params.find(([one]) => one.toLowerCase() === name)?.[1]
}
