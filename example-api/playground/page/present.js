// @ts-check
import { newKeys } from '../../clients/dpop.js'
import { keyedClient } from './page-client.js'
import { state } from './store.js'

/**
 * How a token is presented that is bound to a key: as its client does, or as a thief might.
 *
 * @typedef {'proved' | 'no-proof' | 'replay' | 'foreign-key'} How
 *
 * @typedef {ReturnType<typeof import('../../clients/dpop.js').dpopClient>['call']} Call
 *
 * @typedef {object} Request
 * @property {string} method
 * @property {URL} url
 * @property {Record<string, string>} headers
 * @property {string | undefined} body
 */

/**
 * Sends a request with the token.
 *
 * @param {string} token
 * @param {How} how
 * @param {Request} request
 * @param {(url: string, init: any) => Promise<Response>} fetch
 * @returns {Promise<Response>}
 */
export async function present(token, how, { method, url, headers, body }, fetch) {
  const { call, choice } = state.token
  const authorization = `${call ? 'DPoP' : 'Bearer'} ${token}`
  if (!call || how === 'no-proof') {
    return fetch(url.href, { method, headers: { ...headers, authorization }, body })
  }
  if (how === 'replay') {
    const dpop = state.lastProof
    return fetch(url.href, { method, headers: { ...headers, authorization, dpop }, body })
  }
  const send = how === 'foreign-key' ? keyedClient(choice, await newKeys()).call : call
  return send(token, method, url, { headers, body, fetch })
}
