// @ts-check
import { machines } from './clients.js'
import { personOf } from './people.js'

/**
 * What tokens say besides the usual, in a JWT as well as in answers to introspection. `auth_time`
 * and `acr` tell when and how a person logged in (RFC 9470 section 6), so that nobody takes the token
 * for a client's own. A refresh makes neither of them newer.
 *
 * @param {any} ctx
 * @param {{ accountId?: string, clientId: string }} token
 */
export function extraTokenClaims(ctx, { accountId, clientId }) {
  const actor = accountId ? personOf(accountId) : machines.find(({ id }) => id === clientId)
  const roles = actor?.roles ?? []
  return {
    ...(accountId && login(ctx)),
    ...(roles.length > 0 && { roles: [...roles] }),
  }
}

/** @param {any} ctx */
function login(ctx) {
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities
  const { authTime, acr } = AuthorizationCode ?? DeviceCode ?? RefreshToken
  return { auth_time: authTime, acr }
}

/**
 * @param {unknown} _ctx
 * @param {string} sub
 */
export function findAccount(_ctx, sub) {
  return personOf(sub) && { accountId: sub, claims: () => ({ sub }) }
}
