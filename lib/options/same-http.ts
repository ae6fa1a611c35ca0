import { isDeepStrictEqual } from 'node:util'
import type { HttpSettings } from './http-options.ts'

/** Whether both reach the authorization server in the same way: by value, a `fetch` by identity. */
export function sameHttp(before: HttpSettings, now: HttpSettings): boolean {
  return isDeepStrictEqual(before, now)
}
