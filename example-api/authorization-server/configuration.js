// @ts-check
import { scopes } from '../scopes.js'
import { introspectionClientId, machines } from './clients.js'
import { resourceIndicators } from './resources.js'

const tokenLifetimeSeconds = 600

/**
 * What oidc-provider has to know.
 *
 * @param {import('./authorization-server.js').Settings} settings
 * @param {{ adapter: object, cookieKey: string, signingKey: object }} own
 */
export function configuration(
  { resource, introspectionSecret },
  { adapter, cookieKey, signingKey },
) {
  return {
    adapter,
    jwks: { keys: [signingKey] },
    cookies: { keys: [cookieKey] },
    clients: [
      ...machines.map(asClient),
      {
        client_id: introspectionClientId,
        client_secret: introspectionSecret,
        grant_types: [],
        redirect_uris: [],
        response_types: [],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: [...scopes],
    extraTokenClaims,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        /**
         * @param {unknown} _ctx
         * @param {{ clientId: string }} client
         */
        allowedPolicy: (_ctx, client) => client.clientId === introspectionClientId,
      },
      resourceIndicators: { enabled: true, ...resourceIndicators(resource) },
    },
    ttl: { ClientCredentials: tokenLifetimeSeconds },
    renderError,
  }
}

/** @param {import('./clients.js').Machine} machine */
function asClient({ id, secret, scopes }) {
  return {
    client_id: id,
    client_secret: secret,
    scope: scopes.join(' '),
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  }
}

/**
 * @param {unknown} _ctx
 * @param {{ clientId: string }} token
 */
function extraTokenClaims(_ctx, { clientId }) {
  const roles = machines.find(({ id }) => id === clientId)?.roles ?? []
  return roles.length > 0 ? { roles: [...roles] } : undefined
}

/**
 * @param {{ type: string, body: unknown }} ctx
 * @param {{ error: string, error_description?: string }} out
 */
function renderError(ctx, { error, error_description }) {
  ctx.type = 'text/plain'
  ctx.body = `${error}: ${error_description ?? ''}\n`
}
