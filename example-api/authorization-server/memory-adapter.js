// @ts-check
import { LRUCache } from 'lru-cache'

/**
 * Where oidc-provider keeps what it issued, until that expires. A real one would use a database.
 */
export function memoryAdapter() {
  /** @type {Map<string, LRUCache<string, any>>} */
  const models = new Map()

  /**
   * Apart, so that what anybody can begin (a login) does not push out what was granted.
   *
   * @param {string} model
   */
  function heldOf(model) {
    const held = models.get(model) ?? new LRUCache({ max: 10_000 })
    models.set(model, held)
    return held
  }

  /** @param {string} model */
  return (model) => adapter(heldOf(model))
}

/** @param {LRUCache<string, any>} held */
function adapter(held) {
  /** @param {(payload: any) => boolean} matches */
  async function first(matches) {
    return [...held.values()].find(matches)
  }

  return {
    /**
     * @param {string} id
     * @param {object} payload
     * @param {number} [expiresIn] - seconds
     */
    async upsert(id, payload, expiresIn) {
      held.set(id, payload, expiresIn ? { ttl: expiresIn * 1000 } : {})
    },
    /** @param {string} id */
    async find(id) {
      return held.get(id)
    },
    /** @param {string} uid */
    findByUid: (uid) => first((payload) => payload.uid === uid),
    /** @param {string} userCode */
    findByUserCode: (userCode) => first((payload) => payload.userCode === userCode),
    /** @param {string} id */
    async consume(id) {
      held.get(id).consumed = Math.floor(Date.now() / 1000)
    },
    /** @param {string} id */
    async destroy(id) {
      held.delete(id)
    },
    /** @param {string} grantId */
    async revokeByGrantId(grantId) {
      for (const [key, payload] of held.entries()) {
        if (payload.grantId === grantId) {
          held.delete(key)
        }
      }
    },
  }
}
