// @ts-check
import { richAuthorizationRequests } from './authorization-details.js'
import { introspectionClientId, machines, userClients } from './clients.js'

const detailsTypes = Object.keys(richAuthorizationRequests.types)
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * All clients, as oidc-provider wants to be told of them (the names are those of RFC 7591).
 *
 * @param {{ playground: string, introspectionSecret: string }} settings
 */
export function clientRegistrations({ playground, introspectionSecret }) {
  return [
    ...machines.map(({ id, secret, scopes }) => ({
      client_id: id,
      client_secret: secret,
      scope: scopes.join(' '),
      authorization_details_types: detailsTypes,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    ...userClients.map(({ id, kind, name, secret, scopes }) => ({
      client_id: id,
      client_name: name,
      scope: scopes.join(' '),
      ...(secret
        ? { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }
        : { token_endpoint_auth_method: 'none' }),
      // RFC 9449 section 5.2: a token that anybody could use is of no use to it.
      ...(kind === 'dpop' && { dpop_bound_access_tokens: true }),
      ...flows(kind, playground),
    })),
    {
      client_id: introspectionClientId,
      client_secret: introspectionSecret,
      grant_types: [],
      redirect_uris: [],
      response_types: [],
    },
  ]
}

/**
 * @param {import('./clients.js').Kind} kind
 * @param {string} playground
 */
function flows(kind, playground) {
  if (kind === 'device') {
    return {
      application_type: 'native',
      grant_types: [deviceGrant, 'refresh_token'],
      redirect_uris: [],
      response_types: [],
    }
  }
  return {
    authorization_details_types: detailsTypes,
    application_type: kind === 'native' ? 'native' : 'web',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUris[kind](playground)],
    response_types: ['code'],
  }
}

/** @type {Record<Exclude<import('./clients.js').Kind, 'device'>, (playground: string) => string>} */
const redirectUris = {
  browser: (playground) => `${playground}/`,
  dpop: (playground) => `${playground}/`,
  web: (playground) => `${playground}/clients/web/callback`,
  // RFC 8252 section 7.3: at the time of the request it may be any port.
  native: () => 'http://127.0.0.1/callback',
}
