// @ts-check
import { randomBytes } from 'node:crypto'
import { otherResource } from './resources.js'

const kinds = ['AccessToken', 'ClientCredentials']

/**
 * Makes tokens that differ from a good one in a single thing, to see them refused for it:
 *
 * - `expired`: an hour ago
 * - `other-audience`: for another API that this authorization server knows
 * - `fewer-scopes`: for the same API, but with no scope at all
 *
 * A JWT is signed anew by the current key; an opaque token is stored anew. What is no access token
 * of this authorization server has no variants.
 *
 * @typedef {'expired' | 'other-audience' | 'fewer-scopes'} Change
 *
 * @param {ReturnType<typeof import('./signing-keys.js').signingKeys>} keys
 * @param {ReturnType<typeof import('./memory-adapter.js').memoryAdapter>} adapter
 */
export function tokenVariants(keys, adapter) {
  /**
   * @param {string} token
   * @param {Change} change
   * @returns {Promise<string | undefined>}
   */
  return async (token, change) => {
    const claims = await keys.claimsOf(token)
    return claims ? keys.sign(changed(claims, change)) : opaqueVariant(token, change)
  }

  /**
   * @param {string} token
   * @param {Change} change
   */
  async function opaqueVariant(token, change) {
    for (const model of kinds.map(adapter)) {
      const stored = await model.find(token)
      if (stored) {
        const payload = changed(stored, change)
        await model.upsert(payload.jti, payload, stored.exp - stored.iat)
        return payload.jti
      }
    }
    return undefined
  }
}

/**
 * @template {object} Claims
 * @param {Claims} claims
 * @param {Change} change
 * @returns {Claims & { jti: string }}
 */
function changed(claims, change) {
  const other = { ...claims, ...changes[change](), jti: randomBytes(32).toString('base64url') }
  return JSON.parse(JSON.stringify(other))
}

/** @type {Record<Change, () => object>} */
const changes = {
  expired() {
    const exp = Math.floor(Date.now() / 1000) - 3600
    return { iat: exp - 600, exp }
  },
  'other-audience': () => ({ aud: otherResource }),
  'fewer-scopes': () => ({ scope: undefined }),
}
