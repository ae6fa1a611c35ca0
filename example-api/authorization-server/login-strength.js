// @ts-check
import { Check, defaultPolicy } from './oidc-provider.js'

/**
 * How people log in here, by the value that tokens tell of it (`acr`): with a password, or with a
 * code besides.
 */
export const acrValues = ['pwd', 'mfa']

/**
 * Whether a request can be met by a login with a code only.
 *
 * @param {{ acr_values?: string }} params - of the authorization request
 */
export function demandsCode({ acr_values: wanted = '' }) {
  return wanted.split(' ').find((value) => acrValues.includes(value)) === 'mfa'
}

/**
 * When people are asked to log in: as oidc-provider does, and also when none of the `acr_values` of
 * the request is how they did it. To oidc-provider those are a wish; a client that was told by an
 * API which it needs (RFC 9470) would come back with no more than it had.
 */
export function interactionPolicy() {
  const policy = defaultPolicy()
  policy.get('login').checks.add(
    new Check('acr_values', 'the End-User has to log in more strongly', ({ oidc }) => {
      const known = (oidc.params.acr_values ?? '')
        .split(' ')
        .filter((/** @type {string} */ value) => acrValues.includes(value))
      return known.length > 0 && !known.includes(oidc.acr ?? '')
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT
    }),
  )
  return policy
}
