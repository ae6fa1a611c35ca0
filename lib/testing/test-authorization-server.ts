import type { TestAuthorizationServer } from './authorization-server.ts'
import { checkChoice, checkToken } from './check-members.ts'
import { checkServerOptions } from './check-server-options.ts'
import { deliver, redirected } from './deliver.ts'
import { dpopKey } from './dpop/dpop-key.ts'
import { endpoints } from './endpoints.ts'
import { faultPlan } from './fault-plan.ts'
import { introspectionEndpoint } from './introspection-endpoint.ts'
import { issuedTokens } from './issued-tokens.ts'
import { keyRing } from './key-ring.ts'
import { loopbackServer } from './loopback-server.ts'
import { endpointUrls } from './metadata.ts'
import { minting } from './minting.ts'
import { endpointNames, requestLog } from './request-log.ts'
import type { TestAuthorizationServerOptions } from './server-options.ts'
import { signalMinting } from './signal-minting.ts'
import { testStatusList } from './status-list.ts'
import { testClient } from './test-client.ts'

/**
 * An authorization server that listens on a loopback port of this process: real keys, real HTTP,
 * and any token or failure that a test may need.
 */
export async function testAuthorizationServer(
  options: TestAuthorizationServerOptions = {},
): Promise<TestAuthorizationServer> {
  checkServerOptions(options)
  const { clock = Date.now, resource = 'https://api.test', path = '' } = options
  const now = () => Math.floor(clock() / 1000)
  const client = testClient(options.client ?? 'client_secret_basic')
  const keys = keyRing(options.algorithm ?? options.algorithms?.[0] ?? 'ES256')
  for (const algorithm of [keys.algorithm, ...(options.algorithms ?? [])]) keys.signing(algorithm)

  const server = await loopbackServer(options.host ?? '127.0.0.1', options.port ?? 0)
  const issuer = `${server.origin}${path}`
  const tokens = issuedTokens(now)
  const { statusList: uri } = endpointUrls(server.origin, path)
  const statuses = testStatusList({ issuer, uri, now, keys })
  const mint = minting({ issuer, resource, now }, keys, tokens, statuses)
  const signals = signalMinting({ issuer, resource, now }, keys)
  const faults = faultPlan()
  const log = requestLog()
  let published: unknown

  const jwks = () => ({ keys: keys.published().map(({ publicJwk }) => publicJwk) })
  const served = endpoints(server.origin, path, options, {
    jwks: () => published ?? jwks(),
    introspection: introspectionEndpoint({ issuer, resource, client, tokens, keys, now }),
    statusList: statuses.answer,
  })

  server.onRequest(async ({ method = '', url = '', headers }, body, response) => {
    const request = { endpoint: served.find(url), method, url, headers, body }
    log.add(request)
    const fault = url.endsWith(redirected) ? undefined : faults.take(request.endpoint)
    await deliver(response, () => served.answer(request), fault)
  })

  const close = async () => {
    log.close()
    await server.stop()
  }
  return {
    issuer,
    resource,
    client,
    options: {
      issuers: [{ issuer, introspection: { client } }],
      ...(options.clock && { clock: options.clock }),
    },
    get endpoints() {
      return served.urls()
    },
    token: async (of) => mint.token(of),
    idToken: async (of) => mint.idToken(of),
    opaque: async (of) => mint.opaque(of),
    logoutToken: async (of) => signals.logoutToken(of),
    securityEvent: async (of) => signals.securityEvent(of),
    setStatus: statuses.set,
    statusListToken: async (of) => statuses.token(of),
    dpopKey: (of) => dpopKey({ clock, ...of }),
    revoke(token) {
      checkToken('revoke()', token)
      tokens.revoke(token)
    },
    rotate: keys.rotate,
    get keys() {
      return keys.published()
    },
    jwks,
    publish: (keySet) => {
      published = keySet
    },
    move(endpoint, to) {
      checkChoice('The endpoint of move()', endpoint, ['jwks', 'introspection'])
      served.move(endpoint, to)
    },
    fail: faults.fail,
    restore: faults.restore,
    requests: log.all,
    received(endpoint) {
      checkChoice('The endpoint of received()', endpoint, endpointNames)
      return log.all.filter((request) => request.endpoint === endpoint)
    },
    forgetRequests: () => {
      log.all.length = 0
    },
    nextRequest: log.next,
    stop: server.stop,
    start: server.start,
    close,
    // Not in the VM of older Jest on Node 20, where nobody can write `await using` either.
    ...((Symbol.asyncDispose && { [Symbol.asyncDispose]: close }) as {
      [Symbol.asyncDispose]: typeof close
    }),
  }
}
