// @ts-check
import { resourceServer } from 'scopegate'
import { introspectionClientId } from './authorization-server/clients.js'
import { scopeHierarchy, scopes } from './scopes.js'

/**
 * All there is to configure: who we are, whom we trust, and which scopes imply which.
 *
 * @param {object} settings
 * @param {string} settings.issuer
 * @param {string} settings.resource
 * @param {string} settings.introspectionSecret
 * @param {number} [settings.introspectionMaxAgeSeconds]
 */
export function protection({ issuer, resource, introspectionSecret, introspectionMaxAgeSeconds }) {
  return resourceServer({
    resource,
    issuers: {
      issuer,
      // JWTs are verified here, with the keys that discovery finds. Opaque tokens are asked about.
      introspection: {
        client: {
          method: 'client_secret_basic',
          clientId: introspectionClientId,
          clientSecret: introspectionSecret,
        },
        // oidc-provider calls refresh tokens active too; only access tokens have an audience there.
        audience: 'required',
      },
    },
    // Keys rotate here whenever somebody presses a button, who does not want to wait half a minute.
    keys: { coolDownSeconds: 1 },
    cache: introspectionMaxAgeSeconds === undefined ? {} : { introspectionMaxAgeSeconds },
    // Whoever wants tokens that are of no use to a thief proves a key (RFC 9449). Proofs carry a
    // nonce of this API, so that none can be made in advance.
    dpop: { nonce: 'required', algorithms: ['ES256', 'Ed25519'] },
    // The playground shows each decision, and this terminal only what to do next. A real API writes a
    // line for each refusal here.
    log() {},
    scopesSupported: scopes,
    scopeHierarchy,
  })
}
