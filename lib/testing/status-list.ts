import { deflateSync } from 'node:zlib'
import type { Answer } from './answer.ts'
import { checkToken } from './check-members.ts'
import type { KeyRing } from './key-ring.ts'
import { payloadOf } from './payload-of.ts'
import { signToken } from './sign-token.ts'
import type { StatusOptions, TokenStatus } from './status-options.ts'
import type { SigningOptions } from './token-options.ts'

/** Who publishes the list, and where. */
interface Publisher {
  readonly issuer: string
  readonly uri: string
  /** The time in whole seconds. */
  readonly now: () => number
  readonly keys: KeyRing
}

/** The status list of a test server (draft-ietf-oauth-status-list). */
export interface TestStatusList {
  /** The `status` claim of a new token: the next place in the list, unless one is given. */
  claim(options: StatusOptions): object
  set(token: string, status: TokenStatus): void
  /** The list as a status list token, good or bad. */
  token(options?: SigningOptions): string
  /** What the endpoint answers. */
  answer(): Answer
}

const named: Readonly<Record<string, number>> = { valid: 0, invalid: 1, suspended: 2 }

/** A list in which everything is valid until something else is said of it. */
export function testStatusList({ issuer, uri, now, keys }: Publisher): TestStatusList {
  const statuses: number[] = []

  function token(options: SigningOptions = {}): string {
    const iat = now()
    const claims = {
      iss: issuer,
      sub: uri,
      iat,
      exp: iat + 3600,
      ttl: 300,
      status_list: packed(statuses),
    }
    return signToken('statuslist+jwt', claims, options, keys)
  }

  return {
    claim(options) {
      const { idx, ...given } = options === true ? {} : options
      return { status_list: { idx: idx ?? statuses.push(0) - 1, uri, ...given } }
    },
    set(of, status) {
      checkToken('setStatus()', of)
      const value = typeof status === 'string' ? named[status] : status
      if (value === undefined || !Number.isInteger(value) || value < 0 || value > 255) {
        throw new TypeError(
          `The status of setStatus() is one of ${Object.keys(named).join(', ')}, or a whole number from 0 to 255, not ${String(status)}.`,
        )
      }
      const reference = Object(Object(payloadOf(of)?.['status']).status_list)
      if (reference.uri !== uri || !Number.isInteger(reference.idx)) {
        throw new TypeError('setStatus() takes a token that was made with `status`.')
      }
      while (statuses.length <= reference.idx) statuses.push(0)
      statuses[reference.idx] = value
    },
    token,
    answer: () => ({
      status: 200,
      headers: { 'content-type': 'application/statuslist+jwt' },
      body: token(),
    }),
  }
}

/** As few bits a status as the largest needs (draft-ietf-oauth-status-list section 4.1). */
function packed(statuses: readonly number[]): { bits: number; lst: string } {
  const largest = Math.max(0, ...statuses)
  const bits = [1, 2, 4].find((few) => largest < 2 ** few) ?? 8
  const octets = new Uint8Array(Math.ceil((statuses.length * bits) / 8))
  statuses.forEach((status, index) => {
    const at = index * bits
    octets[at >> 3] = (octets[at >> 3] ?? 0) | (status << (at & 7))
  })
  return { bits, lst: deflateSync(octets, { level: 9 }).toString('base64url') }
}
