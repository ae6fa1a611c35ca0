import { describe, expect, it } from '@jest/globals'
import { decodeHeader } from '../lib/jws/compact.ts'
import {
  importProofKey,
  judgeProofHeader,
  type ProofHeader,
  ProofKeys,
} from '../lib/proof/dpop/proof-keys.ts'
import { dpopKey } from '../lib/testing/index.ts'

const { publicJwk } = dpopKey()
const most = 10_000

/** A header as a client sent it, and as it was judged. */
function sent(more: object = {}): [segment: string, header: ProofHeader] {
  const text = JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk, ...more })
  const segment = Buffer.from(text).toString('base64url')
  const offered = judgeProofHeader(decodeHeader(segment)!, new Set(['ES256']))
  const header = 'verdict' in offered ? offered : importProofKey(offered)
  if ('verdict' in header) throw new Error(header.reason)
  return [segment, header]
}

/** The same header under the thumbprint of another key: to make a key takes longer than to keep it. */
const [, genuine] = sent()
const another = (number: number): [segment: string, header: ProofHeader] => [
  `segment-${number}`,
  { ...genuine, thumbprint: `thumbprint-${number}` },
]

describe('the keys of good proofs', () => {
  it('are known by the header as it was sent', () => {
    const keys = new ProofKeys()
    const [segment, header] = sent()
    expect(keys.known(segment)).toBeUndefined()
    keys.keep(segment, header)
    keys.keep(segment, header)
    expect(keys.known(segment)).toBe(header)
    expect(keys.known(`${segment}A`)).toBeUndefined()
  })

  it('are known once each, by the latest of all the ways to spell their headers', () => {
    const keys = new ProofKeys()
    const spellings = Array.from({ length: 100 }, (_, kid) => sent({ kid: String(kid) }))
    for (const [index, [segment, header]] of spellings.entries()) {
      keys.keep(segment, header)
      const known = spellings.filter(([one]) => keys.known(one))
      expect(known).toEqual([spellings[index]])
    }
  })

  it('are 10,000 at most, of which those stay that were used last', () => {
    const keys = new ProofKeys()
    const all = Array.from({ length: most + 100 }, (_, number) => another(number))
    for (const [index, one] of all.entries()) {
      keys.keep(...one)
      // The first is in use all the time.
      if (index % 1000 === 0) expect(keys.known('segment-0')).toBe(all[0]?.[1])
    }
    const known = all.map(([segment], number) => (keys.known(segment) ? number : undefined))
    const expected = all.map((_, number) => (number === 0 || number > 100 ? number : undefined))
    expect(known).toEqual(expected)
  })

  it('are not kept with a header that is longer than those of usual keys', () => {
    const keys = new ProofKeys()
    const kept = sent({ kid: 'x'.repeat(500) })
    const tooLong = sent({ kid: 'x'.repeat(1500) })
    keys.keep(...kept)
    keys.keep(...tooLong)
    expect(keys.known(kept[0])).toBe(kept[1])
    expect(keys.known(tooLong[0])).toBeUndefined()
  })
})
