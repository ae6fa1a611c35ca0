import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type SecureVersion } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import express from 'express'
import {
  type ForwardedCertificateOptions,
  type ResourceServer,
  resourceServer,
} from '../lib/index.ts'
import {
  certificateAuthority,
  clientCertificate,
  type TestAuthorizationServer,
  type TestCertificate,
  testAuthorizationServer,
} from '../lib/testing/index.ts'
import {
  header,
  proxies,
  type RunningProxy,
  startProxy,
  type TlsProxy,
  wantsProxy,
} from './fixtures/proxies.ts'
import { type RawResponse, rawExchange } from './fixtures/raw-http.ts'

// To start three servers takes a while on a machine that does much else.
jest.setTimeout(30_000)

const resource = 'https://api.test'
const authority = certificateAuthority()
const client = clientCertificate({ issuedBy: authority })
const foreign = clientCertificate({ issuedBy: authority })
const selfSigned = clientCertificate({ algorithm: 'RS256', commonName: 'self-signed' })

let as: TestAuthorizationServer
const tokens = new Map<TestCertificate, string>()

beforeAll(async () => {
  as = await testAuthorizationServer({ resource })
  for (const one of [client, foreign, selfSigned]) {
    tokens.set(one, await as.token({ boundTo: one }))
  }
})

afterAll(() => as.close())

describe.each(proxies.map((proxy) => ({ ...proxy, proxy })))(
  '$name before the API',
  ({ proxy }) => {
    if (wantsProxy(proxy)) inFrontOfTheApi(proxy)
    else it.skip(`SKIPPED, since there is no ${proxy.path}`, () => {})
  },
)

function inFrontOfTheApi(proxy: TlsProxy): void {
  let api: ResourceServer
  let server: Server
  let running: RunningProxy | undefined

  beforeAll(async () => {
    expect([proxy.path, existsSync(proxy.path)]).toEqual([proxy.path, true])
    const forwarded = { trustedPeers: ['127.0.0.1'], format: proxy.format, header }
    api = resourceServer({
      resource,
      ...as.options,
      mtls: { forwarded: forwarded as ForwardedCertificateOptions },
    })
    const app = express()
    app.get('/', api.authenticate(), (req, res) => {
      res.json(api.auth(req).proofs)
    })
    server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    running = await startProxy(proxy, port, authority.issue(), authority)
  })

  afterAll(async () => {
    await running?.stop()
    server.closeAllConnections()
    server.close()
    await api.close()
  })

  /** What becomes of a token by way of the proxy. */
  async function sent(
    of: TestCertificate,
    certificate?: TestCertificate,
    lines: readonly string[] = [],
    version: SecureVersion = 'TLSv1.3',
  ): Promise<string> {
    const socket = connectTls({
      port: running!.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: authority.pem,
      maxVersion: version,
      ...(certificate && { key: certificate.key, cert: certificate.pem }),
    })
    return told(await rawExchange(socket, bearer(of, lines)))
  }

  /** What becomes of it on a connection to the API itself. */
  async function direct(
    localAddress: string,
    of: TestCertificate,
    lines: readonly string[],
  ): Promise<string> {
    const { port } = server.address() as AddressInfo
    return told(
      await rawExchange(connect({ port, host: '127.0.0.1', localAddress }), bearer(of, lines)),
    )
  }

  it.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])(
    'hands over the certificate of the client, over %s (MT-3, RFC 8705 section 6.5)',
    async (version) => {
      for (const one of [client, selfSigned, foreign]) {
        expect(await sent(one, one, [], version)).toBe('200 mtls')
      }
    },
  )

  it('hands over no other: tokens are refused without their certificate (MT-2, MT-3)', async () => {
    expect(await sent(client, client)).toBe('200 mtls')
    expect(await sent(client)).toBe('401 invalid_token')
    expect(await sent(client, foreign)).toBe('401 invalid_token')
    expect(await sent(client, selfSigned)).toBe('401 invalid_token')
    expect(await sent(selfSigned, client)).toBe('401 invalid_token')
    expect(await sent(client)).toBe('401 invalid_token')
  })

  it('overwrites what clients send in the field (MT-3, RFC 9440 section 2.4, RFC 9700 section 4.13)', async () => {
    for (const lines of forged(client)) {
      const answers = [
        await sent(client, undefined, lines),
        await sent(client, foreign, lines),
        // Nor does the field stand in the way of the one whose certificate it is not.
        await sent(foreign, foreign, lines),
      ]
      expect([lines.map(nameOf), answers]).toEqual([
        lines.map(nameOf),
        ['401 invalid_token', '401 invalid_token', '200 mtls'],
      ])
    }
  })

  it('may be told to leave the field out, and then hands over none (MT-3, RFC 9110 section 7.6.1)', async () => {
    const lines = [`${header}: ${written(client)}`, `Connection: close, ${header}`]
    expect(await sent(client, undefined, lines)).toBe('401 invalid_token')
    expect(await sent(client, foreign, lines)).toBe('401 invalid_token')
    // Apache does as it is told: who asks for that goes without a certificate.
    const answer = proxy.name === 'Apache' ? '401 invalid_token' : '200 mtls'
    expect(await sent(foreign, foreign, lines)).toBe(answer)
  })

  it('is the only one that is believed: whoever connects directly is not (MT-4)', async () => {
    for (const lines of forged(client)) {
      expect(await direct('127.0.0.2', client, lines)).toBe('401 invalid_token')
    }
    // What the field would have been worth.
    expect(await direct('127.0.0.1', client, [`${header}: ${written(client)}`])).toBe('200 mtls')
    expect(await direct('127.0.0.2', client, [`${header}: ${written(client)}`])).toBe(
      '401 invalid_token',
    )
  })

  /** The field as clients may try to send it, in lines whose values would be believed. */
  function forged(of: TestCertificate): string[][] {
    const value = written(of)
    return [
      [`${header}: ${value}`],
      [`${header.toUpperCase()}: ${value}`],
      [`${header.toLowerCase()}: ${value}`],
      [`${header.replaceAll('-', '_')}: ${value}`],
      [`${header}: ${value}`, `${header}: ${value}`],
      [`${header}:`, `${header}: ${value}`],
      [`${header}: ${value}`, `${header.replaceAll('-', '_')}: ${value}`],
      [`${header}:\t${value}`],
      [`Client-Cert: :${of.der.toString('base64')}:`],
    ]
  }

  /** The certificate as this proxy writes it. */
  function written({ pem, der }: TestCertificate): string {
    switch (proxy.format) {
      case 'escaped-pem':
        return encodeURIComponent(pem)
      case 'pem':
        return pem.trimEnd().replaceAll('\n', ' ')
      default:
        return der.toString('base64')
    }
  }

  it('is configured as the documentation says', () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/sender-constrained.md'), 'utf8')
    for (const line of proxy.lines) expect(page).toContain(`\`${line}\``)
  })
}

function bearer(of: TestCertificate, lines: readonly string[]) {
  return { lines: [`Authorization: Bearer ${tokens.get(of)}`, ...lines] }
}

/** The proofs by which it was accepted, or the status and the challenge's error. */
function told(response: RawResponse): string {
  if (response.status === 200) return `200 ${JSON.parse(unchunked(response)).join()}`
  const [challenge = ''] = response.values('www-authenticate')
  return `${response.status} ${/error="(\w+)"/.exec(challenge)?.[1]}`
}

/** Apache sends bodies on in chunks. */
function unchunked({ body }: RawResponse): string {
  return /\[.*\]/.exec(body)?.[0] ?? body
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'))
}
