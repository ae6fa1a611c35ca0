import { describe, expect, it } from '@jest/globals'
import type { ResourceServer } from '../lib/index.ts'
import { dpopKey, tampered } from '../lib/testing/index.ts'
import { type ClockJumpRow, clockJumps } from './fixtures/clock-jumps.ts'
import { asked, closingAfter, outcome, resource, TestClock } from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')

function statusOf(said: string): number {
  return said === 'accepted' ? 200 : Number.parseInt(said, 10)
}

/** What becomes of the kinds of requests, after all was well by the right time. */
async function verdicts({ to }: ClockJumpRow): Promise<number[]> {
  const right = new TestClock()
  const here = new TestClock()
  const as = await server({ clock: right.read })
  const protectedApi = api({ ...as.options, log: () => {}, clock: here.read, dpop: true })
  const lasting = { expiresInSeconds: 7200 }
  const known = await as.token(lasting)
  const fresh = await as.token({ ...lasting, claims: { jti: 'fresh' } })
  const expired = await as.token({ expiresInSeconds: -3600 })
  const revoked = await as.token({ ...lasting, claims: { jti: 'revoked' } })
  const notBefore = await as.token({ ...lasting, claims: { nbf: right.seconds } })
  const [opaque, inactive] = [await as.opaque(lasting), await as.opaque(lasting)]
  const key = dpopKey({ clock: right.read })
  const bound = await as.token({ ...lasting, boundTo: key })
  const [proof, spent] = [proven(), proven()]
  for (const token of [known, revoked, opaque, inactive]) {
    expect(await asked(protectedApi, token)).toBe('accepted')
  }
  expect(await presented(protectedApi, spent)).toBe('accepted')
  expect(await asked(protectedApi, expired)).toBe('401 expired')
  await protectedApi.revoke({ token: revoked })

  here.now = to(right.now)
  as.revoke(inactive)
  const jumped = [
    await asked(protectedApi, known),
    await asked(protectedApi, fresh),
    await asked(protectedApi, tampered(fresh)),
    await asked(protectedApi, notBefore),
    await asked(protectedApi, expired),
    await asked(protectedApi, opaque),
  ]
  const firstUse = await presented(protectedApi, proof)
  here.pass(31)
  const later = await asked(protectedApi, inactive)
  here.now = right.now
  const rightAgain = [
    await asked(protectedApi, known),
    await asked(protectedApi, revoked),
    await presented(protectedApi, spent),
  ]
  return [...jumped, later, firstUse, ...rightAgain].map(statusOf)

  function proven(): string {
    return key.proof({ method: 'GET', url: `${resource}/`, token: bound })
  }

  async function presented(to: ResourceServer, proof: string): Promise<string> {
    const headers = [
      ['Authorization', `DPoP ${bound}`],
      ['DPoP', proof],
    ] as const
    return outcome(await to.verify({ method: 'GET', url: '/', headers }))
  }
}

describe('when the clock jumps', () => {
  it.each(clockJumps.map((row) => [row.what, row] as const))('to %s', async (_, row) => {
    expect(await verdicts(row)).toEqual(row.verdicts)
  })
})
