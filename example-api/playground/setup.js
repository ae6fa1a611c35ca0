// @ts-check
import { machines } from '../authorization-server/clients.js'
import { routeTable } from '../routes/route-table.js'
import { scopes } from '../scopes.js'
import { clientKinds } from './client-kinds.js'

/**
 * What the page has to know before it can begin. No secret is among it.
 *
 * @param {{ resource: string, issuer: string }} of
 */
export function setup({ resource, issuer }) {
  return {
    resource,
    issuer,
    kinds: clientKinds.map(({ jwt, opaque, ...kind }) => ({
      ...kind,
      clients: {
        jwt: { id: jwt, scopes: scopesOf(jwt) },
        opaque: { id: opaque, scopes: scopesOf(opaque) },
      },
    })),
    scopes,
    routes: routeTable,
  }
}

/**
 * What a client may ask for; users may grant anything.
 *
 * @param {string} clientId
 */
function scopesOf(clientId) {
  return machines.find(({ id }) => id === clientId)?.scopes ?? scopes
}
