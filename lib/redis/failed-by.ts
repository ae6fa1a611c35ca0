import { memberOf } from '../errors/member-of.ts'
import { RedisStoreError } from './redis-store-error.ts'

/** What a client's error becomes: of its text only a code is kept, which cannot hold a key or value. */
export function failedBy(error: unknown): RedisStoreError {
  const message = memberOf(error, 'message')
  // Its first word says nothing of it, and it does not pass by itself.
  if (wordIn(message, noIdLeft) !== undefined) return new RedisStoreError('log_full')
  const code = wordIn(memberOf(error, 'code'), /^[A-Z][A-Z_]{1,31}$/)
  return new RedisStoreError('failed', code ?? wordIn(message, reply))
}

/** An error of Redis begins with one word in capitals, by convention. */
const reply = /^[A-Z]{2,32}(?= )/
const noIdLeft = /^ERR The stream has exhausted the last possible ID/

function wordIn(text: unknown, pattern: RegExp): string | undefined {
  return typeof text === 'string' ? pattern.exec(text)?.[0] : undefined
}
