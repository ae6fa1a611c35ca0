// @ts-check
import { LRUCache } from 'lru-cache'

/**
 * Where oidc-provider keeps what it issued, until that expires. A real one would use a database.
 */
export function memoryAdapter() {
  /** @type {LRUCache<string, any>} */
  const held = new LRUCache({ max: 10_000 })

  /** @param {(payload: any) => boolean} matches */
  async function first(matches) {
    return [...held.values()].find(matches)
  }

  /** @param {string} model */
  return (model) => ({
    /**
     * @param {string} id
     * @param {object} payload
     * @param {number} [expiresIn] - seconds
     */
    async upsert(id, payload, expiresIn) {
      held.set(`${model}:${id}`, payload, expiresIn ? { ttl: expiresIn * 1000 } : {})
    },
    /** @param {string} id */
    async find(id) {
      return held.get(`${model}:${id}`)
    },
    /** @param {string} uid */
    findByUid: (uid) => first((payload) => payload.uid === uid),
    /** @param {string} userCode */
    findByUserCode: (userCode) => first((payload) => payload.userCode === userCode),
    /** @param {string} id */
    async consume(id) {
      held.get(`${model}:${id}`).consumed = Math.floor(Date.now() / 1000)
    },
    /** @param {string} id */
    async destroy(id) {
      held.delete(`${model}:${id}`)
    },
    /** @param {string} grantId */
    async revokeByGrantId(grantId) {
      for (const [key, payload] of held.entries()) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) {
          held.delete(key)
        }
      }
    },
  })
}
