import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Form } from '../example-api/walkthrough/forms.js'
import { type Page, resourceOwner } from '../example-api/walkthrough/resource-owner.js'
import { userClients } from './fixtures/example-clients.ts'
import { type LiveExample, liveExample } from './fixtures/live-example.ts'

jest.setTimeout(30_000)

let example: LiveExample
let clients: ReturnType<typeof userClients>

beforeAll(async () => {
  example = await liveExample()
  clients = userClients(example)
})
afterAll(async () => {
  expect(await example.stop()).toEqual({ code: 0, printed: '' })
})

const lovelace = { name: 'ada', password: 'lovelace' }
const scope = 'openid offline_access books:read orders:read'

/** Somebody whose browser remembers the header fields of the last answer, too. */
function observer(person = lovelace) {
  let last = new Headers()
  const owner = resourceOwner({
    ...person,
    async fetch(url, init) {
      const response = await fetch(url, init)
      last = response.headers
      return response
    },
  })
  return { ...owner, headers: () => last }
}
type Observer = ReturnType<typeof observer>

function formTo({ forms, heading }: Page, end: string): Form {
  const form = forms.find(({ action }) => action.endsWith(end))
  if (!form) throw new Error(`no form to ${end}: ${heading}`)
  return form
}

async function login(person: Observer, prompt?: string) {
  const attempt = await clients.of('web', 'jwt').begin({ scope, ...(prompt && { prompt }) })
  return person.open(attempt.url)
}
const logIn = (person: Observer, page: Page, entered: Record<string, string> = lovelace) =>
  person.submit(page, formTo(page, '/login'), entered)
const consent = async (person: Observer) => logIn(person, await login(person))

async function code(person: Observer) {
  const begun = await clients.of('device', 'jwt').begin({ scope: 'books:read' })
  begun.cancel()
  return { begun, page: await person.open(begun.verificationUri) }
}
async function confirmation(person: Observer) {
  const { begun, page } = await code(person)
  return person.submit(page, page.forms[0]!, { user_code: begun.userCode })
}

const pages: [name: string, heading: string, open: (person: Observer) => Promise<Page>][] = [
  ['those who come by', 'Nothing to do here', (person) => person.open(`${example.issuer}/`)],
  ['login', 'Log in', (person) => login(person)],
  [
    'a login that failed',
    'Log in',
    async (person) => logIn(person, await login(person), { name: 'ada', password: 'hopper' }),
  ],
  ['consent', 'Allow access?', consent],
  ['entering a code', 'Connect a device', async (person) => (await code(person)).page],
  [
    'a code that is none',
    'Connect a device',
    async (person) => {
      const { page } = await code(person)
      return person.submit(page, page.forms[0]!, { user_code: 'NOPE-NOPE' })
    },
  ],
  ['confirming a code', 'Is this your device?', confirmation],
  [
    'a device that is connected',
    'Connected',
    async (person) => {
      const page = await confirmation(person)
      const ask = await logIn(person, await person.submit(page, page.forms[0]!, {}))
      return person.submit(ask, formTo(ask, '/consent'), { answer: 'allow' })
    },
  ],
  [
    'a device that is not connected',
    'Not connected',
    async (person) => {
      const page = await confirmation(person)
      return person.submit(page, page.forms[0]!, { abort: 'yes' })
    },
  ],
  [
    'a request that is wrong',
    'This did not work',
    (person) => person.open(`${example.issuer}/auth?client_id=nobody`),
  ],
  [
    'an interaction that is over',
    'This did not work',
    (person) => person.open(`${example.issuer}/interaction/over`),
  ],
]

