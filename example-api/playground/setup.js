// @ts-check
import { registrationOf } from '../authorization-server/clients.js'
import { routeTable } from '../routes/route-table.js'
import { scopeSentences } from '../scope-sentences.js'
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
    scopes: scopes.map((name) => ({ name, sentence: scopeSentences[name] })),
    routes: routeTable,
  }
}

/**
 * What a client may ask for, of what the API has.
 *
 * @param {string} clientId
 */
function scopesOf(clientId) {
  const registered = registrationOf(clientId)?.scopes ?? []
  return scopes.filter((scope) => registered.includes(scope))
}
