// @ts-check
import { tamper } from './decode-token.js'
import { ask } from './server.js'
import { state, update } from './store.js'

/**
 * What can be done to a token, to see it refused.
 *
 * @type {readonly { variant: import('./store.js').Variant, name: string, what: string }[]}
 */
export const variants = [
  { variant: 'good', name: 'Good', what: 'as it was issued' },
  { variant: 'expired', name: 'Expired', what: 'issued an hour ago' },
  { variant: 'tampered', name: 'Tampered', what: 'changed after it was issued' },
  { variant: 'other-audience', name: 'Wrong audience', what: 'for another API' },
  { variant: 'fewer-scopes', name: 'No scopes', what: 'all scopes taken away' },
  { variant: 'none', name: 'No token', what: 'nothing is sent' },
]

/**
 * Has the token sent in this form from now on.
 *
 * @param {import('./store.js').Variant} variant
 */
export async function use(variant) {
  const { good } = state.token
  try {
    const inUse = await made(good, variant)
    // Another one may have been got meanwhile.
    if (state.token?.good === good) {
      update({ token: { ...state.token, variant, inUse } })
    }
  } catch (error) {
    update({ notice: /** @type {Error} */ (error).message })
  }
}

/**
 * @param {string} good
 * @param {import('./store.js').Variant} variant
 * @returns {Promise<string | undefined>}
 */
async function made(good, variant) {
  switch (variant) {
    case 'good':
      return good
    case 'none':
      return undefined
    case 'tampered':
      return tamper(good)
    default:
      return (await ask('/controls/variant', { token: good, change: variant })).token
  }
}

export async function rotateKeys() {
  await control('/controls/rotate', {})
  update({
    notice:
      'The keys were rotated. The first token with the new key makes the API fetch the keys, and then those of the old one are refused. To see it with a JWT: press No scopes (it is signed anew) and send, then Good and send.',
  })
}

/** @param {boolean} down */
export async function switchOutage(down) {
  await control('/controls/outage', { down })
  update({
    notice: down
      ? 'The authorization server is down: every connection to it is reset. JWTs are still verified with the keys that the API holds. To see a 503: get an opaque token first, take the server down, then send. One that was sent before stays good for up to 30 seconds.'
      : 'The authorization server is up again.',
  })
}

/**
 * @param {string} path
 * @param {object} body
 */
async function control(path, body) {
  try {
    await ask(path, body)
  } catch (error) {
    update({ notice: /** @type {Error} */ (error).message })
    throw error
  }
}