describe.each(pages)('the page for %s', (_, heading, open) => {
  let person: Observer
  let page: Page
  beforeAll(async () => {
    person = observer()
    page = await open(person)
  })

  it('is a page of our own, with a title, a language and one heading', () => {
    expect(page.heading).toBe(heading)
    expect(page.text).toContain(`<title>${heading} · Bookshop accounts</title>`)
    expect(page.text).toContain('<html lang="en">')
    expect(page.text.match(/<h1>/g)).toHaveLength(1)
    expect(page.text).toContain('name="viewport"')
  })

  it('runs no script, and loads nothing from elsewhere', () => {
    expect(page.text).not.toMatch(/<script|<iframe|<style|\son\w+=|\sstyle=|javascript:/i)
    const loaded = [...page.text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url!)
    expect(loaded).toContain('/pages.css')
    for (const url of loaded) {
      expect(url.startsWith(`${example.playground}/`) || /^\/(?!\/)/.test(url)).toBe(true)
    }
  })

  it('has a strict policy, and cannot be framed', () => {
    const [form, ...others] = person
      .headers()
      .get('content-security-policy')!
      .split(';')
      .sort((one) => (one.startsWith('form-action') ? -1 : 1))
    expect(others.sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "style-src 'self'",
    ])
    // Chromium applies it to redirects after a form, hence the origin of the client.
    const toClient =
      /\/interaction\/.+(?:login|consent)/.test(page.text) && !page.text.includes('screen')
    expect(form).toBe(`form-action 'self'${toClient ? ` ${example.playground}` : ''}`)
    expect(person.headers().get('x-content-type-options')).toBe('nosniff')
  })

  it('has a label for every input, and tells what is wrong where it is wrong', () => {
    const inputs = page.forms
      .flatMap(({ fields }) => fields)
      .filter(({ type }) => type !== 'hidden')
    const ids = [...page.text.matchAll(/<input\b[^>]*\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toHaveLength(inputs.length)
    for (const id of ids) expect(page.text).toContain(`<label for="${id}">`)
    for (const [, id] of page.text.matchAll(/aria-describedby="([^"]+)"/g)) {
      expect(page.text).toContain(`id="${id}"`)
    }
  })
})

describe('login', () => {
  it('tells who the people of the example are', async () => {
    const { text } = await login(observer())
    for (const word of ['ada', 'lovelace', 'grace', 'hopper']) {
      expect(text).toContain(`<code class="known">${word}</code>`)
    }
  })

  it.each([
    ['another’s password', { name: 'ada', password: 'hopper' }],
    ['an unknown name', { name: 'bob', password: 'lovelace' }],
    ['nothing', { name: '', password: '' }],
  ])('takes nobody with %s', async (_, entered) => {
    const person = observer()
    const page = await logIn(person, await login(person), entered)
    expect([page.status, page.heading]).toEqual([400, 'Log in'])
    expect(page.text).toContain('No person has this name and password.')
    expect((await logIn(person, page)).heading).toBe('Allow access?')
  })

  it('shows what was entered as text, whatever it is', async () => {
    const person = observer()
    const name = `"><script>alert('&')</script>`
    const page = await logIn(person, await login(person), { name, password: 'x' })
    expect(page.text).not.toContain('<script')
    expect(formTo(page, '/login').fields).toContainEqual(
      expect.objectContaining({ name: 'name', value: name }),
    )
  })

  it('lasts: the next client finds the person logged in', async () => {
    const person = observer()
    await consent(person)
    const { url } = await clients.of('browser', 'jwt').begin({ scope })
    expect((await person.open(url)).heading).toBe('Allow access?')
  })

  it('lets another person take over, when a client asks for a login', async () => {
    const person = observer()
    const asked = await consent(person)
    await person.submit(asked, formTo(asked, '/consent'), { answer: 'allow' })
    const again = await login(person, 'login')
    const page = await logIn(person, again, { name: 'grace', password: 'hopper' })
    expect([page.heading, page.text.includes('Grace')]).toEqual(['Allow access?', true])
  })

  it('lets a person say that they are somebody else', async () => {
    const person = observer()
    const page = await consent(person)
    const again = await person.submit(page, formTo(page, '/other-person'), {})
    expect(again.heading).toBe('Log in')
    const other = await logIn(person, again, { name: 'grace', password: 'hopper' })
    expect(other.text).toContain('for you, <strong>Grace</strong>')
  })
})

