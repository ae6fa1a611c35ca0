import { checkMembers, checkToken } from './check-members.ts'

/** What to change in a token whose signature is then wrong. */
export interface TamperOptions {
  /** Members of the header to change; `undefined` removes one. */
  header?: Readonly<Record<string, unknown>>
  /** Members of the payload to change; `undefined` removes one. */
  claims?: Readonly<Record<string, unknown>>
}

/**
 * The JWT with changed members under the old signature; without `changes`, with a bit of the
 * signature flipped. Its form stays right: only the signature check can tell.
 */
export function tampered(token: string, changes?: TamperOptions): string {
  checkToken('tampered()', token)
  if (changes !== undefined) {
    checkMembers('tampered()', changes, { header: true, claims: true })
  }
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (changes === undefined) return [header, payload, flipped(signature)].join('.')
  return [changed(header, changes.header), changed(payload, changes.claims), signature].join('.')
}

function changed(segment: string, changes: Readonly<Record<string, unknown>> | undefined): string {
  if (changes === undefined) return segment
  const members = JSON.parse(Buffer.from(segment, 'base64url').toString())
  return Buffer.from(JSON.stringify({ ...members, ...changes })).toString('base64url')
}

function flipped(segment: string): string {
  const bytes = Buffer.from(segment, 'base64url')
  bytes[bytes.length >> 1]! ^= 1
  return bytes.toString('base64url')
}
