// @ts-check
import { InvalidAuthorizationDetails } from './oidc-provider.js'

/**
 * What a person can allow besides scopes (RFC 9396): to buy this very book, and nothing else.
 *
 * @typedef {{ type: string, actions?: string[], identifier?: string }} Detail
 */

/** What oidc-provider has to know of them. */
export const richAuthorizationRequests = {
  enabled: true,
  types: { purchase: { validate } },
  /**
   * What goes with the code: of what this request asks for, what was allowed.
   *
   * @param {any} ctx
   */
  authorizationDetailsForGrantSource: ({ oidc }) =>
    allowedBy(oidc.grant, requestedDetails(oidc.params)),
  /**
   * A client on its own behalf gets what it asks for. All others get what came with the code, as
   * long as it is allowed.
   *
   * @param {any} ctx
   * @param {unknown} _token
   * @param {{ rar?: Detail[] }} [source]
   */
  authorizationDetailsForAccessToken: ({ oidc }, _token, source) =>
    source ? allowedBy(oidc.entities.Grant, source.rar) : requestedDetails(oidc.params),
  /**
   * @param {unknown} _ctx
   * @param {{ rar: Detail[] }} token
   */
  authorizationDetailsForIntrospection: (_ctx, { rar }) => rar,
}

/**
 * What an authorization request asks for.
 *
 * @param {{ authorization_details?: string }} params
 * @returns {Detail[]}
 */
export function requestedDetails({ authorization_details: details = '[]' }) {
  return JSON.parse(details)
}

/**
 * In words, for the person who is asked.
 *
 * @param {Detail} detail
 */
export function detailSentence({ identifier }) {
  return `Buy one copy of the book ${identifier}.`
}

/** @param {Detail} one */
export function sameDetail(one) {
  const text = JSON.stringify(one)
  return (/** @type {Detail} */ other) => JSON.stringify(other) === text
}

/**
 * @param {{ rar?: Detail[] } | undefined} grant
 * @param {Detail[]} [details]
 */
function allowedBy(grant, details = []) {
  return details.filter((detail) => grant?.rar?.some(sameDetail(detail)))
}

/**
 * What cannot be told to a person in words is not asked.
 *
 * @param {unknown} _ctx
 * @param {Detail & Record<string, unknown>} detail
 */
function validate(_ctx, { type: _type, actions, identifier, ...others }) {
  const isPurchase =
    String(actions) === 'buy' &&
    /^\d{13}$/.test(identifier ?? '') &&
    Object.keys(others).length === 0
  if (!isPurchase) {
    throw new InvalidAuthorizationDetails(
      'A purchase has the action buy, and an ISBN as identifier.',
    )
  }
}
