import { hash } from 'node:crypto'

/** SHA-256 of the whole token, as a 32-character latin1 string: the key of all that is kept of it. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'binary')
}
