// @ts-check

/**
 * @typedef {object} Exchange - one request and its answer
 * @property {string} method
 * @property {URL} url
 * @property {Headers} headers
 * @property {[name: string, value: string][]} params - of the query, or of the form that was sent
 * @property {number} status
 * @property {Headers} answered
 * @property {string} text
 * @property {any} [json]
 */

/**
 * @param {string | URL} address
 * @param {RequestInit} [init]
 * @returns {Promise<{ exchange: Exchange, response: Response }>}
 */
export async function exchanged(address, init = {}) {
  const url = new URL(address)
  const response = await globalThis.fetch(url, init)
  const answered = response.headers
  const text = await response.clone().text()
  const isJson = /^application\/(?:\w+\+)?json\b/.test(answered.get('content-type') ?? '')
  return {
    exchange: {
      method: init.method ?? 'GET',
      url,
      headers: new Headers(init.headers),
      params: [...(init.body ? new URLSearchParams(String(init.body)) : url.searchParams)],
      status: response.status,
      answered,
      text,
      ...(isJson && { json: JSON.parse(text) }),
    },
    response,
  }
}

/**
 * @param {Exchange} exchange
 * @param {string} name
 */
export function param({ params }, name) {
  return params.find(([one]) => one === name)?.[1]
}

/**
 * Where the answer leads to.
 *
 * @param {Exchange} exchange
 */
export function locationOf({ answered, url }) {
  const location = answered.get('location')
  return location === null ? undefined : new URL(location, url)
}
