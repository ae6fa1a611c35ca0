// @ts-check
import { machines } from '../authorization-server/clients.js'
import { Problem } from '../problems.js'

/**
 * @typedef {object} Wanted
 * @property {string} kind
 * @property {boolean} opaque
 * @property {string} scope
 * @property {boolean} again - ask the person again, though they said something before
 */

export function flowClients({ resource, issuer }) {
  return async function begin({ kind, opaque, scope }) {
    if (kind !== 'machine') {
      throw new Problem(400, 'There is no such kind of client here.')
    }
    const { id, secret } = machines.find(
      (one) => one.id === (opaque ? 'south-shop' : 'head-office'),
    )
    const finished = fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
    }).then(async (r) => (r.ok ? r.json() : Promise.reject(await r.json())))
    return { finished }
  }
}
