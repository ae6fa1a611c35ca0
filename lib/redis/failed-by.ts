import { RedisStoreError } from './redis-store-error.ts'

/** What a client's error becomes: of its text only a code is kept, which cannot hold a key or value. */
export function failedBy(error: unknown): RedisStoreError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  return new RedisStoreError(
    'failed',
    wordIn(code, /^[A-Z][A-Z_]{1,31}$/) ?? wordIn(message, reply),
  )
}

/** An error of Redis begins with one word in capitals, by convention. */
const reply = /^[A-Z]{2,32}(?= )/

function wordIn(text: unknown, pattern: RegExp): string | undefined {
  return typeof text === 'string' ? pattern.exec(text)?.[0] : undefined
}
