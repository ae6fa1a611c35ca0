// @ts-check
import { scopes } from '../scopes.js'
import { richAuthorizationRequests } from './authorization-details.js'
import { extraTokenClaims, findAccount } from './claims.js'
import { clientRegistrations } from './client-registrations.js'
import { introspectionClientId } from './clients.js'
import { deviceFlow } from './device-flow.js'
import { acrValues, interactionPolicy } from './login-strength.js'
import { problemPage } from './pages/problem-page.js'
import { resourceIndicators } from './resources.js'

const minutes = 60
const hours = 60 * minutes

/**
 * What oidc-provider has to know. Whatever is left to its defaults here, it has no notice about.
 *
 * @param {import('./authorization-server.js').Settings} settings
 * @param {{ adapter: object, cookieKey: string, signingKey: object }} own
 */
export function configuration(settings, { adapter, cookieKey, signingKey }) {
  return {
    adapter,
    jwks: { keys: [signingKey] },
    cookies: { keys: [cookieKey] },
    clients: clientRegistrations(settings),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'offline_access', ...scopes],
    acrValues,
    interactions: { policy: interactionPolicy() },
    // RFC 9700 section 2.1.1: clients that can keep a secret too.
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // A token lives as long as it says, also when the person logs out or somebody else logs in.
    expiresWithSession: () => false,
    extraTokenClaims,
    findAccount,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow,
      introspection: {
        enabled: true,
        /**
         * @param {unknown} _ctx
         * @param {{ clientId: string }} client
         */
        allowedPolicy: (_ctx, client) => client.clientId === introspectionClientId,
      },
      revocation: {
        enabled: true,
        /**
         * RFC 7009 section 2.1: a client revokes its own tokens.
         *
         * @param {unknown} _ctx
         * @param {{ clientId: string }} client
         * @param {{ clientId: string }} token
         */
        allowedPolicy: (_ctx, client, token) => client.clientId === token.clientId,
      },
      richAuthorizationRequests,
      resourceIndicators: { enabled: true, ...resourceIndicators(settings.resource) },
    },
    ttl: {
      AccessToken: 10 * minutes,
      AuthorizationCode: 1 * minutes,
      ClientCredentials: 10 * minutes,
      DeviceCode: 10 * minutes,
      Grant: 24 * hours,
      IdToken: 10 * minutes,
      Interaction: 30 * minutes,
      RefreshToken: 12 * hours,
      Session: 12 * hours,
    },
    renderError: renderErrorFor(settings.playground),
  }
}

/** @param {string} playground */
function renderErrorFor(playground) {
  /**
   * @param {{ type: string, body: unknown }} ctx
   * @param {{ error: string, error_description?: string }} out
   */
  return (ctx, { error, error_description: text = 'Something is wrong here.' }) => {
    ctx.type = 'html'
    ctx.body = problemPage({ text, error, playground })
  }
}
