import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import express, { type Express } from 'express'
import supertest from 'supertest'
import type {
  DecisionEvent,
  LogRecord,
  ResourceServer,
  ResourceServerOptions,
} from '../lib/index.ts'
import { decisionChannel, publish } from '../lib/observability/channels.ts'
import { newTrace } from '../lib/observability/decisions.ts'
import type { TestAuthorizationServer } from '../lib/testing/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { closingAfter, resource } from './fixtures/protected-api.ts'

const closing = closingAfter('each')

let as: TestAuthorizationServer
let records: LogRecord[]
let api: ResourceServer

beforeEach(async () => {
  as = await closing.server()
  records = []
  api = make()
})

afterEach(() => void jest.restoreAllMocks())

function make(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  return closing.api({ ...as.options, log: (record) => records.push(record), ...options })
}

function request(token?: string, method = 'GET') {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { method, url: '/orders/7?secret=s', headers }
}

function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}

function details(): LogRecord['details'][] {
  return records.map((record) => record.details)
}

describe('the log', () => {
  it('gets one frozen line for each request that is refused', async () => {
    const token = await as.token({ scope: 'a' })
    await api.verify(request(token), { scope: 'b' })
    expect(records).toEqual([
      {
        level: 'info',
        code: 'refused',
        message: 'A request was refused. The access token lacks a required scope.',
        details: {
          resource,
          reason: 'insufficient_scope',
          stage: 'policy',
          method: 'GET',
          issuer: as.issuer,
          source: 'jwt',
          fingerprint: fingerprint(token),
          status: 403,
        },
      },
    ])
    expect([Object.isFrozen(records[0]), Object.isFrozen(records[0]?.details)]).toEqual([
      true,
      true,
    ])
  })

  it('gets a warning for each request that nobody could decide', async () => {
    as.fail('introspection', 500)
    const token = await as.opaque()
    await api.verify(request(token, 'POST'))
    expect(records).toEqual([
      {
        level: 'warn',
        code: 'unavailable',
        message: 'A request could not be decided, and got 503.',
        details: {
          resource,
          reason: 'introspection_failed',
          stage: 'verification',
          method: 'POST',
          issuer: as.issuer,
          source: 'introspection',
          fingerprint: fingerprint(token),
          status: 503,
          retryAfterSeconds: expect.any(Number),
        },
      },
    ])
  })

  it('gets no line for what is accepted, nor for nobody where that is optional', async () => {
    const token = await as.token({ scope: 'a' })
    await api.verify(request(token), { scope: 'a' })
    const app = express()
    app.get('/', api.authenticate({ optional: true }), (_, response) => void response.end())
    await supertest(app).get('/').expect(200)
    expect(records).toEqual([])
  })

  it('says no more than is known', async () => {
    await api.verify(request())
    await api.verify(request(await as.token({ issuer: 'https://evil.example' })))
    expect(details()[0]).toEqual({
      ...{ resource, reason: 'no_credentials', stage: 'credentials', method: 'GET', status: 401 },
    })
    expect(details()[1]).toMatchObject({ reason: 'unknown_issuer', stage: 'issuer' })
    expect(details()[1]).not.toHaveProperty('issuer')
  })

  it('is told no method that a client made up', async () => {
    for (const method of ['M-SEARCH', 'get', 'GET\nlevel=error', 'X'.repeat(21)]) {
      await api.verify(request(undefined, method))
    }
    expect(details().map(({ method }) => method)).toEqual([
      'M-SEARCH',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('is told the token also by the middleware that finds it verified already', async () => {
    const token = await as.token({ scope: 'a' })
    const app = express()
    app.get('/', api.authenticate(), api.requireScope('b'), (_, response) => void response.end())
    await supertest(app).get('/').auth(token, { type: 'bearer' }).expect(403)
    expect(details()).toMatchObject([{ fingerprint: fingerprint(token), issuer: as.issuer }])
  })
})

describe('events that nobody listens to', () => {
  it('are not made, nor is what they would tell remembered on the way', () => {
    let made = 0
    const event = (): DecisionEvent => {
      made++
      return { resource, verdict: 'accepted', stage: 'proof' }
    }
    publish(decisionChannel, event)
    expect([made, newTrace(false)]).toEqual([0, undefined])
    const seen: unknown[] = []
    const listener = (message: unknown) => seen.push(message)
    subscribe('scopegate:decision', listener)
    publish(decisionChannel, event)
    expect([made, newTrace(false), seen.length]).toEqual([1, {}, 1])
    unsubscribe('scopegate:decision', listener)
  })
})

describe('the log that nobody set', () => {
  it('says nothing of single requests', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const quiet = closing.api({ ...as.options })
    await quiet.verify(request())
    as.fail('introspection', 500)
    await quiet.verify(request(await as.opaque()))
    expect(warned.mock.calls).toEqual([])
  })
})

describe.each(majors)('under $major, the route of a line', ({ express: major }) => {
  let app: Express

  beforeEach(() => {
    app = major()
  })

  async function routeAt(path: string): Promise<unknown> {
    await supertest(app).get(path).expect(401)
    return details().at(-1)?.['route']
  }

  it('is its pattern, and not what the client wrote', async () => {
    app.get('/orders/:id', api.authenticate())
    expect(await routeAt('/orders/7?secret=s')).toBe('/orders/:id')
    expect(JSON.stringify(records)).not.toMatch(/secret|\/7/)
  })

  it('has the path of the router before it, with parameters by name where they are known', async () => {
    const known = major.Router({ mergeParams: true })
    known.get('/orders/:id', api.authenticate())
    app.use('/v1/shops/:shop', known)
    expect(await routeAt('/v1/shops/a%20b/orders/7')).toBe('/v1/shops/:shop/orders/:id')
    expect(await routeAt('/v1/shops/north/orders/7')).toBe('/v1/shops/:shop/orders/:id')
  })

  it('hides what might be a parameter of a router that tells none', async () => {
    const unknown = major.Router()
    unknown.get('/orders', api.authenticate())
    app.use('/shops/:shop', unknown)
    for (const shop of ['17', 'alice%40example.com', 'eyJ0.eyJ9.x', 'x'.repeat(31), 'a~b']) {
      expect(await routeAt(`/shops/${shop}/orders`)).toBe('/shops/*/orders')
    }
  })

  it('hides what cannot be decoded', async () => {
    const anywhere = major.Router()
    anywhere.get('/orders', api.authenticate())
    app.use(/^\/[^/]+/, anywhere)
    expect(await routeAt('/%zz/orders')).toBe('/*/orders')
  })

  it('is none where no route was chosen yet', async () => {
    app.use('/orders', api.authenticate())
    expect(await routeAt('/orders/7')).toBeUndefined()
  })

  it('names all patterns of a route that has several', async () => {
    app.get(['/a', '/b/:id'], api.authenticate())
    expect(await routeAt('/b/7')).toBe('/a|/b/:id')
  })

  it('is cut where it is long', async () => {
    app.get(`/${'a'.repeat(300)}`, api.authenticate())
    expect(String(await routeAt(`/${'a'.repeat(300)}`))).toHaveLength(200)
  })
})
