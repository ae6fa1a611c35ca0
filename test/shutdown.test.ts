import { Agent, request } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import { dpopKey, type TestAuthorizationServer } from '../lib/testing/index.ts'
import { asked, closingAfter, resource } from './fixtures/protected-api.ts'
import { type RedisServer, redisServer, wantsRedis } from './fixtures/redis-server.ts'
import { type Ended, type Spawned, spawned } from './fixtures/spawned.ts'

const { server, api } = closingAfter('each')
const grant = { scope: 'orders:read', expiresInSeconds: 3600 }
/** Longer than any test: what ends sooner was ended. */
const patient = { timeoutMs: 300_000 }

const started: Spawned[] = []
const redisServers: RedisServer[] = []
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map(({ ended }) => ended))
  await Promise.all(redisServers.splice(0).map((one) => one.stop()))
})

interface Application extends Spawned {
  /** The status of the answer, or the code of the error. */
  ask(headers: Record<string, string>): Promise<number | string>
  /** Sends SIGTERM, and resolves when the process has ended by itself. */
  terminate(): Promise<Ended>
  /** Ends the connections that the client keeps. */
  leave(): void
}

async function application(
  as: TestAuthorizationServer,
  more: { redis?: { by: string; port: number } | undefined; closesApi?: boolean } = {},
): Promise<Application> {
  const [{ introspection, ...issuer }] = as.options.issuers
  const issuers = { ...issuer, introspection: { ...introspection, ...patient } }
  const options = { resource, issuers, http: patient, dpop: true }
  const script = 'test/fixtures/shutdown-child.js'
  const one = spawned(script, [JSON.stringify({ options, ...more })])
  started.push(one)
  await one.printed('port: ')
  const port = /port: (\d+)/.exec(one.output())?.[1]
  expect([port, one.errors()]).toEqual([expect.any(String), ''])
  const agent = new Agent({ keepAlive: true })

  return {
    ...one,
    ask: (headers) =>
      new Promise((resolve) => {
        const asking = request({ host: '127.0.0.1', port, path: '/orders', agent, headers })
        asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
        asking.on('response', (response) => {
          response.resume()
          response.on('close', () => resolve(response.statusCode ?? 0))
        })
        asking.end()
      }),
    terminate() {
      one.child.kill('SIGTERM')
      return one.ended
    },
    leave: () => agent.destroy(),
  }
}

const bearing = (token: string) => ({ Authorization: `Bearer ${token}` })
/** An end by `process.exit` or a signal looks otherwise. */
const endedAlone = {
  code: 0,
  signal: null,
  stdout: expect.stringMatching(/\nleft: nothing\n$/),
  stderr: '',
}

/** A request with each kind of token, again and again. */
async function traffic(as: TestAuthorizationServer): Promise<(() => Record<string, string>)[]> {
  const key = dpopKey()
  const [jwt, opaque] = [await as.token(grant), await as.opaque(grant)]
  const bound = await as.token({ ...grant, boundTo: key })
  const proving = { method: 'GET', url: `${resource}/orders`, token: bound }
  return [() => bearing(jwt), () => bearing(opaque), () => key.headers(proving)]
}

const stores = wantsRedis() ? [undefined, 'redis', 'ioredis'] : [undefined]

async function redisBy(by: string | undefined) {
  if (by === undefined) return {}
  const server = await redisServer()
  redisServers.push(server)
  return { server, redis: { by, port: server.port } }
}

