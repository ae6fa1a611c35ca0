// @ts-check
import { machines } from './clients.js'
import { personOf } from './people.js'

/**
 * What tokens say besides the usual, in a JWT as well as in answers to introspection. `auth_time`
 * tells that a person logged in, so that nobody takes the token for a client's own.
 *
 * @param {any} ctx
 * @param {{ accountId?: string, clientId: string }} token
 */
export function extraTokenClaims(ctx, { accountId, clientId }) {
  const actor = accountId ? personOf(accountId) : machines.find(({ id }) => id === clientId)
  const roles = actor?.roles ?? []
  return {
    ...(accountId && { auth_time: authTime(ctx) }),
    ...(roles.length > 0 && { roles: [...roles] }),
  }
}

/** @param {any} ctx */
function authTime(ctx) {
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities
  return (AuthorizationCode ?? DeviceCode ?? RefreshToken).authTime
}

/**
 * @param {unknown} _ctx
 * @param {string} sub
 */
export function findAccount(_ctx, sub) {
  return personOf(sub) && { accountId: sub, claims: () => ({ sub }) }
}
