import { memberOf } from '../errors/member-of.ts'
import { RedisStoreError } from './redis-store-error.ts'

/** What a client's error becomes: of its text only a code is kept, which cannot hold a key or value. */
export function failedBy(error: unknown): RedisStoreError {
  const code = wordIn(memberOf(error, 'code'), /^[A-Z][A-Z_]{1,31}$/)
  return new RedisStoreError('failed', code ?? wordIn(memberOf(error, 'message'), reply))
}

/** An error of Redis begins with one word in capitals, by convention. */
const reply = /^[A-Z]{2,32}(?= )/

function wordIn(text: unknown, pattern: RegExp): string | undefined {
  return typeof text === 'string' ? pattern.exec(text)?.[0] : undefined
}
