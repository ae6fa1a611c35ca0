import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import express from 'express'
import supertest from 'supertest'
import {
  type DecisionEvent,
  type ResourceServer,
  type ResourceServerOptions,
  resourceServer,
} from '../lib/index.ts'
import { type TestAuthorizationServer, testAuthorizationServer } from '../lib/testing/index.ts'

const resource = 'https://api.test'

let as: TestAuthorizationServer
let api: ResourceServer
let events: { channel: string; event: object; context: unknown }[]
const context = new AsyncLocalStorage<string>()
const channels = ['decision', 'cache', 'keys', 'introspection'].map((name) => `scopegate:${name}`)

function listen(event: unknown, channel: string | symbol): void {
  events.push({ channel: String(channel), event: event as object, context: context.getStore() })
}

beforeAll(async () => {
  as = await testAuthorizationServer()
})

afterAll(() => as.close())

beforeEach(() => {
  events = []
  for (const channel of channels) subscribe(channel, listen)
  api = make()
})

afterEach(async () => {
  for (const channel of channels) unsubscribe(channel, listen)
  as.restore()
  await api.close()
})

function make(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  return resourceServer({ resource, ...as.options, ...options })
}

function request(token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { method: 'GET', url: '/', headers }
}

function published(channel: string): object[] {
  return events.filter((one) => one.channel === `scopegate:${channel}`).map(({ event }) => event)
}

function decisions(): DecisionEvent[] {
  return published('decision') as DecisionEvent[]
}

function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}

describe('scopegate:decision', () => {
  it('tells of an accepted request by whom, how and from where, and names the token by its fingerprint', async () => {
    const token = await as.token({ scope: 'a' })
    await api.verify(request(token), { scope: 'a' })
    await api.verify(request(token))
    await api.verify(request(token), { scope: 'a' })
    const common = { resource, verdict: 'accepted', issuer: as.issuer, source: 'jwt' }
    const named = { fingerprint: fingerprint(token) }
    expect(decisions()).toEqual([
      { ...common, stage: 'policy', cache: 'miss', ...named },
      { ...common, stage: 'proof', cache: 'miss', ...named },
      { ...common, stage: 'policy', cache: 'hit', ...named },
    ])
  })

  it('tells of a refused request where it ended, and why', async () => {
    const bound = await as.token({ claims: { cnf: { jkt: 'x' } } })
    await api.verify(request())
    await api.verify(request('not a token'))
    await api.verify(request(await as.token({ issuer: 'https://evil.example' })))
    await api.verify(request(await as.token({ expired: true })))
    await api.verify(request(bound))
    await api.verify(request(await as.token()), { scope: 'a' })
    await api.verify(request(await as.token()), { roles: 'a' })
    await api.verify(request(await as.token()), { check: () => false })
    expect(decisions().map(({ verdict, stage, reason }) => [verdict, stage, reason])).toEqual([
      ['refused', 'credentials', 'no_credentials'],
      ['refused', 'credentials', 'malformed_credentials'],
      ['refused', 'issuer', 'unknown_issuer'],
      ['refused', 'verification', 'expired'],
      ['refused', 'proof', 'proof_missing'],
      ['refused', 'policy', 'insufficient_scope'],
      ['refused', 'policy', 'missing_role'],
      ['refused', 'policy', 'check_failed'],
    ])
    expect(decisions()[0]).toEqual({
      ...{ resource, verdict: 'refused', stage: 'credentials', reason: 'no_credentials' },
    })
    expect(decisions()[4]?.fingerprint).toBe(fingerprint(bound))
  })

  it('tells whose token was refused, once that is known: at once, from memory, or with others', async () => {
    const inactive = await as.opaque({ active: false })
    const expired = await as.token({ expired: true })
    await Promise.all([api.verify(request(inactive)), api.verify(request(inactive))])
    for (const token of [inactive, expired, expired]) await api.verify(request(token))
    await api.verify(request(await as.token()), { scope: 'a' })
    await api.verify(request(await as.token({ issuer: 'https://evil.example' })))
    as.fail('introspection', 500)
    await api.verify(request(await as.opaque()))
    expect(decisions().map((one) => [one.cache, one.reason, one.issuer, one.source])).toEqual([
      ['miss', 'inactive', as.issuer, 'introspection'],
      ['coalesced', 'inactive', as.issuer, 'introspection'],
      ['hit', 'inactive', as.issuer, 'introspection'],
      ['miss', 'expired', as.issuer, 'jwt'],
      ['hit', 'expired', as.issuer, 'jwt'],
      ['miss', 'insufficient_scope', as.issuer, 'jwt'],
      ['miss', 'unknown_issuer', undefined, undefined],
      ['miss', 'introspection_failed', as.issuer, 'introspection'],
    ])
  })

  it('tells when nobody could tell, and what could not answer', async () => {
    as.fail('introspection', 500)
    await api.verify(request(await as.opaque()))
    as.fail('all', 500)
    const cold = make()
    await cold.verify(request(await as.token()))
    await cold.close()
    await cold.verify(request(await as.token()))
    expect(decisions().map(({ verdict, stage, reason }) => [verdict, stage, reason])).toEqual([
      ['unavailable', 'verification', 'introspection_failed'],
      ['unavailable', 'issuer', 'discovery_failed'],
      ['unavailable', 'issuer', 'closed'],
    ])
  })

  it('says nothing of a request that passes as nobody, since nothing was decided', async () => {
    const app = express()
    app.get('/', api.authenticate({ optional: true }), (_, response) => void response.end())
    await supertest(app).get('/').expect(200)
    expect(decisions()).toEqual([])
    await supertest(app)
      .get('/')
      .auth(await as.token({ expired: true }), { type: 'bearer' })
    expect(decisions()).toHaveLength(1)
  })

  it('tells once for each middleware that decides, and of the cache only where it was asked', async () => {
    const app = express()
    app.get('/', api.authenticate(), api.requireScope('a'), (_, response) => void response.end())
    await supertest(app)
      .get('/')
      .auth(await as.token({ scope: 'a' }), { type: 'bearer' })
      .expect(200)
    expect(decisions().map(({ stage, cache }) => [stage, cache])).toEqual([
      ['proof', 'miss'],
      ['policy', undefined],
    ])
  })
})

