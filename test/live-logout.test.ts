import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import { type ResourceServer, resourceServer } from '../lib/index.ts'
import { backchannelLogout, type Receiver } from '../lib/signals/index.ts'
import { apis, type LiveProvider, liveProvider } from './fixtures/live-provider.ts'
import { asked, smallCache } from './fixtures/protected-api.ts'

jest.setTimeout(30_000)

const secret = 'a secret of the usual kind'
const callback = 'https://web.test/callback'

/** An API whose endpoints a live provider tells of logouts, and the provider. */
const server = createServer()
const receivers: Receiver[] = []
let live: LiveProvider
let api: ResourceServer

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = (client_id: string, metadata: object) => ({
    client_id,
    client_secret: secret,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [callback],
    backchannel_logout_uri: `http://127.0.0.1:${port}/logout/${client_id}`,
    ...metadata,
  })
  live = await liveProvider(
    [client('by-user', {}), client('by-session', { backchannel_logout_session_required: true })],
    {
      features: {
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context: { body: string }, form: string) => {
            context.body = form
          },
        },
      },
      more: {
        // As it is, the provider calls nobody on its own machine.
        fetch: (url: string, { method, headers, body }: RequestInit) =>
          fetch(url, { method, headers, body: String(body) } as RequestInit),
        extraTokenClaims: (_: unknown, { sid }: { sid?: string }) => (sid ? { sid } : undefined),
      },
    },
  )
  api = resourceServer({
    resource: apis.ES256,
    issuers: { issuer: live.issuer },
    cache: smallCache,
    log: () => {},
  })
  const app = express()
  for (const clientId of ['by-user', 'by-session']) {
    const receiver = backchannelLogout(api, { issuer: live.issuer, clientId })
    receivers.push(receiver)
    app.post(`/logout/${clientId}`, receiver)
  }
  server.on('request', app)
})

afterAll(async () => {
  await Promise.all([api, ...receivers].map((one) => one?.close()))
  await live?.stop()
  server.closeAllConnections()
  server.close()
})

/** A browser in which Alice logs in, and out. */
function browser() {
  const cookies = new Map<string, string>()

  async function logIn(clientId: string): Promise<string> {
    const back = await live.authorize(
      {
        client_id: clientId,
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid orders:read',
        resource: apis.ES256,
      },
      cookies,
    )
    const response = await fetch(`${live.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${encodeURIComponent(secret)}`)}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') as string,
        redirect_uri: callback,
        resource: apis.ES256,
      }),
    })
    return ((await response.json()) as { access_token: string }).access_token
  }

  async function logOut(): Promise<number> {
    const form = await (await visit('/session/end')).text()
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(form) ?? []
    const body = new URLSearchParams({ xsrf, logout: 'yes' })
    return (await visit('/session/end/confirm', { method: 'POST', body })).status
  }

  async function visit(path: string, more: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(`${live.issuer}${path}`, {
      redirect: 'manual',
      headers: { cookie },
      ...more,
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    return response
  }

  return { logIn, logOut }
}

describe('a logout at a live oidc-provider', () => {
  it('ends the tokens of that session here, and of no other (Back-Channel Logout section 2.7)', async () => {
    const [here, elsewhere] = [browser(), browser()]
    const ended = await here.logIn('by-session')
    const kept = await elsewhere.logIn('by-session')
    expect([await asked(api, ended), await asked(api, kept)]).toEqual(['accepted', 'accepted'])
    expect(await here.logOut()).toBe(303)
    expect([await asked(api, ended), await asked(api, kept)]).toEqual(['401 revoked', 'accepted'])
  })

  it('ends all tokens of the user here, where no session is named', async () => {
    const here = browser()
    const token = await here.logIn('by-user')
    expect(await asked(api, token)).toBe('accepted')
    expect(await here.logOut()).toBe(303)
    expect(await asked(api, token)).toBe('401 revoked')
  })
})
