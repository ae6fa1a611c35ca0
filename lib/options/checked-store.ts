import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Store } from '../store/store.ts'
import { mustBe } from './parse-options.ts'

const rule = 'an object such as `redisStore()` of `scopegate/redis` gives'
const operations = ['get', 'set', 'claim', 'append', 'follow'] as const

/**
 * A store that has what a store needs: what its operations do shows only when they are called.
 *
 * @throws ConfigurationError that names what is missing, and never a secret
 */
export function checkedStore(given: unknown): Store | undefined {
  if (given === undefined) {
    return undefined
  }
  if (typeof given !== 'object' || given === null) {
    throw mustBe(rule, given, 'store')
  }
  const store = given as Partial<Store>
  const missing = operations.find((name) => typeof store[name] !== 'function')
  if (missing !== undefined) {
    throw new ConfigurationError(
      `store.${missing}`,
      `must be a function: a store has ${operations.join(', ')} and secrets, as \`redisStore()\` of \`scopegate/redis\` gives.`,
    )
  }
  const secrets: unknown = store.secrets
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret)) {
    throw new ConfigurationError(
      'store.secrets',
      'must be a non-empty array of secrets of 32 characters or more: what is shared is sealed with them.',
    )
  }
  return store as Store
}

function isSecret(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 32
}
