import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readOptions } from '../example-api/options.js'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { curl, type PrintedTour, printedTour } from './fixtures/printed-tour.ts'
import { anyPorts, runExample, startedExample } from './fixtures/started-example.ts'

const root = join(import.meta.dirname, '..')
const started: ChildProcess[] = []
jest.setTimeout(30_000)

beforeAll(() => {
  const built = join(root, 'dist', 'esm', 'index.js')
  if (!existsSync(built)) throw new Error(`There is no ${built}: npm run build`)
})
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

/** Runs the example; whatever comes, it does not outlive the tests. */
function run(...args: string[]) {
  const running = runExample(...args)
  started.push(running.child)
  return running
}

/** Runs the example until it is ready to be used. */
async function start(...args: string[]) {
  const running = await startedExample(...args)
  started.push(running.child)
  return { ...running, tour: printedTour(running.output()) }
}

describe('npm start', () => {
  let example: Awaited<ReturnType<typeof start>>
  let tokens: Map<string, string>
  const answers: { what: string; route: string; status: number; response: Response }[] = []
  const announced: string[] = []

  beforeAll(async () => {
    example = await start()
    tokens = await tokensOf(example.tour)
    for (const { what, command, status } of example.tour.calls) {
      const response = await curl(command, tokens)
      const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET'
      const name = /\$([A-Z]+)/.exec(command)?.[1]
      const route = `${method} ${response.url.slice(example.url.length)}${name ? ` ${name}` : ''}`
      announced.push(`${route}: ${status}`)
      answers.push({ what, route, status: response.status, response })
    }
  })
  afterAll(async () => {
    example.child.kill()
    await example.ended
  })

  async function tokensOf(tour: PrintedTour) {
    const got = new Map<string, string>()
    for (const [name, command] of tour.tokens) {
      const response = await curl(command, new Map())
      expect(response.status).toBe(200)
      got.set(name, ((await response.json()) as { access_token: string }).access_token)
    }
    return got
  }

  const answerTo = (route: string) => answers.find((answer) => answer.route === route)!.response
  const bodyOf = async (route: string) => answerTo(route).clone().json()
  const challengeOf = (response: Response) => {
    const field = response.headers.get('www-authenticate')
    return field === null ? undefined : parseChallenges(field)[0]!.params
  }

  it('prints commands that get tokens, both JWTs and opaque ones', () => {
    expect([...tokens.keys()]).toEqual(['NORTH', 'SOUTH', 'SCANNER', 'HEAD', 'BUYER', 'FOREIGN'])
    const parts = [...tokens.values()].map((token) => token.split('.').length)
    expect(parts).toEqual([3, 1, 1, 3, 3, 3])
  })

  it('prints commands that call each route, and each answers with the status told', () => {
    const told = answers.map(({ route, status }) => `${route}: ${status}`)
    expect(told).toEqual(announced)
    const book = '/books/9780156027328'
    expect(told).toEqual([
      'GET /health: 200',
      'GET /books: 200',
      'GET /books NORTH: 200',
      'GET /whoami: 401',
      'GET /whoami NORTH: 200',
      'GET /whoami SOUTH: 200',
      'GET /whoami FOREIGN: 401',
      `GET ${book} NORTH: 200`,
      'POST /books NORTH: 403',
      'POST /books HEAD: 201',
      `GET ${book} SCANNER: 200`,
      'GET /shops/north/orders NORTH: 200',
      'GET /shops/south/orders NORTH: 403',
      'GET /shops/south/orders SOUTH: 200',
      'GET /shops/south/orders HEAD: 200',
      'POST /shops/north/orders NORTH: 201',
      'POST /shops/north/orders NORTH: 400',
      'DELETE /shops/north/orders/2 NORTH: 403',
      'DELETE /shops/north/orders/1 NORTH: 204',
      'GET /reports/stock SCANNER: 200',
      'GET /reports/orders HEAD: 200',
      'GET /reports/sales HEAD: 200',
      'GET /reports/sales NORTH: 403',
      `PUT ${book}/stock SCANNER: 200`,
      `POST ${book}/reviews HEAD: 403`,
      `DELETE ${book} SCANNER: 403`,
      `DELETE ${book} HEAD: 204`,
      'POST /shops/north/orders/2/refund HEAD: 401',
      `POST ${book}/purchases NORTH: 403`,
      'POST /books/9780441478125/purchases BUYER: 201',
      'GET /reports/accounts HEAD: 401',
      'GET /magazines: 404',
      'GET /.well-known/oauth-protected-resource: 200',
    ])
  })

  it('explains every status that its routes answer with', () => {
    const explained = example.output().split('What the answers mean')[1] as string
    const statuses = new Set(answers.map(({ status }) => String(status)))
    statuses.delete('404')
    for (const status of statuses) expect(explained).toContain(status)
  })

  it('answers every refusal and error with problem details', async () => {
    for (const { status, response } of answers.filter((answer) => answer.status >= 400)) {
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(await response.clone().json()).toMatchObject({ type: 'about:blank', status })
    }
  })

  it('challenges with the scope that the route needs, also where the path tells it', () => {
    const lacking = answers.filter(
      ({ response }) => challengeOf(response)?.['error'] === 'insufficient_scope',
    )
    expect(lacking.map(({ route, response }) => [route, challengeOf(response)?.['scope']])).toEqual(
      [
        ['POST /books NORTH', 'books:write'],
        ['GET /shops/south/orders NORTH', 'shop:south:orders:read'],
        ['GET /reports/sales NORTH', 'reports:read'],
      ],
    )
  })

  it('challenges without an error where there is no token, and points to its metadata', async () => {
    const metadata = `${example.url}/.well-known/oauth-protected-resource`
    expect(challengeOf(answerTo('GET /whoami'))).toEqual({ resource_metadata: metadata })
    expect(await bodyOf('GET /.well-known/oauth-protected-resource')).toMatchObject({
      resource: example.url,
      authorization_servers: [example.issuer],
      scopes_supported: expect.arrayContaining(['books:read', 'shop:north:orders:write']),
    })
  })

  it('says no without a challenge where no scope would help', () => {
    const plain = answers.filter(
      ({ status, response }) => status === 403 && !response.headers.has('www-authenticate'),
    )
    expect(plain.map(({ what }) => what)).toEqual([
      'Check: cancels only its own orders',
      'Users only: the head office is a client',
      'Role: it is no manager',
      'Authorization details: there are none',
    ])
  })

  it('challenges for a stronger login, and for a proof, where those are lacking', () => {
    expect(challengeOf(answerTo('POST /shops/north/orders/2/refund HEAD'))).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'mfa',
      max_age: '300',
    })
    const fields = answerTo('GET /reports/accounts HEAD').headers.get('www-authenticate')!
    expect(parseChallenges(fields)).toEqual([
      { scheme: 'Bearer', params: expect.anything() },
      { scheme: 'DPoP', params: expect.objectContaining({ error: 'invalid_token' }) },
    ])
  })

  it('refuses a good token for another API as invalid_token', () => {
    expect(challengeOf(answerTo('GET /whoami FOREIGN'))).toMatchObject({ error: 'invalid_token' })
  })

  it('shows the stock to those who are known only', async () => {
    expect((await bodyOf('GET /books'))[0]).not.toHaveProperty('stock')
    expect((await bodyOf('GET /books NORTH'))[0]).toHaveProperty('stock', 7)
  })

  it('verifies JWTs by itself, asks about opaque tokens, and takes both for clients', async () => {
    expect(await bodyOf('GET /whoami NORTH')).toMatchObject({
      source: 'jwt',
      principal: 'client',
      clientId: 'north-shop',
      scopes: ['books:read', 'shop:north:orders:write'],
    })
    expect(await bodyOf('GET /whoami SOUTH')).toMatchObject({
      source: 'introspection',
      principal: 'client',
      clientId: 'south-shop',
    })
  })

  it('tells its state to everybody, and has the header fields of helmet', async () => {
    expect(await bodyOf('GET /health')).toMatchObject({
      status: 'ok',
      issuers: [{ issuer: example.issuer, status: 'ok', keys: { keys: 1 } }],
    })
    expect(answerTo('GET /health').headers.get('x-content-type-options')).toBe('nosniff')
    expect(answerTo('GET /health').headers.has('x-powered-by')).toBe(false)
  })

  it.each([
    ['no JSON', 'application/json', '{'],
    ['of another content type', 'text/plain', '{}'],
    ['a list', 'application/json', '[]'],
    [
      'an order with a member too many',
      'application/json',
      '{"isbn":"9780441478125","quantity":1,"price":0}',
    ],
    ['an order with a member too few', 'application/json', '{"isbn":"9780441478125"}'],
    ['of a wrong type inside', 'application/json', '{"isbn":"9780441478125","quantity":"1"}'],
  ])('answers a body that is %s with 400', async (_, type, body) => {
    const response = await fetch(`${example.url}/shops/north/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.get('NORTH')}`, 'content-type': type },
      body,
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ status: 400, detail: expect.any(String) })
  })

  it('grants a client no scope that is not its own, and no token for an unknown API', async () => {
    const command = example.tour.tokens.get('NORTH')!
    const more = await curl(command.replace('books:read', 'books:write'), new Map())
    expect([more.status, await more.json()]).toMatchObject([400, { error: 'invalid_scope' }])
    const nowhere = command.replace(/resource=\S+/, 'resource=https://nowhere.example')
    const unknown = await curl(nowhere, new Map())
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { error: 'invalid_target' }])
  })

  it('keeps quiet: nothing on stderr, and no notices between what it prints', () => {
    expect(example.errors()).toBe('')
    expect(example.output()).not.toMatch(/notice|warning/i)
    expect(example.output()).toMatch(/^The playground /)
  })
})

