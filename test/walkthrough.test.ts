import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readOptions } from '../example-api/walkthrough/options.js'
import type { walkthrough } from '../example-api/walkthrough/walkthrough.js'
import { spawned } from './fixtures/spawned.ts'

const root = join(import.meta.dirname, '..')
const started: ChildProcess[] = []
jest.setTimeout(60_000)
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

const kinds = ['web', 'browser', 'dpop', 'native', 'device', 'machine'] as const
type Kind = (typeof kinds)[number]

type Played = Awaited<ReturnType<typeof walkthrough>> & {
  readonly text: string
  readonly errors: readonly string[]
}

/** Runs the command; once `at` has been printed, what shall happen to it does. */
async function run(args: readonly string[], at?: string, happens?: (child: ChildProcess) => void) {
  const { child, printed, ended } = spawned('example-api/walkthrough/main.js', args)
  started.push(child)
  if (at) {
    await printed(at)
    happens?.(child)
  }
  const { code, stdout, stderr } = await ended
  return { code, stdout, stderr }
}

/** Every kind, and plays with expectations that do not hold, in one process. */
async function playAll() {
  const child = fork(join(import.meta.dirname, 'fixtures', 'walkthrough-child.js'), {
    execArgv: [],
  })
  started.push(child)
  // Not its `exit`, which may come before the last message.
  const [told] = await Promise.race([once(child, 'message'), once(child, 'disconnect')])
  if (!told) throw new Error('It ended before it had told anything.')
  return told as {
    right: Record<Kind, Played>
    wrong: Record<'expectations' | 'broken', Played>
    secrets: readonly string[]
  }
}

let told: Awaited<ReturnType<typeof playAll>>
type Run = Awaited<ReturnType<typeof run>>
let printed: Run
let mistaken: Run
let interrupted: Run
let unread: Run
beforeAll(async () => {
  // At once, since they wait most of the time: a device asks only every second.
  ;[told, printed, mistaken, interrupted, unread] = await Promise.all([
    playAll(),
    run(['all']),
    run(['toaster']),
    run(['device'], 'Step 3 of 5', (child) => child.kill('SIGINT')),
    run(['device'], 'Step 1 of 5', (child) => child.stdout!.destroy()),
  ])
})

const steps = {
  request: 'Step 1 of 5',
  verification: 'Step 2 of 5',
  decision: 'Step 3 of 5',
  tokens: 'Step 4 of 5',
  resource: 'Step 5 of 5',
  'no-token': 'Refused: no token',
  expired: 'Refused: an expired token',
  'wrong-audience': 'Refused: a token for another API',
  'id-token': 'Refused: an ID token',
  'stolen-token': 'Refused: a stolen token',
  'missing-scope': 'Refused: a scope is lacking',
  'step-up': 'Refused: the login is too weak',
  details: 'Refused: the authorization details',
  'revoked-grant': 'Refused: the grant was revoked',
  outage: 'Not refused, but unavailable',
  'refresh-token-reuse': 'Refused: a refresh token that was used up',
}

const byBrowser: readonly Kind[] = ['web', 'browser', 'dpop', 'native']
const forPeople = ['web', 'browser', 'dpop', 'native', 'device'] as const

/** What there is to tell of every kind, and what of some only. */
function stepsOf(kind: Kind): [id: string, title: string][] {
  const onlyOf: Record<string, readonly Kind[]> = {
    'stolen-token': ['dpop'],
    'step-up': byBrowser,
    details: byBrowser,
    'refresh-token-reuse': forPeople,
  }
  return Object.entries(steps).filter(([id]) => onlyOf[id]?.includes(kind) ?? true)
}

