import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type FaultyEndpoint,
  type TestAuthorizationServer,
  tampered,
} from '../lib/testing/index.ts'
import { failureTables } from './fixtures/failure-tables.ts'
import { type AnyFault, type FaultRow, faultTable, metadata } from './fixtures/fault-table.ts'
import { introspectionFaults } from './fixtures/introspection-faults.ts'
import { closingAfter, present, statusOf, TestClock } from './fixtures/protected-api.ts'

const { server, api } = closingAfter('each')
const listeners: Server[] = []
afterEach(() => {
  for (const listening of listeners.splice(0)) listening.close()
})

/** Only where nothing comes: a busy machine is slow, too. */
const impatient = { timeoutMs: 400 }
const lasting = { expiresInSeconds: 86_400 }

// The first requests of a process take longer, and are none of those that nobody answers.
beforeAll(async () => {
  const as = await server()
  const patient = api({ ...as.options, log: () => {} })
  for (const token of [await as.token(), await as.opaque()]) {
    expect(await status(patient, token)).toBe(200)
  }
})

async function status(protectedHere: ReturnType<typeof api>, token: string): Promise<number> {
  return statusOf(await present(protectedHere, token))
}

/** Lets the fault happen, until the end of the test. */
async function befall(
  as: TestAuthorizationServer,
  at: FaultyEndpoint,
  fault: AnyFault,
): Promise<void> {
  if (fault === 'port closed') return as.stop()
  if (typeof fault !== 'object' || !('answer' in fault)) return as.fail(at, fault)
  const listening = createServer((socket) => {
    // Whoever asked goes away in the middle.
    socket.on('error', () => {})
    fault.answer(socket)
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  listeners.push(listening)
  const { port } = listening.address() as AddressInfo
  as.fail('discovery', metadata('jwks_uri', `http://127.0.0.1:${port}/`))
}

/** What becomes of the five kinds of requests, one after the other. */
async function verdicts({ at, fault }: FaultRow): Promise<number[]> {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const options = { ...as.options, log: () => {}, http: impatient }
  const warm = api(options)
  const known = await as.token(lasting)
  const fresh = await as.token({ ...lasting, claims: { jti: 'fresh' } })
  const unknown = await as.token({ ...lasting, header: { kid: 'made-up' } })
  expect(await status(warm, known)).toBe(200)
  await befall(as, at, fault)
  // The cool-down of the keys and the age of the metadata are over: all is asked for again.
  clock.pass(4000)
  const kid = await status(warm, unknown)
  const signature = await status(warm, tampered(fresh))
  const cold = api(options)
  return [
    await status(warm, known),
    await status(warm, fresh),
    await status(cold, fresh),
    signature,
    kid,
  ]
}

describe('issue point 1: what becomes of requests', () => {
  it.each(faultTable.map((row) => [row.at, row.what, row] as const))(
    'while %s answers so: %s',
    async (_at, _what, row) => {
      expect(await verdicts(row)).toEqual(row.verdicts)
    },
  )

  it.each(introspectionFaults.map((row) => [row.what, row] as const))(
    'while introspection answers so: %s',
    async (_what, { fault, verdicts }) => {
      const as = await server()
      const protectedHere = api({ ...as.options, log: () => {}, http: impatient })
      const [cached, fresh, inactive] = [await as.opaque(), await as.opaque(), await as.opaque()]
      as.revoke(inactive)
      expect(await status(protectedHere, cached)).toBe(200)
      expect(await status(protectedHere, inactive)).toBe(401)
      await befall(as, 'introspection', fault)
      const asked = [cached, fresh, inactive, 'made-up'].map((token) =>
        status(protectedHere, token),
      )
      expect(await Promise.all(asked)).toEqual(verdicts)
    },
  )

  it('refuses a good JWT in no row', () => {
    const refused = faultTable.filter(({ verdicts }) => verdicts.slice(0, 3).includes(401))
    expect(refused).toEqual([])
  })

  it('gives a forged JWT 503 only where its kid cannot be looked up, or no key is usable', () => {
    for (const { what, verdicts } of faultTable) {
      const [, held, , signature, kid] = verdicts
      // Without a usable key, nobody can tell a good token either.
      if (signature === 503) expect([what, held, kid]).toEqual([what, 503, 503])
      else expect([what, signature]).toEqual([what, 401])
    }
  })

  it.each(failureTables())('docs/failures.md has this table: %#', (table) => {
    const page = readFileSync(join(import.meta.dirname, '../docs/failures.md'), 'utf8')
    expect(page).toContain(`\n\n${table}`)
  })
})
