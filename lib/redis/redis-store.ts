import { randomBytes } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '../jws/base64url.ts'
import { type RedisStoreSettings, redisStoreSettings } from '../options/redis-store-settings.ts'
import type { LogFollower, Store } from '../store/store.ts'
import { followLog } from './follow-log.ts'
import { logScript } from './log-script.ts'
import { Operations } from './operations.ts'
import { RedisStoreError } from './redis-store-error.ts'
import type { RedisStoreOptions } from './redis-store-options.ts'
import type { SharedClient } from './shared-client.ts'
import { sharedClientOf } from './shared-client-of.ts'

/**
 * What the processes of an API share, in Redis 7 or Valkey. It reaches Redis by a client of the
 * application, which connects and closes that.
 *
 * @throws ConfigurationError
 */
export function redisStore(options: RedisStoreOptions): Store {
  const settings = redisStoreSettings(options, 'store')
  const client = sharedClientOf(settings.client, settings.timeoutMs, 'store.client')
  return new RedisStore(client, settings)
}

/** Of a value, in characters. No more is read back: others may have written whatever they like. */
const longestValue = 1_048_576

/** Each operation is one command about one key. Values are text, which all clients agree on. */
class RedisStore implements Store {
  readonly #client: SharedClient
  readonly #settings: RedisStoreSettings
  readonly #operations: Operations
  readonly #instance = randomBytes(12).toString('base64url')
  #claims = 0

  constructor(client: SharedClient, settings: RedisStoreSettings) {
    this.#client = client
    this.#settings = settings
    this.#operations = new Operations(settings.timeoutMs)
  }

  /** By a getter: a printed store does not show them. */
  get secrets(): readonly [string, ...string[]] {
    return this.#settings.secrets
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const text = await this.#ask('value', key, (name) => [
      'GETRANGE',
      name,
      '0',
      String(longestValue),
    ])
    const isOurs = typeof text === 'string' && text !== '' && text.length <= longestValue
    return isOurs ? decodeBase64url(text) : undefined
  }

  async set(key: string, value: Uint8Array, maxAgeMs: number): Promise<void> {
    const text = encodeBase64url(value)
    if (text.length > longestValue) throw new RedisStoreError('too_large')
    await this.#ask('value', key, (name) => ['SET', name, text, 'PX', wholeMs(maxAgeMs)])
  }

  async claim(key: string, maxAgeMs: number): Promise<boolean> {
    // Clients send again what was not answered when a connection was lost: what is claimed under
    // this name was claimed by this call.
    const claimant = `${this.#instance}.${this.#claims++}`
    const held = await this.#ask('claim', key, (name) => [
      'SET',
      name,
      claimant,
      'NX',
      'GET',
      'PX',
      wholeMs(maxAgeMs),
    ])
    return held === null || held === claimant
  }

  async append(log: string, entry: Uint8Array, maxAgeMs: number): Promise<void> {
    const text = encodeBase64url(entry)
    await this.#ask('log', log, (name) => ['EVAL', logScript, '1', name, wholeMs(maxAgeMs), text])
  }

  follow(log: string, follower: LogFollower): () => Promise<void> {
    const { timeoutMs } = this.#settings
    return followLog({ client: this.#client, key: this.#name('log', log), timeoutMs }, follower)
  }

  #ask(kind: Kind, key: string, command: (name: string) => string[]): Promise<unknown> {
    const name = this.#name(kind, key)
    return this.#operations.run(() => this.#client.send(name, command(name)))
  }

  #name(kind: Kind, key: string): string {
    return `${this.#settings.prefix}:${kind}:${key}`
  }
}

/** Keys of one kind are never taken for those of another. */
type Kind = 'value' | 'claim' | 'log'

/** At least one, and no more than Redis can add to the time: thousands of years. */
function wholeMs(maxAgeMs: number): string {
  return String(Math.min(Math.max(1, Math.ceil(maxAgeMs)), 2 ** 48))
}
