import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, wantsChromium } from './fixtures/chromium.ts'
import { lowContrasts } from './fixtures/contrast.ts'
import { code, type Faults, people, type Visitor, visitor } from './fixtures/playground-visitor.ts'
import { type StartedExample, startedExample } from './fixtures/started-example.ts'

jest.setTimeout(60_000)

const suite = wantsChromium() ? describe : describe.skip

const ended = (stage: string, how: string) => {
  const names = ['credentials', 'issuer', 'verification', 'proof', 'policy', 'handler']
  const end = names.indexOf(stage)
  return Object.fromEntries(
    names.map((name, at) => [name, at < end ? 'passed' : at === end ? how : 'unreached']),
  )
}
const accepted = ended('handler', 'passed')
const phone = { width: 390, height: 844 }

suite('the playground, in a browser', () => {
  let browser: Browser
  let example: StartedExample
  const faults: Faults = { messages: [], origins: new Set() }
  /** Origins that tests of others than the page lead to. */
  const elsewhere = new Set<string>()
  const guests: Visitor[] = []

  beforeAll(async () => {
    ;[browser, example] = await Promise.all([launchChromium(), startedExample()])
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.context.close()
  })
  afterAll(async () => {
    await browser?.close()
    expect(await example?.end()).toEqual({ code: 0, errors: '' })
  })

  async function visit(options?: BrowserContextOptions): Promise<Visitor> {
    const guest = await visitor(browser, example, faults, options)
    guests.push(guest)
    return guest
  }

  /** Somebody who has a token already. */
  async function holder(
    choice: Parameters<Visitor['begin']>[0] & { person?: 'ada' | 'grace' } = {},
    options?: BrowserContextOptions,
  ): Promise<Visitor> {
    const { person, ...rest } = choice
    const guest = await visit(options)
    await guest.begin(rest)
    if (rest.kind !== 'Machine') {
      await guest.logIn(person)
      await guest.press('Allow')
    }
    await guest.hasToken()
    return guest
  }

  const text = async (page: Page, selector: string) =>
    (await page.locator(selector).textContent())!.trim()
  const countOf = async (page: Page, counter: string) =>
    Number(await page.locator(`[data-counter="${counter}"] strong`).textContent())

  describe('login and consent', () => {
    it('happen on the pages of the authorization server, and end with a decoded token', async () => {
      const { page, begin, logIn, press, hasToken } = await visit()
      await begin({ scopes: ['books:read', 'orders:read'] })
      await page.getByLabel('Password').waitFor()
      expect(new URL(page.url()).origin).toBe(example.issuer)
      await logIn('ada')
      expect(await page.getByRole('checkbox').count()).toBe(2)
      await press('Allow')
      await hasToken()
      const claims = await text(page, '.token')
      for (const claim of ['ada', example.issuer, example.url, 'books:read orders:read']) {
        expect(claims).toContain(claim)
      }
      expect(claims).toContain('at+jwt')
      expect(page.url()).toBe(`${example.playground}/`)
    })

    it('leave a token in the memory of the tab, and nowhere else', async () => {
      const { page, context } = await holder()
      const token = await page.locator('.raw').textContent()
      expect(token?.split('.')).toHaveLength(3)
      const kept = await page.evaluate(async () => ({
        local: localStorage.length,
        session: sessionStorage.length,
        databases: (await indexedDB.databases()).length,
        caches: (await caches.keys()).length,
        cookie: document.cookie,
        name: window.name,
        history: JSON.stringify(history.state),
        address: location.href,
      }))
      expect(kept).toEqual({
        local: 0,
        session: 0,
        databases: 0,
        caches: 0,
        cookie: '',
        name: '',
        history: 'null',
        address: `${example.playground}/`,
      })
      expect(JSON.stringify(await context.storageState())).not.toContain(token)
      await page.reload()
      await page.locator('.picker').waitFor()
      expect(await page.locator('.token').count()).toBe(0)
    })

    /** Whether it is seen whole without scrolling. */
    async function inView(page: Page, selector: string): Promise<boolean> {
      const box = (await page.locator(selector).boundingBox())!
      return box.y >= 0 && box.y + box.height <= page.viewportSize()!.height
    }

    it('are not begun with nothing to ask the person for', async () => {
      const { page } = await visit()
      expect(await inView(page, '.picker .primary')).toBe(true)
      await page.getByRole('checkbox', { name: 'books:read' }).uncheck()
      await page.locator('.picker .primary:disabled').waitFor()
      expect(await text(page, '.scopes')).toContain('Tick at least one')
      await page.getByRole('radio', { name: 'Machine' }).check()
      await page.locator('.picker .primary:enabled').waitFor()
    })

    it('may end in a no, and then there is no token', async () => {
      const { page, begin, logIn, press, send } = await visit()
      await begin()
      await logIn()
      await press('Deny')
      await page.locator('.login-state .problem').waitFor()
      expect(await text(page, '.login-state')).toContain('Access was denied')
      for (const part of ['.login-state .problem', '.picker .primary']) {
        expect(await inView(page, part)).toBe(true)
      }
      expect(await page.locator('.token').count()).toBe(0)
      expect(await send()).toMatchObject({
        status: 401,
        reason: 'no_credentials',
        stages: ended('credentials', 'refused'),
      })
    })

    it('may grant less than was asked for; the rest is granted when it is needed', async () => {
      const { page, begin, logIn, press, hasToken, choose, send, shown, picture } = await visit()
      await begin({ scopes: ['books:read', 'reports:read'] })
      await logIn()
      await page.getByRole('checkbox', { name: 'reports:read' }).uncheck()
      await picture('consent')
      await press('Allow')
      await hasToken()
      expect(await text(page, '.claims >> nth=0')).not.toContain('reports:read')
      await choose('GET /reports/stock')
      expect(await send()).toEqual({
        status: 403,
        reason: 'insufficient_scope',
        stages: ended('policy', 'refused'),
      })
      await picture('laptop-light-refused')
      await press('Ask for reports:read')
      await page.getByRole('checkbox', { name: 'reports:read' }).waitFor()
      await press('Allow')
      await hasToken()
      // What was chosen before is chosen still.
      expect(await page.getByLabel('Path').inputValue()).toBe('/reports/stock')
      expect(await send()).toEqual({ status: 200, reason: undefined, stages: accepted })
      expect((await shown()).status).toBe(200)
    })

    it('are not taken for granted: an answer that nobody asked for is thrown away', async () => {
      const { page } = await visit()
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      const answer = new URLSearchParams({ code: 'stolen', state: 'mine', iss: example.issuer })
      await page.goto(`${example.playground}/?${answer}`)
      await page.locator('.login-state .problem').waitFor()
      expect(await text(page, '.login-state')).toContain('did not ask for')
      expect(page.url()).toBe(`${example.playground}/`)
      expect(asked.filter((url) => url.startsWith(example.issuer))).toEqual([])
    })

    it('are not finished with another state than the one they began with', async () => {
      const { page, begin } = await visit()
      await begin()
      await page.getByLabel('Password').waitFor()
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      const answer = new URLSearchParams({ code: 'stolen', state: 'another', iss: example.issuer })
      await page.goto(`${example.playground}/?${answer}`)
      await page.locator('.login-state .problem').waitFor()
      expect(asked.filter((url) => url.endsWith('/token'))).toEqual([])
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    })
  })

  describe('a request', () => {
    let guest: Visitor
    beforeAll(async () => {
      guest = await holder({ scopes: ['books:read', 'books:write', 'orders:write'] })
      guests.pop()
    })
    beforeEach(async () => {
      await guest.use('Good')
      await guest.choose('GET /health')
      await guest.choose('GET /books/{isbn}')
    })
    afterAll(() => guest.context.close())

    it('is accepted: all is green up to the handler, and the answer is shown', async () => {
      const { page, send, picture } = guest
      expect(await send()).toEqual({ status: 200, reason: undefined, stages: accepted })
      expect(await text(page, '.headline')).toContain('Accepted')
      expect(await text(page, '.answer')).toContain('Invisible Cities')
      await picture('laptop-light-accepted')
    })

    describe.each<[format: 'JWT' | 'Opaque', broken: [string, number, string, string][]]>([
      [
        'JWT',
        [
          ['Expired', 401, 'expired', 'verification'],
          ['Tampered', 401, 'wrong_signature', 'verification'],
          ['Wrong audience', 401, 'wrong_audience', 'verification'],
          ['No scopes', 403, 'insufficient_scope', 'policy'],
          ['No token', 401, 'no_credentials', 'credentials'],
        ],
      ],
      [
        'Opaque',
        [
          ['Expired', 401, 'inactive', 'verification'],
          ['Tampered', 401, 'inactive', 'verification'],
          ['Wrong audience', 401, 'wrong_audience', 'verification'],
          ['No scopes', 403, 'insufficient_scope', 'policy'],
          ['No token', 401, 'no_credentials', 'credentials'],
        ],
      ],
    ])('with a token that is broken (%s)', (format, broken) => {
      let holding: Visitor
      beforeAll(async () => {
        holding = format === 'JWT' ? guest : await holder({ kind: 'Machine', format })
        if (holding !== guest) guests.pop()
      })
      afterAll(async () => {
        if (holding !== guest) await holding.context.close()
      })

      it.each(broken)(
        'by %s is refused with %i, and passes again when it is good',
        async (variant, status, reason, stage) => {
          const { page, use, send } = holding
          await use(variant)
          expect(await send()).toEqual({ status, reason, stages: ended(stage, 'refused') })
          expect(await text(page, '.advice')).toMatch(/What to do about it\s+.{20,}/)
          const challenge = await text(page, '.challenge >> nth=0')
          expect(challenge).toContain('resource_metadata')
          expect(challenge.includes('error_description')).toBe(variant !== 'No token')
          await use('Good')
          expect(await send()).toEqual({ status: 200, reason: undefined, stages: accepted })
        },
      )
    })

    it('with an opaque token shows why there is nothing to see in it', async () => {
      const { page } = await holder({ kind: 'Machine', format: 'Opaque' })
      expect(await text(page, '.opaque')).toContain('only the authorization')
      expect(await page.locator('.claims').count()).toBe(0)
    })

    it('shows what was changed in a token', async () => {
      const { page, use } = guest
      await use('Tampered')
      expect(await text(page, '.is-changed')).toMatch(/sub[\s\S]*mallory\s*changed/)
      await use('No scopes')
      expect(await page.locator('.is-changed').allInnerTexts()).toContainEqual(
        expect.stringMatching(/^scope[\s\S]*removed$/),
      )
    })

    it('to an open route carries no token, and no stage is asked', async () => {
      const { choose, send, page } = guest
      await choose('GET /health')
      const request = page.waitForRequest(`${example.url}/health`)
      expect(await send()).toMatchObject({
        status: 200,
        stages: { credentials: 'skipped', policy: 'skipped', handler: 'passed' },
      })
      expect(await (await request).headerValue('authorization')).toBeNull()
    })

    it('with a body is sent with the body as it was changed', async () => {
      const { page, choose, send } = guest
      await choose('POST /shops/{shop}/orders')
      await page.getByLabel('Body').fill('{"isbn":"9780141439518","quantity":2}')
      expect(await send()).toMatchObject({ status: 201, stages: accepted })
      expect(await text(page, '.answer pre')).toContain('"placedBy": "user:ada"')
    })

    it('tells the handler’s own no from a refusal', async () => {
      const { page, send } = guest
      await page.getByLabel('Path').fill('/books/9999999999999')
      expect(await send()).toEqual({
        status: 404,
        reason: undefined,
        stages: { ...accepted, handler: 'refused' },
      })
      expect(await text(page, '.headline')).toContain('declined')
    })

    it('leads to the API and nowhere else, whatever is entered', async () => {
      const { page, press } = guest
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.getByLabel('Path').fill('//elsewhere.example/')
      await press('Send')
      await page.locator('.decision .problem').waitFor()
      expect(asked).toEqual([])
    })

    it('is refused where only clients, or only managers, may go', async () => {
      const { choose, send } = guest
      await choose('PUT /books/{isbn}/stock')
      expect(await send()).toMatchObject({ status: 403, reason: 'check_failed' })
      await choose('DELETE /books/{isbn}')
      expect(await send()).toMatchObject({ status: 403, reason: 'missing_role' })
    })
  })

  describe('the other kinds of client', () => {
    it('web server: the code goes to the server, and the page gets no refresh token', async () => {
      const { page, send } = await holder({ kind: 'Web server', person: 'grace' })
      expect(await text(page, '.token')).toContain('grace')
      expect(page.url()).toBe(`${example.playground}/`)
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    })

    it('web server: a no comes back as a no', async () => {
      const { page, begin, logIn, press } = await visit()
      await begin({ kind: 'Web server' })
      await logIn()
      await press('Deny')
      await page.locator('.login-state .problem').waitFor()
      expect(await text(page, '.login-state')).toContain('Access was denied')
    })

    it('native app: the browser is another tab, and the app waits', async () => {
      const { page, begin, hasToken, send } = await visit()
      await begin({ kind: 'Native app', format: 'Opaque' })
      const other = await inNewTab(page, 'Log in in a new tab')
      await logInAt(other)
      await other.getByRole('button', { name: 'Allow' }).click()
      await other.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/callback\?/)
      elsewhere.add(new URL(other.url()).origin)
      await hasToken()
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
    })

    it('device: a code is entered on another device', async () => {
      const { page, begin, hasToken, send } = await visit()
      await begin({ kind: 'Device' })
      const code = await text(page, '.user-code')
      const other = await inNewTab(page, 'Enter it in a new tab')
      expect(await other.getByLabel('Code').inputValue()).toBe(code)
      await other.getByRole('button', { name: 'Continue' }).click()
      await other.getByRole('button', { name: /^Yes/ }).click()
      await logInAt(other)
      await other.getByRole('button', { name: 'Allow' }).click()
      await hasToken()
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
    })

    it('device: what is not wanted any more is given up', async () => {
      const { page, begin, press } = await visit()
      await begin({ kind: 'Device' })
      await page.locator('.user-code').waitFor()
      await press('Give up')
      await page.locator('.user-code').waitFor({ state: 'detached' })
      expect(await page.getByRole('button', { name: 'Get a code' }).isEnabled()).toBe(true)
    })

    it('machine: nobody logs in, and it goes where only clients may', async () => {
      const { choose, send } = await holder({ kind: 'Machine', scopes: ['books:write'] })
      await choose('PUT /books/{isbn}/stock')
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
      await choose('POST /books/{isbn}/reviews')
      expect(await send()).toMatchObject({ status: 403, reason: 'check_failed' })
    })

    it('machine: is offered no scope that it is not registered for', async () => {
      const { page, choose, send } = await holder({ kind: 'Machine', format: 'Opaque' })
      await choose('POST /books')
      expect(await send()).toMatchObject({ status: 403, reason: 'insufficient_scope' })
      expect(await text(page, '.advice')).toContain('not registered for that scope')
      expect(await page.locator('.advice button').count()).toBe(0)
    })

    it('machine: a new token leaves no decision on the old one, and the focus where it is', async () => {
      const { page, choose, send, press } = await holder({ kind: 'Machine' })
      await choose('GET /reports/stock')
      expect((await send()).status).toBe(403)
      await press('Ask for reports:read')
      await page.locator('.headline').waitFor({ state: 'detached' })
      const focused = () => page.evaluate(() => document.activeElement?.id)
      expect(await focused()).toBe('token')
      await press('Get another')
      expect(await focused()).toBe('token')
      await press('Keep the token')
      expect(await focused()).toBe('token')
      expect((await send()).status).toBe(200)
    })

    async function inNewTab(page: Page, link: string): Promise<Page> {
      const opened = page.context().waitForEvent('page')
      await page.getByRole('link', { name: link }).click()
      return opened
    }

    async function logInAt(page: Page) {
      await page.getByLabel('Name').fill('ada')
      await page.getByLabel('Password').fill('lovelace')
      await page.getByRole('button', { name: 'Log in' }).click()
    }
  })

  describe('the app with a key', () => {
    let guest: Visitor
    beforeAll(async () => {
      const scopes = ['books:read', 'shop:north:orders:write']
      guest = await holder({ kind: 'App with a key', scopes })
      guests.pop()
    })
    afterAll(() => guest.context.close())

    it('sends proofs, with the nonce that the API asks for, and keeps its key to the tab', async () => {
      const { page, send, picture } = guest
      expect(await text(page, '.claims >> nth=0')).toContain('jkt')
      expect(await send()).toEqual({ status: 200, reason: undefined, stages: accepted })
      expect(await text(page, '.proof')).toContain('asked for a nonce first')
      expect(await text(page, '[data-stage="proof"]')).toContain('bound to')
      await picture('laptop-light-proof')
      expect(await send()).toMatchObject({ status: 200 })
      const proof = await text(page, '.proof')
      expect(proof).toMatch(/htm\s+GET/)
      expect(proof).toMatch(/nonce\s+\S{20}/)
      expect(proof).not.toContain('asked for a nonce first')
      expect(await page.evaluate(lowContrasts)).toEqual([])
      const kept = await page.evaluate(async () => {
        const opening = indexedDB.open('scopegate-playground')
        await new Promise((resolve) => opening.addEventListener('success', resolve))
        const counting = opening.result.transaction('keys').objectStore('keys').count()
        await new Promise((resolve) => counting.addEventListener('success', resolve))
        opening.result.close()
        return { keys: counting.result, session: sessionStorage.length, local: localStorage.length }
      })
      expect(kept).toEqual({ keys: 0, session: 0, local: 0 })
    })

    it.each([
      ['Send without proof', 'no_proof'],
      ['Replay the last proof', 'replayed_proof'],
      ['Use a foreign key', 'wrong_proof_key'],
    ])('is refused as a thief would be: %s', async (button, reason) => {
      expect(await guest.send(button)).toEqual({
        status: 401,
        reason,
        stages: ended('proof', 'refused'),
      })
      expect(await guest.send()).toMatchObject({ status: 200, stages: accepted })
    })

    it('logs in more strongly when the API asks for it, and goes on', async () => {
      const { page, choose, send, press, hasToken } = guest
      await choose('POST /shops/{shop}/orders/{id}/refund')
      expect(await send()).toEqual({
        status: 401,
        reason: 'insufficient_authentication',
        stages: ended('policy', 'refused'),
      })
      await press('Log in more strongly')
      await page.getByLabel('Password').fill(people.ada)
      await page.getByLabel('Code').fill(code)
      await press('Log in')
      await press('Allow')
      await hasToken()
      expect(await text(page, '.claims >> nth=0')).toContain('mfa')
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
    })

    it('asks for authorization details, which the person reads in words', async () => {
      const { page, choose, send, press, hasToken } = guest
      await choose('POST /books/{isbn}/purchases')
      expect(await send()).toMatchObject({ status: 403, reason: 'missing_authorization_details' })
      await press('Ask to buy this book')
      await page.getByLabel('Buy one copy of the book 9780156027328.').waitFor()
      await press('Allow')
      await hasToken()
      expect(await send()).toMatchObject({ status: 201, stages: accepted })
    })
  })

  describe('the authorization server’s switches', () => {
    it('rotate the keys: a new token has a new key, and those of the old one are refused', async () => {
      const { page, press, send, use, begin, hasToken } = await holder({ kind: 'Machine' })
      expect(await send()).toMatchObject({ status: 200 })
      const kid = await text(page, '.claims >> nth=1')
      await press('Rotate its keys')
      await page.getByText('The keys were rotated').waitFor()
      // Nobody told the API yet: it still holds the old key.
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
      // One that the new key signed makes it look; not more often than once a second, though.
      await use('No scopes')
      await until(async () => (await send()).status === 403)
      expect(await text(page, '.claims >> nth=1')).not.toBe(kid)
      await use('Good')
      expect(await send()).toEqual({
        status: 401,
        reason: 'unknown_key',
        stages: ended('verification', 'refused'),
      })
      await press('Get another')
      await begin({ kind: 'Machine' })
      await hasToken()
      expect(await send()).toMatchObject({ status: 200, stages: accepted })
    })

    it('take it down: what is held still serves, what has to be asked is unavailable', async () => {
      const jwt = await holder({ kind: 'Machine' })
      const opaque = await holder({ kind: 'Machine', format: 'Opaque' })
      expect(await jwt.send()).toMatchObject({ status: 200 })
      await opaque.press('Take it down')
      try {
        await opaque.page.locator('.server-state.is-down').waitFor()
        // Everybody sees it, and it is not forgotten.
        await jwt.page.locator('.server-state.is-down').waitFor()
        expect(await jwt.send()).toMatchObject({ status: 200, stages: accepted })
        expect(await opaque.send()).toEqual({
          status: 503,
          reason: 'introspection_failed',
          stages: ended('verification', 'unavailable'),
        })
        expect(await text(opaque.page, '.answer')).toMatch(/Retry-After\s+\d+ seconds?/)
        expect(await opaque.page.locator('.challenge').count()).toBe(0)
        await opaque.picture('laptop-light-unavailable')

        const late = await visit()
        expect(await text(late.page, '.server-state')).toContain('down')
        await late.begin()
        await late.page.locator('.login-state .problem').waitFor()
        expect(await text(late.page, '.login-state')).toContain('does not answer')
        await late.begin({ kind: 'Machine' })
        await late.page.locator('.login-state .problem').waitFor()
      } finally {
        await opaque.press('Bring it up')
      }
      await opaque.page.locator('.server-state.is-up').waitFor()
      await until(async () => (await opaque.send()).status === 200)
    })

    it('answer to the page only: not to one of another origin', async () => {
      const { page, context } = await visit()
      const stranger = createServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
      }).listen(0, '127.0.0.1')
      await once(stranger, 'listening')
      try {
        const before = faults.messages.length
        const other = await context.newPage()
        await other.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
        const failed: string[] = []
        other.on('requestfailed', (request) => failed.push(new URL(request.url()).pathname))
        await other.evaluate(async (playground) => {
          const body = JSON.stringify({ down: true })
          const simple = { method: 'POST', mode: 'no-cors', body } as const
          await fetch(`${playground}/controls/outage`, simple).catch(() => {})
          const headers = { 'content-type': 'application/json' }
          await fetch(`${playground}/controls/outage`, { ...simple, mode: 'cors', headers }).catch(
            () => {},
          )
          await fetch(`${playground}/events`).catch(() => {})
        }, example.playground)
        expect(failed).toEqual(['/controls/outage', '/controls/outage', '/events'])
        await page.reload()
        await page.locator('.server-state.is-up').waitFor()
        expect(faults.messages.splice(before).join()).toMatch(/blocked by CORS/)
        elsewhere.add(new URL(other.url()).origin)
      } finally {
        stranger.close()
        stranger.closeAllConnections()
      }
    })
  })

  describe('the cache', () => {
    let guest: Visitor
    beforeAll(async () => {
      guest = await holder({ kind: 'Machine', format: 'Opaque' })
      guests.pop()
    })
    afterAll(() => guest.context.close())

    it('is watched: a miss, then hits, and how the keys are fetched', async () => {
      const { page, send } = guest
      const before = { hit: await countOf(page, 'hit'), miss: await countOf(page, 'miss') }
      await send()
      expect(await text(page, '[data-stage="verification"]')).toContain('was asked')
      await send()
      expect(await text(page, '[data-stage="verification"]')).toContain('cache')
      await until(async () => (await countOf(page, 'hit')) === before.hit + 1)
      expect(await countOf(page, 'miss')).toBe(before.miss + 1)
      const log = await text(page, '.log')
      expect(log).toMatch(/introspection\s+active/)
      expect(log).toMatch(/cache\s+hit/)
    })

    it('shows ten requests at once sharing one verification', async () => {
      const { page, press, use } = guest
      let round = 0
      // How many come in before the first is answered is up to the browser.
      await until(async () => {
        await use(['No scopes', 'Wrong audience'][round++ % 2]!)
        const earlier = await countOf(page, 'coalesced')
        await press('Send ten at once')
        await page.locator('.burst').waitFor()
        await page.getByRole('button', { name: 'Send ten at once', disabled: false }).waitFor()
        const answers = await page.locator('.burst li').allInnerTexts()
        expect(answers).toHaveLength(10)
        const shared = answers.filter((answer) => answer.includes('coalesced')).length
        await until(async () => (await countOf(page, 'coalesced')) === earlier + shared)
        return shared > 0
      })
      expect(await page.locator('.burst li').allInnerTexts()).toContainEqual(
        expect.stringContaining('miss'),
      )
    })
  })

  describe('whoever uses it', () => {
    it('needs a keyboard only, and sees where the focus is', async () => {
      const { page, hasToken } = await visit()
      const { keyboard } = page
      const focused = () =>
        page.evaluate(() => {
          const at = document.activeElement as HTMLElement
          const { outlineStyle, outlineWidth } = getComputedStyle(at)
          const label = (at as HTMLInputElement).labels?.[0]?.textContent
          const name = (label ?? at.getAttribute('aria-label') ?? at.textContent).trim()
          return { name, isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 }
        })
      /** Presses Tab until something is reached, and sees every stop on the way. */
      async function reach(name: RegExp) {
        let at = await focused()
        for (let stops = 0; stops < 60; stops++) {
          if (name.test(at.name)) return
          await keyboard.press('Tab')
          at = await focused()
          expect(at).toMatchObject({ isSeen: true })
        }
        throw new Error(`Tab does not lead to ${name}`)
      }
      await keyboard.press('Tab')
      expect((await focused()).name).toBe('Skip to the request')
      await reach(/^Browser app/)
      await reach(/^books:write/)
      await keyboard.press('Space')
      await reach(/^Log in and consent/)
      await keyboard.press('Enter')
      // The authorization server puts the focus where the name goes.
      await page.getByLabel('Name').waitFor()
      await keyboard.type('grace')
      await keyboard.press('Tab')
      await keyboard.type('hopper')
      await keyboard.press('Enter')
      await page.getByRole('button', { name: 'Allow' }).waitFor()
      await reach(/^Allow/)
      await keyboard.press('Enter')
      await hasToken()
      expect(await text(page, '.token')).toContain('books:read books:write')

      await reach(/^Send ten/)
      await keyboard.press('Tab')
      await keyboard.press('ArrowDown')
      expect(await page.getByLabel('Path').inputValue()).toBe('/books')
      await keyboard.press('Shift+Tab')
      await keyboard.press('Shift+Tab')
      expect((await focused()).name).toBe('Send')
      await keyboard.press('Enter')
      await page.locator('.headline').waitFor()
      expect(await text(page, '.headline')).toContain('POST /books')
      expect(await text(page, '.headline')).toContain('201')
    })

    it('hears what happens: results and states are live regions', async () => {
      const { page, send, press } = await holder({ kind: 'Machine' })
      await send()
      await press('Rotate its keys')
      await page.locator('.notice').waitFor()
      const regions = await page
        .locator('[aria-live="polite"], [role="status"]')
        .evaluateAll((all) => all.map((one) => one.textContent))
      for (const said of [/200[\s\S]*Accepted/, /rotated/, /server up/, /as it was issued/]) {
        expect(regions).toContainEqual(expect.stringMatching(said))
      }
      // No state is told by its colour alone.
      for (const stage of await page.locator('[data-stage]').all()) {
        expect(await stage.textContent()).toMatch(/passed/)
      }
    })

    it('reads it easily, in light and in dark', async () => {
      const { page, use, send, choose, press, picture } = await holder()
      async function readsItEasily(seen = async (_colorScheme: string) => {}) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          expect(await page.evaluate(lowContrasts)).toEqual([])
          await seen(colorScheme)
        }
      }
      await readsItEasily()
      await send()
      await use('Tampered')
      await send()
      await readsItEasily()
      await use('Good')
      await choose('POST /books')
      await send()
      await press('Send ten at once')
      await page.locator('.burst').waitFor()
      await readsItEasily(async (colorScheme) => {
        await picture(`laptop-${colorScheme}-scope`)
        const [, red] = /rgb\((\d+)/.exec(
          await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
        )!
        expect(Number(red) > 128).toBe(colorScheme === 'light')
      })
    })

    it('may have a phone: nothing is wider than it, and the decision comes into view', async () => {
      const options = { viewport: phone, colorScheme: 'dark', deviceScaleFactor: 2 } as const
      const guest = await visit({ ...options, hasTouch: true, isMobile: true })
      const { page, begin, logIn, press, hasToken, send, use, picture } = guest
      const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(await isTooWide()).toBe(false)
      await picture('phone-dark-begin')
      await begin({ scopes: ['books:read', 'shop:north:orders:write'] })
      await logIn()
      expect(await isTooWide()).toBe(false)
      await picture('phone-dark-consent')
      await press('Allow')
      await hasToken()
      expect(await isTooWide()).toBe(false)
      await picture('phone-dark-token')
      await use('Expired')
      await send()
      expect(await isTooWide()).toBe(false)
      await page.waitForFunction(() => {
        const { top } = document.querySelector('.headline')!.getBoundingClientRect()
        return top >= 0 && top < innerHeight / 2
      })
      await picture('phone-dark-refused')
    })
  })

  it('lets no script in that is not its own', async () => {
    const { page } = await visit()
    const response = await page.goto(example.playground)
    const policy = response!.headers()['content-security-policy']!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|https?:\/\/(?!127\.0\.0\.1:)|\*/)
    expect(await response!.text()).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/)
    const before = faults.messages.length
    const ran = await page.evaluate(() => {
      const attempts = [
        () => {
          document.body.innerHTML = '<img src=x onerror="window.ran = 1">'
        },
        () => {
          const script = document.createElement('script')
          script.textContent = 'window.ran = 2'
          document.head.append(script)
        },
        () => {
          document.body.setAttribute('onclick', 'window.ran = 3')
          document.body.click()
        },
      ]
      const refused = attempts.filter((attempt) => {
        try {
          attempt()
          return false
        } catch {
          return true
        }
      })
      return { refused: refused.length, ran: (window as { ran?: number }).ran }
    })
    expect(ran).toEqual({ refused: 3, ran: undefined })
    // The browser complains, as it should.
    faults.messages.length = before
  })

  it('had nothing to complain of so far, and talked to the three servers only', async () => {
    expect(faults.messages).toEqual([])
    const ours = [example.url, example.issuer, example.playground, ...elsewhere]
    expect([...faults.origins].filter((origin) => !ours.includes(origin))).toEqual([])
    expect(faults.origins).toContain(example.url)
  })

  /** Tries again until something holds that others decide. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('It does not come true.')
    }
  }
})
