import { createHmac, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { decodeBase64url } from '../../jws/base64url.ts'
import type { NonceSettings } from '../../options/dpop-options.ts'

/** How long nonces are good that another process made, whose clock is ahead. */
const aheadMs = 10_000
const timeBytes = 5
const macBytes = 16

export interface Nonces {
  /** The nonce of this moment (RFC 9449 section 8). */
  issue(now: number): string
  /**
   * Whether it was issued here, or by whoever shares the secret, not too long ago. `old`: so long
   * ago that the client should get another.
   */
  judge(nonce: string, now: number): 'good' | 'old' | 'wrong'
}

/**
 * Nonces that need no memory: the second in which one was made, and a keyed digest of it. The key
 * is made from the secret anew for each period of their age, so two keys are in use at any time.
 *
 * @param resource - so that those of another API with the same secret are not good here
 */
export function nonces({ secrets, maxAgeMs }: NonceSettings, resource: string): Nonces {
  const made = new LRUCache<string, Buffer>({ max: 128 })

  function nonceAt(seconds: number, secret: number): Buffer {
    const name = `${secret} ${seconds}`
    let nonce = made.get(name)
    if (nonce === undefined) {
      const time = Buffer.alloc(timeBytes)
      time.writeUIntBE(seconds, 0, timeBytes)
      const period = Math.floor((seconds * 1000) / maxAgeMs)
      const key = mac(secrets[secret] as string, `DPoP-Nonce ${period} ${resource}`)
      nonce = Buffer.concat([time, mac(key, time).subarray(0, macBytes)])
      made.set(name, nonce)
    }
    return nonce
  }

  return {
    issue: (now) => nonceAt(Math.floor(now / 1000), 0).toString('base64url'),
    judge(nonce, now) {
      const octets = nonce.length < 64 ? decodeBase64url(nonce) : undefined
      if (octets?.length !== timeBytes + macBytes) {
        return 'wrong'
      }
      const seconds = octets.readUIntBE(0, timeBytes)
      const ageMs = now - seconds * 1000
      // Asked so that a clock that gives no number refuses, too.
      if (!(ageMs >= -aheadMs && ageMs <= maxAgeMs)) {
        return 'wrong'
      }
      const isOurs = secrets.some((_, index) => timingSafeEqual(nonceAt(seconds, index), octets))
      return !isOurs ? 'wrong' : ageMs > maxAgeMs / 2 ? 'old' : 'good'
    },
  }
}

function mac(key: string | Buffer, text: string | Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
