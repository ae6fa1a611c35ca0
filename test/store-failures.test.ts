import { beforeAll, describe, expect, it } from '@jest/globals'
import type { ResourceServer, ResourceServerOptions } from '../lib/index.ts'
import type { LogFollower } from '../lib/store/store.ts'
import { dpopKey, memoryStore } from '../lib/testing/index.ts'
import { closingAfter, resource, statusOf, TestClock } from './fixtures/protected-api.ts'
import { type StoreFaultRow, storeFaults } from './fixtures/store-faults.ts'

const { server, api } = closingAfter('all')

type Headers = readonly (readonly [string, string])[]

async function status(to: ResourceServer, headers: Headers): Promise<number> {
  return statusOf(await to.verify({ method: 'GET', url: '/', headers }))
}

/** A store that is well until its operations are replaced. */
function spoilable() {
  const well = memoryStore()
  const followers: LogFollower[] = []
  let now: ReturnType<StoreFaultRow['operations']> = {}
  return {
    store: {
      ...well,
      get: (...of: Parameters<typeof well.get>) => (now.get ?? well.get)(...of),
      set: (...of: Parameters<typeof well.set>) => (now.set ?? well.set)(...of),
      claim: (...of: Parameters<typeof well.claim>) => (now.claim ?? well.claim)(...of),
      append: (...of: Parameters<typeof well.append>) => (now.append ?? well.append)(...of),
      follow(log: string, follower: LogFollower) {
        followers.push(follower)
        return (now.follow ?? well.follow)(log, follower)
      },
    },
    spoil({ operations, told }: StoreFaultRow) {
      now = operations(well)
      for (const follower of followers) told?.(follower)
    },
  }
}

/** What becomes of the kinds of requests, each by itself as far as it can be. */
async function verdicts(row: StoreFaultRow, onStoreLoss: 'accept' | 'refuse'): Promise<number[]> {
  const clock = new TestClock()
  const as = await server({ clock: clock.read })
  const { store, spoil } = spoilable()
  const options = {
    ...as.options,
    log: () => {},
    store,
    dpop: { onStoreLoss },
    revocation: { onStoreLoss },
  } satisfies Partial<ResourceServerOptions>
  const [here, elsewhere] = [api(options), api(options)]
  const bearing = (token: string): Headers => [['Authorization', `Bearer ${token}`]]
  const known = bearing(await as.opaque())
  const fresh = bearing(await as.opaque())
  const inactive = bearing(await as.opaque({ active: false }))
  const token = await as.opaque()
  const revoked = bearing(token)
  const key = dpopKey({ clock: clock.read })
  const bound = await as.token({ boundTo: key })
  const proven = (): Headers => [
    ['Authorization', `DPoP ${bound}`],
    ['DPoP', key.proof({ method: 'GET', url: `${resource}/`, token: bound })],
  ]
  const [proof, spentHere, spentElsewhere] = [proven(), proven(), proven()]
  for (const [to, headers] of [
    [here, known],
    [here, revoked],
    [elsewhere, fresh],
    [here, spentHere],
    [elsewhere, spentElsewhere],
  ] as const) {
    expect(await status(to, headers)).toBe(200)
  }
  await elsewhere.revoke({ token })
  expect(await status(here, revoked)).toBe(401)
  spoil(row)
  const starting = api(options)
  const first = status(here, proof)
  return Promise.all([
    status(here, known),
    status(here, fresh),
    status(here, inactive),
    status(here, revoked),
    first,
    first.then(() => status(here, proof)),
    status(here, spentHere),
    status(here, spentElsewhere),
    status(starting, fresh),
    status(starting, revoked),
  ])
}

describe('while the shared store fails', () => {
  const ended = new Map<StoreFaultRow, { refuse: number[]; accept: number[] }>()

  async function oneByOne(rows: readonly StoreFaultRow[]): Promise<void> {
    for (const row of rows) {
      const both = [verdicts(row, 'refuse'), verdicts(row, 'accept')] as const
      const [refuse, accept] = await Promise.all(both)
      ended.set(row, { refuse, accept })
    }
  }

  // What never ends is given up after five seconds: the others happen meanwhile.
  beforeAll(async () => {
    const endless = storeFaults.filter(({ isEndless }) => isEndless)
    const others = storeFaults.filter(({ isEndless }) => !isEndless)
    await Promise.all([oneByOne(endless), oneByOne(others)])
  }, 30_000)

  it.each(storeFaults.map((row) => [row.what, row] as const))('requests end so: %s', (_, row) => {
    expect(ended.get(row)).toEqual({ refuse: row.refuse, accept: row.accept })
  })

  it('a process lets in nothing that it knows as revoked or spent, in no row', () => {
    for (const { refuse, accept } of storeFaults) {
      for (const [, , inactive, revoked, , again, spentHere] of [refuse, accept]) {
        expect([inactive, revoked, again, spentHere]).not.toContain(200)
      }
    }
  })
})
