// @ts-check
import { shortened } from './shortened.js'

/**
 * What was told or came, in full.
 *
 * @param {Record<string, unknown>} values
 */
export function inWords(values) {
  return Object.entries(values)
    .map(([name, value]) => shortened(`${name} ${words(value)}`))
    .join(', ')
}

/**
 * The same without what nobody looks at when all went as told.
 *
 * @param {Record<string, unknown>} values
 */
export function inFewWords(values) {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      name === 'challenge' ? challengeInWords(value) : `${name} ${words(value)}`,
    )
    .concat('challenge' in values && !values['challenge'] ? ['no challenge'] : [])
    .join(', ')
}

/** @param {any} challenge */
function challengeInWords({ error, scope, acr_values: acr }) {
  return [
    error ? `challenge with error="${error}"` : 'challenge without an error',
    ...(scope ? [`scope="${scope}"`] : []),
    ...(acr ? [`acr_values="${acr}"`] : []),
  ].join(' and ')
}

/** @param {unknown} value */
function words(value) {
  if (value === undefined || value === null) {
    return 'none'
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no'
  }
  if (typeof value !== 'object') {
    return String(value)
  }
  const { scheme, ...params } = /** @type {Record<string, string>} */ (value)
  return [scheme, ...Object.entries(params).map(([name, text]) => `${name}="${text}"`)].join(' ')
}
