// @ts-check
import { cookieJar } from './cookie-jar.js'
import { formsOf, headingOf } from './forms.js'

/**
 * @typedef {object} Answer - how to answer on the consent page; all is allowed unless told otherwise
 * @property {readonly string[]} [allow] - scopes to leave ticked
 * @property {boolean} [deny]
 *
 * @typedef {object} Page
 * @property {URL} url
 * @property {number} status
 * @property {string} text
 * @property {string} heading - empty where there is no page, since the way leads elsewhere
 * @property {import('./forms.js').Form[]} forms
 * @property {URL} [next] - where it redirects to
 */

/**
 * A person with a browser of their own: it keeps cookies, follows redirects, and fills in the forms
 * that the authorization server shows.
 *
 * @param {object} person
 * @param {string} person.name
 * @param {string} person.password
 * @param {string} [person.code] - that the telephone shows, for where a password is not enough
 * @param {typeof globalThis.fetch} [person.fetch]
 */
export function resourceOwner({ name, password, code, fetch = globalThis.fetch }) {
  const jar = cookieJar()

  /**
   * One request, without going where the answer may lead.
   *
   * @param {URL} url
   * @param {URLSearchParams} [body] - a form to be sent
   * @returns {Promise<Page>}
   */
  async function visit(url, body) {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { cookie: jar.cookiesFor(url), accept: 'text/html' },
      redirect: 'manual',
      ...(body && { body }),
    })
    jar.keep(url, response.headers.getSetCookie())
    const location = response.headers.get('location')
    const text = await response.text()
    const read = { text, heading: headingOf(text), forms: formsOf(text) }
    return {
      url,
      status: response.status,
      ...read,
      ...(location && { next: new URL(location, url) }),
    }
  }

  /**
   * Follows redirects as long as they stay on this server.
   *
   * @param {string | URL} start
   * @param {URLSearchParams} [form] - to be sent
   * @returns {Promise<Page>}
   */
  async function open(start, form) {
    const { origin } = new URL(start)
    let page = await visit(new URL(start), form)
    while (page.next) {
      if (page.next.origin !== origin) {
        return { url: page.next, status: 0, text: '', heading: '', forms: [] }
      }
      page = await visit(page.next)
    }
    return page
  }

  /**
   * Sends a form as it is, but for what is entered, and with one of its buttons.
   *
   * @param {Page} page
   * @param {import('./forms.js').Form} form
   * @param {Record<string, string>} entered
   * @param {(field: import('./forms.js').Field) => boolean} [ticks]
   */
  function submit({ url }, { action, fields }, entered, ticks = ({ checked }) => checked) {
    const body = new URLSearchParams()
    for (const field of fields) {
      if (field.type !== 'checkbox' || ticks(field)) {
        body.append(field.name, entered[field.name] ?? field.value)
      }
    }
    for (const [member, value] of Object.entries(entered)) {
      if (!body.has(member)) {
        body.append(member, value)
      }
    }
    return open(new URL(action, url), body)
  }

  /**
   * Logs in and consents where asked to, until the way leads elsewhere or to a page without those.
   *
   * @param {Page} page
   * @param {Answer} answer
   */
  async function answerAll(page, { allow, deny = false }) {
    let at = page
    for (;;) {
      const login = formTo(at, '/login')
      const consent = formTo(at, '/consent')
      if (login) {
        const needsCode = login.fields.some((field) => field.name === 'otp')
        at = await submit(at, login, { name, password, ...(needsCode && code && { otp: code }) })
      } else if (consent) {
        at = await submit(at, consent, { answer: deny ? 'deny' : 'allow' }, ({ value }) =>
          allow ? allow.includes(value) : true,
        )
      } else {
        return at
      }
    }
  }

  /**
   * Answers the pages from this one on; the URL that the browser is sent back to.
   *
   * @param {Page} page
   * @param {Answer} answer
   */
  async function answerPages(page, answer) {
    const end = await answerAll(page, answer)
    if (end.heading) {
      throw new Error(`It ended at a page: ${end.heading}`)
    }
    return end.url.href
  }

  return {
    visit,
    open,
    submit,
    answerPages,
    /**
     * Goes where a client sends the browser; the URL that the browser is sent back to, which is not
     * asked for yet.
     *
     * @param {string} url
     * @param {Answer} [answer]
     * @returns {Promise<string>}
     */
    async authorize(url, answer = {}) {
      return answerPages(await open(url), answer)
    },
    /**
     * Enters the code that a device shows; the heading of the last page.
     *
     * @param {{ verificationUri: string, userCode: string }} shown
     * @param {Answer} [answer]
     * @returns {Promise<string>}
     */
    async connectDevice({ verificationUri, userCode }, answer = {}) {
      const code = await open(verificationUri)
      const confirm = await submit(code, formOf(code), { user_code: userCode })
      if (confirm.heading !== 'Is this your device?') {
        return confirm.heading
      }
      return (await answerAll(await submit(confirm, formOf(confirm), {}), answer)).heading
    },
  }
}

/**
 * @param {Page} page
 * @param {string} end
 */
function formTo({ forms }, end) {
  return forms.find(({ action }) => action.startsWith('/interaction/') && action.endsWith(end))
}

/** @param {Page} page */
function formOf({ forms, heading }) {
  const [form] = forms
  if (!form) {
    throw new Error(`There is no form at: ${heading}`)
  }
  return form
}