describe('consent', () => {
  it('offers each scope that was asked for, ticked, with a sentence', async () => {
    const page = await consent(observer())
    const boxes = formTo(page, '/consent').fields.filter(({ type }) => type === 'checkbox')
    expect(boxes.map(({ value, checked }) => [value, checked])).toEqual([
      ['books:read', true],
      ['orders:read', true],
      ['offline_access', true],
    ])
    expect(page.text).toContain('Look up single books. <code>books:read</code>')
    expect(page.text).toContain('Know that you are Ada. <code>openid</code>')
  })

  it('allows nothing that was not asked for, whatever is sent', async () => {
    const person = observer()
    const { begin, finish } = clients.of('web', 'jwt')
    const attempt = await begin({ scope: 'books:read' })
    const page = await logIn(person, await person.open(attempt.url))
    const form = formTo(page, '/consent')
    const more = { ...form.fields[0]!, value: 'books:write' }
    const end = await person.submit(
      page,
      { ...form, fields: [...form.fields, more] },
      { answer: 'allow' },
    )
    expect((await finish(attempt, end.url)).scope).toBe('books:read')
  })

  it.each([['deny'], ['']])('is denied by the answer %p', async (answer) => {
    const person = observer()
    const page = await consent(person)
    const { url } = await person.submit(page, formTo(page, '/consent'), { answer })
    expect(url.searchParams.get('error')).toBe('access_denied')
  })

  it('ends in a refusal where nothing is left ticked', async () => {
    const person = observer()
    const { url } = await clients.of('web', 'jwt').begin({ scope: 'books:read' })
    const page = await logIn(person, await person.open(url))
    const end = await person.submit(
      page,
      formTo(page, '/consent'),
      { answer: 'allow' },
      () => false,
    )
    expect(end.url.searchParams.get('error')).toBe('access_denied')
  })
})

describe('a form', () => {
  it('is refused when another page sends it, on this machine or elsewhere', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const person = resourceOwner({
        ...lovelace,
        fetch: (url, init) =>
          fetch(url, { ...init, headers: { ...init?.headers, 'sec-fetch-site': site } }),
      })
      const { url } = await clients.of('web', 'jwt').begin({ scope })
      const page = await person.open(url)
      const answer = await person.submit(page, page.forms[0]!, lovelace)
      expect([answer.status, answer.heading]).toEqual([403, 'This did not work'])
    }
  })

  it('is refused without the cookie of its interaction', async () => {
    const page = await login(observer())
    const answer = await logIn(observer(), page)
    expect([answer.status, answer.heading]).toEqual([400, 'This did not work'])
  })

  it('is refused with the cookie of another interaction', async () => {
    let cookie = ''
    const person = resourceOwner({
      ...lovelace,
      fetch(url, init) {
        cookie = new Headers(init?.headers).get('cookie') ?? ''
        return fetch(url, init)
      },
    })
    const page = await person.open((await clients.of('web', 'jwt').begin({ scope })).url)
    expect(page.heading).toBe('Log in')
    expect((await fetch(page.url, { headers: { cookie } })).status).toBe(200)
    const other = await fetch(`${example.issuer}/interaction/other`, { headers: { cookie } })
    expect(other.status).toBe(400)
  })

  it('is refused at another step than its own', async () => {
    const person = observer()
    const page = await login(person)
    const form = formTo(page, '/login')
    const action = form.action.replace('login', 'consent')
    const answer = await person.submit(page, { ...form, action }, { answer: 'allow' })
    expect([answer.status, answer.heading]).toEqual([400, 'This did not work'])
  })

  it('is refused the second time', async () => {
    const person = observer()
    const page = await login(person)
    await logIn(person, page)
    const answer = await logIn(person, page)
    expect([answer.status, answer.heading]).toEqual([400, 'This did not work'])
  })

  it('is refused with a token of another device page (CSRF)', async () => {
    const person = observer()
    const { page } = await code(person)
    const answer = await person.submit(page, page.forms[0]!, { user_code: 'A', xsrf: 'other' })
    expect([answer.status, answer.heading]).toEqual([400, 'Connect a device'])
  })

  it('that cannot be read is answered with a page, without a stack', async () => {
    const page = await login(observer())
    const response = await fetch(new URL(formTo(page, '/login').action, example.issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=x-unknown' },
      body: 'name=ada',
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    const text = await response.text()
    expect(text).toContain('This did not work')
    expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules/)
  })
})
