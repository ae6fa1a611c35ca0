// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { scopes } from '../scopes.js'
import { introspectionClientId, machines } from './clients.js'
import { memoryAdapter } from './memory-adapter.js'
import { Provider } from './oidc-provider.js'
import { resourceIndicators } from './resources.js'

const tokenLifetimeSeconds = 600

/**
 * An authorization server (oidc-provider) for the example: its request listener.
 *
 * @param {{ issuer: string, resource: string, introspectionSecret: string }} settings
 */
export function authorizationServer({ issuer, resource, introspectionSecret }) {
  const provider = new Provider(issuer, {
    adapter: memoryAdapter(),
    jwks: { keys: [newSigningKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
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
  })
  provider.on('server_error', logError)
  return provider.callback()
}

function newSigningKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }
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

/**
 * @param {unknown} _ctx
 * @param {unknown} error
 */
function logError(_ctx, error) {
  console.error(error)
}