describe('the end of the example', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('comes with code 0 on %s', async (signal) => {
    const { child, ended, tour } = await start()
    // The servers and the library hold connections that are kept alive.
    const token = await curl(tour.tokens.get('SOUTH')!, new Map())
    const { access_token } = (await token.json()) as { access_token: string }
    const { command } = tour.calls.find((call) => call.command.includes('$SOUTH'))!
    expect((await curl(command, new Map([['SOUTH', access_token]]))).status).toBe(200)
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })

  it('does not wait for whoever watches the events in the playground', async () => {
    const { child, ended, playground } = await start()
    const events = await fetch(`${playground}/events`)
    const reader = events.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('event: state')
    child.kill()
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    while (!(await reader.read()).done) {}
  })

  it('does not wait for connections that send nothing, nor mind a second signal', async () => {
    const { child, ended, url } = await start()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    // While it is stopped both wait for it, and come at once: the second is never too late.
    child.kill('SIGSTOP')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    child.kill('SIGCONT')
    const closed = once(socket, 'close')
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    await closed
  })

  it('leaves its ports free for the next start', async () => {
    const [ports, first] = await startOnPortsOfItsOwn()
    first.child.kill()
    await first.ended
    const second = await start(...ports)
    expect([second.url, second.issuer, second.playground]).toEqual([
      first.url,
      first.issuer,
      first.playground,
    ])
    expect((await fetch(`${second.url}/books`)).status).toBe(200)
    second.child.kill()
    expect(await second.ended).toMatchObject({ code: 0 })
  })

  /** Below the ports that the system gives to whoever asks for any: another suite could get those. */
  async function startOnPortsOfItsOwn(): Promise<[string[], Awaited<ReturnType<typeof start>>]> {
    for (let tries = 1; ; tries++) {
      const base = 20_000 + 3 * Math.floor(Math.random() * 3000)
      const options = ['--port', '--as-port', '--playground-port']
      const ports = options.flatMap((option, at) => [option, String(base + at)])
      try {
        return [ports, await start(...ports)]
      } catch (error) {
        // Somebody may have one of them all the same.
        if (tries === 5 || !/ is in use\./.test(String(error))) throw error
      }
    }
  }
})