describe.each(kinds)('the walkthrough of the %s client', (kind) => {
  const isMachine = kind === 'machine'
  const play = () => told.right[kind].plays[0]!
  const actual = (name: string) => play().checks.find((check) => check.name === name)?.actual

  it('goes as told, and leaves nothing on the way', () => {
    const { exitCode, errors, text } = told.right[kind]
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] })
    expect(play().checks.filter(({ holds }) => !holds)).toEqual([])
    expect(text).toMatch(/^All went as told: \d+ exchanges, \d+ checks\.$/m)
    expect(text).not.toContain('NOT as told')
  })

  it('has the five steps and each refusal, in this order', () => {
    expect(play().steps).toEqual(stepsOf(kind).map(([id]) => id))
  })

  it('numbers every exchange, and explains it', () => {
    const heads = [...told.right[kind].text.matchAll(/^ *(\d+) {2}(.*)\n([\s\S]*?)\n(?=\n|$)/gm)]
    expect(heads.map(([, number]) => Number(number))).toEqual(heads.map((_, index) => index + 1))
    expect(heads.length).toBeGreaterThan(20)
    for (const [, , explanation, exchange] of heads) {
      expect(explanation).toMatch(/^[A-Z].{8,}/)
      expect(exchange).toMatch(/^ {5}(?:GET|POST|OPTIONS) http:\/\/127\.0\.0\.1:\d+\//m)
      expect(exchange).toMatch(/^ {5}[2-5]\d\d [A-Z]/m)
    }
  })

  it('calls the API for whom it says, and sees what the scope allows', () => {
    expect(actual('whoami')).toEqual({
      status: 200,
      source: 'jwt',
      ...(isMachine
        ? { principal: 'client', subject: 'north-shop' }
        : { principal: 'user', subject: 'ada' }),
    })
    for (const name of ['resource', 'scope granted', 'opaque token']) {
      expect([name, actual(name)]).toEqual([name, { status: 200, challenge: undefined }])
    }
  })

  const invalidToken = (error_description: string) => ({
    status: 401,
    challenge: { error: 'invalid_token', error_description, scope: 'books:read' },
  })
  const refusals = {
    'no token': { status: 401, challenge: { scope: 'books:read' } },
    expired: invalidToken('The access token expired.'),
    'wrong audience': invalidToken('The access token is meant for another resource.'),
    'ID token': invalidToken('The token is not of the access token type.'),
    'missing scope': {
      status: 403,
      challenge: {
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
        scope: 'shop:north:orders:read',
      },
    },
    'revoked grant': invalidToken('The access token is not active.'),
  }

  it.each(Object.entries(refusals).filter(([name]) => !isMachine || name !== 'ID token'))(
    'is refused for this, with status and challenge: %s',
    (name, { status, challenge }) => {
      expect(actual(name)).toEqual({
        status,
        challenge: {
          ...(kind === 'dpop' && name !== 'no token'
            ? { scheme: 'DPoP', algs: 'ES256 Ed25519 EdDSA' }
            : { scheme: 'Bearer' }),
          resource_metadata: expect.stringMatching(
            /^http:\/\/127\.0\.0\.1:\d+\/\.well-known\/oauth-protected-resource$/,
          ),
          ...challenge,
        },
      })
    },
  )

  it('waits out an outage: 503 without a challenge, and 200 after it', () => {
    expect(actual('outage')).toEqual({ status: 503, challenge: undefined, 'retry-after': '1' })
    const accepted = { status: 200, challenge: undefined }
    expect(actual('JWT during the outage')).toEqual(accepted)
    expect(actual('after the outage')).toEqual(accepted)
  })

  it('shows no secret, but for the beginnings of long ones', () => {
    const { text } = told.right[kind]
    const secrets = [...told.secrets, 'web-secret', 'north-secret', 'south-secret']
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    expect(secrets.filter((secret) => text.includes(secret.slice(0, 12)))).toEqual([])
  })

  it('fits into 80 columns', () => {
    expect(told.right[kind].text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})

describe('the walkthrough', () => {
  const actual = (kind: Kind, name: string) =>
    told.right[kind].plays[0]!.checks.find((check) => check.name === name)?.actual
  const inAll = (name: string) => kinds.map((kind) => [kind, actual(kind, name)])

  it('shows that the authorization server sends nobody to a stranger, nor to an unknown API', () => {
    const expected = (value: object) =>
      kinds.map((kind) => [kind, byBrowser.includes(kind) ? value : undefined])
    expect(inAll('unregistered redirect URI')).toEqual(
      expected({ status: 400, location: undefined }),
    )
    expect(inAll('unknown resource')).toEqual(expected({ status: 303, error: 'invalid_target' }))
  })

  it('shows that it knows its clients: by a secret, or by the verifier', () => {
    const secret = { status: 401, error: 'invalid_client' }
    expect([actual('web', 'wrong secret'), actual('machine', 'wrong secret')]).toEqual([
      secret,
      secret,
    ])
    const verifier = { status: 400, error: 'invalid_grant' }
    expect(actual('browser', 'code without verifier')).toEqual(verifier)
    expect(actual('dpop', 'code without verifier')).toEqual(verifier)
    expect(actual('native', 'code without verifier')).toEqual(verifier)
  })

  it('shows that it gives no scope that is not for the client', () => {
    const refused = { status: 400, error: 'invalid_scope' }
    expect(actual('device', 'scope of others')).toEqual(refused)
    expect(actual('machine', 'scope of others')).toEqual(refused)
    for (const kind of forPeople) {
      expect([kind, actual(kind, 'scope not granted')]).toEqual([kind, refused])
    }
  })

  it('shows that the person denies and narrows, and that refresh tokens rotate', () => {
    for (const kind of forPeople) {
      expect(actual(kind, 'denied')).toEqual({ error: 'access_denied' })
      expect(actual(kind, 'tokens')).toEqual({
        scope: 'books:read',
        'refresh token': true,
        'ID token': true,
      })
      expect(actual(kind, 'rotation')).toEqual({
        scope: 'books:read',
        'another refresh token': true,
      })
      const usedUp = { status: 400, error: 'invalid_grant' }
      expect(actual(kind, 'refresh token used twice')).toEqual(usedUp)
      expect(actual(kind, 'refresh token after that')).toEqual(usedUp)
    }
    expect(actual('machine', 'tokens')).toMatchObject({ 'refresh token': false, 'ID token': false })
    expect(told.right.machine.text).toMatch(/ID tokens tell a client who logged in\. Here nobody/)
  })

  it('shows that browsers ask first', () => {
    expect(actual('browser', 'preflight')).toEqual({
      status: 204,
      'allowed origin': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    })
  })

  it('shows that a bound token is of no use without proofs of its key, each good once', () => {
    const errors = [
      'bound token as Bearer',
      'no proof',
      'proof of another key',
      'proof used before',
    ]
    const told = ['nonce wanted', ...errors].map((name) => {
      const { status, challenge } = actual('dpop', name) as {
        status: number
        challenge: { scheme: string; error: string }
      }
      return [name, status, challenge.scheme, challenge.error]
    })
    expect(told).toEqual([
      ['nonce wanted', 401, 'DPoP', 'use_dpop_nonce'],
      ['bound token as Bearer', 401, 'Bearer', 'invalid_token'],
      ['no proof', 401, 'DPoP', 'invalid_dpop_proof'],
      ['proof of another key', 401, 'DPoP', 'invalid_token'],
      ['proof used before', 401, 'DPoP', 'invalid_dpop_proof'],
    ])
    expect(actual('dpop', 'proof of its key')).toEqual({ status: 200, challenge: undefined })
  })

  it('shows that a stronger login, and authorization details, are asked for and got', () => {
    for (const kind of byBrowser) {
      expect(actual(kind, 'login too weak')).toMatchObject({
        status: 401,
        challenge: { error: 'insufficient_user_authentication', acr_values: 'mfa', max_age: '300' },
      })
      expect(actual(kind, 'stronger login')).toMatchObject({ status: 200 })
      expect(actual(kind, 'no details')).toEqual({ status: 403, challenge: undefined })
      expect(actual(kind, 'details granted')).toMatchObject({ status: 201 })
      expect(actual(kind, 'details of another book')).toMatchObject({ status: 403 })
    }
  })

  it('has seen the secrets that it does not show', () => {
    expect(told.secrets).toContain('lovelace')
    const jwts = told.secrets.filter((secret) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(secret))
    expect(jwts.length).toBeGreaterThan(20)
    expect(told.secrets.length).toBeGreaterThan(100)
  })

  it('says so when something is not as told, and ends with 1', () => {
    const { exitCode, plays, text, errors } = told.wrong.expectations
    expect({ exitCode, errors, holds: plays[0]!.holds }).toEqual({
      exitCode: 1,
      errors: [],
      holds: false,
    })
    expect(text).not.toContain('All went as told')
    expect(text.split('\n').slice(-3)).toEqual([
      'NOT as told: expired (in expired)',
      'NOT as told: missing scope (in missing-scope)',
      'NOT as told: what never happens never came',
    ])
  })

  it('shows what came instead', () => {
    const { text } = told.wrong.expectations
    expect(text).toContain(
      '     ✗ NOT as told: expired\n     expected: status 200\n     actual:   status 401\n',
    )
    expect(text).toMatch(
      /✗ NOT as told: missing scope\n +expected: .* scope="other"\n +actual: [^✓]*scope="shop:north:orders:read"\n/,
    )
  })

  it('ends with 1 and the error when it cannot go on', () => {
    const { exitCode, plays, errors } = told.wrong.broken
    expect({ exitCode, plays }).toEqual({ exitCode: 1, plays: [] })
    expect(errors).toEqual([expect.stringMatching(/^TypeError: fetch failed/)])
  })
})

describe('docs/oauth-in-five-minutes.md', () => {
  it('tells the same of each refusal: status, error, and whether there is a challenge', () => {
    const page = readFileSync(join(root, 'docs/oauth-in-five-minutes.md'), 'utf8')
    const rows = [...page.matchAll(/^\| (.*?) \| ([45]\d\d) \| (.*?) \| .* \|$/gm)]
    const names = ['no token', 'expired', 'wrong audience', 'ID token', 'missing scope']
    const played = [...names, 'revoked grant', 'outage'].map((name) => {
      const { status, challenge } = told.right.web.plays[0]!.checks.find(
        (check) => check.name === name,
      )!.actual as { status: number; challenge?: { error?: string } }
      return [status, challenge ? (challenge.error ?? 'no error') : 'none']
    })
    expect(
      rows.map(([, , status, challenge = '']) => [
        Number(status),
        /^`(\w+)`/.exec(challenge)?.[1] ?? /^(no error|none)/.exec(challenge)?.[1],
      ]),
    ).toEqual(played)
  })
})

describe('npm run walkthrough', () => {
  it('plays all kinds in turn, ends with 0, and prints nothing on stderr', () => {
    const { code, stdout, stderr } = printed
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(
      [...stdout.matchAll(/\(example-api\/clients\/(\w+)\.js\)/g)].map(([, kind]) => kind),
    ).toEqual(kinds)
    expect(stdout.match(/^All went as told/gm)).toHaveLength(kinds.length)
    expect(stdout).not.toContain('\x1b')
  })

  it('prints the steps in order, and what the API answered in each', () => {
    const tales = printed.stdout.split(/^OAuth 2\.0, told with/m).slice(1)
    expect(tales).toHaveLength(kinds.length)
    for (const [index, tale] of tales.entries()) {
      const kind = kinds[index]!
      const isMachine = kind === 'machine'
      const parts = tale.split(/^== /m).slice(1)
      const titles = stepsOf(kind).map(([, title]) => title)
      expect(parts).toHaveLength(titles.length)
      const answers = parts.map((part) =>
        [...part.matchAll(/to resource server\n {5}(\w+) [\s\S]*?^ {5}(\d{3}) /gm)]
          .filter(([, method]) => method === 'GET')
          .map(([, , status]) => Number(status)),
      )
      expect(answers).toEqual([
        ...[[], [], [], []],
        // The first call with a proof has to be sent twice, and so has the thief's.
        kind === 'dpop' ? [401, 200, 200] : [200, 200],
        ...[[401], [401], [401], isMachine ? [] : [401]],
        ...(kind === 'dpop' ? [[401, 401, 401, 401, 200, 401]] : []),
        [403, 200],
        ...(byBrowser.includes(kind) ? [[], []] : []),
        ...[
          [200, 401],
          [503, 200, 200],
        ],
        ...(isMachine ? [] : [[]]),
      ])
      if (!isMachine) {
        expect(parts.map((part) => part.slice(0, 20))).toEqual(
          titles.map((title) => title.slice(0, 20)).map((title) => expect.stringContaining(title)),
        )
      }
    }
  })

  it('takes one kind, or all, and a web application unless told otherwise', () => {
    expect(readOptions([])).toEqual({ kinds: ['web'] })
    expect(readOptions(['device'])).toEqual({ kinds: ['device'] })
    expect(readOptions(['all'])).toEqual({ kinds })
    expect(readOptions(['--help'])).toEqual({ help: true })
  })

  it('tells in one line which kinds there are, and ends with 1', () => {
    const usage =
      'Usage: npm run walkthrough [-- web | browser | dpop | native | device | machine | all]'
    const several = { problem: `One kind of client, or all of them. ${usage}` }
    expect(readOptions(['web', 'device'])).toEqual(several)
    expect(mistaken).toEqual({
      code: 1,
      stdout: '',
      stderr: `Unknown kind of client: toaster. ${usage}\n`,
    })
  })

  it('ends quietly when nobody reads on, as with head', () => {
    const { code, stderr } = unread
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
  })

  it('ends at once on Ctrl-C, and says nothing of it', () => {
    const { code, stdout, stderr } = interrupted
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
    expect(stdout).toContain('told with a screen')
    expect(stdout).not.toContain('All went as told')
  })
})