describe.each(stores)('SIGTERM to a process with the store: %s', (by) => {
  it('is followed by its end while traffic goes on, and nothing keeps it', async () => {
    const as = await server()
    const { redis } = await redisBy(by)
    const { ask, terminate, leave } = await application(as, { redis })
    const kinds = await traffic(as)
    let answered = 0
    let ending = false
    let onBusy = () => {}
    const busy = new Promise<void>((resolve) => {
      onBusy = resolve
    })
    /** Until the server is there no more. */
    async function client(headers: () => Record<string, string>) {
      for (;;) {
        const outcome = await ask(headers())
        if (outcome !== 200) return { outcome, ending }
        if (++answered === 60) onBusy()
      }
    }
    const clients = Promise.all([...kinds, ...kinds, ...kinds].map(client))
    await Promise.race([busy, clients])
    ending = true
    const ended = terminate()
    for (const { outcome, ending } of await clients) {
      expect(ending).toBe(true)
      expect([503, 'ECONNREFUSED', 'ECONNRESET']).toContain(outcome)
    }
    leave()
    expect(await ended).toEqual(endedAlone)
  }, 60_000)

  it('answers with 503 what waits for an authorization server that hangs, and ends', async () => {
    const as = await server()
    const { redis } = await redisBy(by)
    const { ask, terminate, leave } = await application(as, { redis })
    expect(await ask(bearing(await as.token(grant)))).toBe(200)
    as.fail('introspection', 'hang')
    const waiting = ask(bearing(await as.opaque(grant)))
    await as.nextRequest('introspection')
    const ended = terminate()
    expect(await waiting).toBe(503)
    leave()
    expect(await ended).toEqual(endedAlone)
  }, 60_000)

  it('ends one that has not yet had a request, with an authorization server that is down', async () => {
    const as = await server()
    await as.stop()
    const { redis } = await redisBy(by)
    const { terminate } = await application(as, { redis })
    expect(await terminate()).toEqual(endedAlone)
  }, 60_000)

  it('ends one that forgets to call close(), once its own are closed', async () => {
    const as = await server()
    const { redis } = await redisBy(by)
    const { ask, terminate, leave } = await application(as, { redis, closesApi: false })
    for (const headers of await traffic(as)) expect(await ask(headers())).toBe(200)
    leave()
    expect(await terminate()).toMatchObject({ code: 0, signal: null, stderr: '' })
  }, 60_000)
})

describe.each(stores.slice(1))('SIGTERM to a process that has lost its Redis, by %s', (by) => {
  it.each(['pause', 'kill'] as const)(
    'is followed by its end (%s)',
    async (fault) => {
      const as = await server()
      const { redis, server: lost } = await redisBy(by)
      const { ask, terminate, leave } = await application(as, { redis })
      const kinds = await traffic(as)
      for (const headers of kinds) expect(await ask(headers())).toBe(200)
      await lost?.[fault]()
      // That it was lost is known when the proof gets its answer.
      expect(await ask(kinds[2]!())).toBe(503)
      leave()
      expect(await terminate()).toEqual(endedAlone)
    },
    60_000,
  )
})

describe('close()', () => {
  const get = (protectedHere: ReturnType<typeof api>) => {
    const app = express()
    app.get('/orders', protectedHere.requireScope('orders:read'), (_request, response) => {
      response.send('orders')
    })
    return (token: string) => supertest(app).get('/orders').auth(token, { type: 'bearer' })
  }

  it('may be called twice, at once and later', async () => {
    const as = await server()
    const protectedHere = api(as.options)
    await protectedHere.ready()
    expect(await asked(protectedHere, await as.opaque())).toBe('accepted')
    await Promise.all([protectedHere.close(), protectedHere.close()])
    await protectedHere.close()
    expect(await asked(protectedHere, await as.token())).toBe('503 closed')
  })

  it('may be called before anything was used, and nobody is asked afterwards', async () => {
    const as = await server()
    const protectedHere = api(as.options)
    await protectedHere.close()
    const answer = await get(protectedHere)(await as.token(grant))
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('1')
    await expect(protectedHere.ready()).rejects.toThrow('close() was called')
    expect(as.requests).toEqual([])
  })

  it('answers with 503 what is in flight, to keys, metadata and introspection alike', async () => {
    for (const endpoint of ['jwks', 'discovery', 'introspection'] as const) {
      const as = await server()
      const protectedHere = api({ ...as.options, http: patient })
      as.fail(endpoint, 'hang')
      const token = endpoint === 'introspection' ? await as.opaque(grant) : await as.token(grant)
      const arrived = as.nextRequest(endpoint)
      const waiting = get(protectedHere)(token).then(({ status }) => status)
      await arrived
      await protectedHere.close()
      expect(await waiting).toBe(503)
    }
  })

  it('says 503 to requests that come later, also with a token that was accepted before', async () => {
    const as = await server()
    const protectedHere = api(as.options)
    const ask = get(protectedHere)
    const token = await as.token(grant)
    for (const _ of [1, 2, 3]) expect((await ask(token)).status).toBe(200)
    await protectedHere.close()
    const answer = await ask(token)
    expect(answer.status).toBe(503)
    expect(answer.headers).not.toHaveProperty('www-authenticate')
  })
})