describe('a start that cannot be', () => {
  it.each(['--port', '--as-port', '--playground-port'])(
    'says in one line that the port of %s is in use',
    async (of) => {
      const squatter = createServer().listen(0, '127.0.0.1')
      await once(squatter, 'listening')
      const { port } = squatter.address() as AddressInfo
      const { ended } = run(...anyPorts, of, String(port))
      expect(await ended).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr: `Port ${port} is in use. Choose another: npm start -- ${of} 0 (0: any free one).\n`,
      })
      squatter.close()
    },
  )

  it('says in one line what is wrong with the options', async () => {
    const wrong: [args: string[], says: string][] = [
      [['--prot', '3000'], 'Unknown option --prot.'],
      [['--no-port'], 'Unknown option --no-port.'],
      [['3010'], 'Put -- before the options: npm start -- --port 3010.'],
      [['three'], 'Unknown option three.'],
      [['--port', 'http'], '--port takes a number from 0 to 65535.'],
      [['--as-port', '65536'], '--as-port takes a number from 0 to 65535.'],
      [['--playground-port', '-1'], '--playground-port takes a number from 0 to 65535.'],
      [['--port'], '--port takes a number from 0 to 65535.'],
    ]
    const usage = 'Usage: npm start -- [--port 3000] [--as-port 3001] [--playground-port 3002]'
    const problems = wrong.map(([args]) => readOptions(args))
    expect(problems).toEqual(wrong.map(([, says]) => ({ problem: `${says} ${usage}` })))
    const [[args, says]] = wrong as [(typeof wrong)[number]]
    const { ended } = run(...args)
    const stderr = `${says} ${usage}\n`
    expect(await ended).toEqual({ code: 1, signal: null, stdout: '', stderr })
  })
})