describe('every event', () => {
  it('is frozen plain data', async () => {
    await api.verify(request(await as.token()), { scope: 'a' })
    await api.verify(request(await as.opaque()))
    expect(new Set(events.map(({ channel }) => channel))).toEqual(new Set(channels))
    for (const { event } of events) {
      expect(Object.isFrozen(event)).toBe(true)
      expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
      for (const value of Object.values(event)) {
        expect(['string', 'number', 'boolean']).toContain(typeof value)
      }
    }
  })

  it('of a request is published in its own async context, also when it joined the question of another', async () => {
    as.fail('introspection', 'hold')
    const token = await as.opaque()
    const arrived = as.nextRequest('introspection')
    const first = context.run('first', () => api.verify(request(token)))
    const second = context.run('second', () => api.verify(request(token)))
    await arrived
    as.restore('introspection')
    await Promise.all([first, second])
    const seen = events.filter(({ channel }) => channel === 'scopegate:decision')
    expect(seen.map((one) => [one.context, (one.event as DecisionEvent).cache])).toEqual([
      ['first', 'miss'],
      ['second', 'coalesced'],
    ])
  })
})

describe('the other channels', () => {
  it('tell what the cache did', async () => {
    const token = await as.opaque()
    const inactive = await as.opaque({ active: false })
    for (const one of [token, token, inactive, inactive]) await api.verify(request(one))
    expect(published('cache')).toEqual([
      { resource, outcome: 'miss', fingerprint: fingerprint(token) },
      { resource, outcome: 'hit', fingerprint: fingerprint(token) },
      { resource, outcome: 'miss', fingerprint: fingerprint(inactive) },
      { resource, outcome: 'negative_hit', fingerprint: fingerprint(inactive) },
    ])
  })

  it('tell of each fetch of a key set, and why it failed', async () => {
    await api.verify(request(await as.token()))
    as.fail('jwks', 'html')
    const cold = make()
    await cold.verify(request(await as.token()))
    await cold.close()
    expect(published('keys')).toMatchObject([
      { resource, uri: as.endpoints.jwks, outcome: 'refreshed', keys: 1 },
      { resource, uri: as.endpoints.jwks, outcome: 'failed', keys: 0, reason: 'wrong_content' },
    ])
  })

  it('tell of each question to the introspection endpoint, and how it went', async () => {
    await api.verify(request(await as.opaque()))
    await api.verify(request(await as.opaque({ active: false })))
    as.fail('introspection', 401)
    await api.verify(request(await as.opaque()))
    expect(published('introspection')).toMatchObject([
      { resource, issuer: as.issuer, outcome: 'active' },
      { resource, issuer: as.issuer, outcome: 'refused', reason: 'inactive' },
      { resource, issuer: as.issuer, outcome: 'unavailable', reason: 'client_refused' },
    ])
  })
})
