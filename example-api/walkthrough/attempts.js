// @ts-check
import { browserClient } from '../clients/browser.js'
import { deviceClient } from '../clients/device.js'
import { dpopClient } from '../clients/dpop.js'
import { machineClient } from '../clients/machine.js'
import { nativeClient } from '../clients/native.js'
import { webClient } from '../clients/web.js'

/**
 * One attempt to get tokens, the same for every kind of client.
 *
 * @typedef {object} Attempt
 * @property {string} [url] - to send the browser to
 * @property {{ userCode: string, verificationUri: string }} [shown] - by a device
 * @property {(person: Person, answer: Answer, page?: Page) => Promise<void>} askPerson - from the
 * beginning, or from the page on that she has before her
 * @property {string} [cameBackTo] - once she has answered
 * @property {() => Promise<Tokens>} tokens - once she has answered
 * @property {() => void} close
 *
 * @typedef {ReturnType<typeof import('./resource-owner.js').resourceOwner>} Person
 * @typedef {import('./resource-owner.js').Answer} Answer
 * @typedef {import('./resource-owner.js').Page} Page
 * @typedef {import('../clients/authorization-code.js').Wanted} Wanted
 * @typedef {import('../clients/oauth-client.js').Tokens} Tokens
 *
 * @typedef {object} Client
 * @property {(wanted: Wanted) => Promise<Attempt>} begin
 * @property {(refreshToken: string, less?: { scope?: string }) => Promise<Tokens>} refresh
 * @property {(token: string) => Promise<void>} revoke
 * @property {ReturnType<typeof dpopClient>['call']} [call] - with proofs, where it has a key
 *
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} resource
 * @property {string} clientId
 * @property {string} clientSecret
 * @property {string} playground - where browser and web application live
 * @property {CryptoKeyPair | undefined} keys - where tokens are bound to a key
 * @property {(url: string, init: any) => Promise<Response>} fetch - of the client
 * @property {(url: string) => Promise<unknown>} browse - of the browser
 */

/** @type {Record<import('./kinds.js').Kind, (settings: Settings) => Client>} */
export const clientOf = {
  browser: ({ clientSecret: _, keys: __, playground, ...settings }) =>
    redirecting(browserClient({ ...settings, redirectUri: `${playground}/` })),
  dpop: ({ clientSecret: _, playground, keys, ...settings }) =>
    redirecting(
      dpopClient({
        ...settings,
        keys: /** @type {CryptoKeyPair} */ (keys),
        redirectUri: `${playground}/`,
      }),
    ),
  web: ({ playground, keys: _, ...settings }) =>
    redirecting(webClient({ ...settings, redirectUri: `${playground}/clients/web/callback` })),
  native,
  device,
  machine,
}

/**
 * @param {Client} client
 * @param {Person} person
 * @param {Wanted} wanted
 * @param {Answer} [answer]
 */
export async function obtain(client, person, wanted, answer = {}) {
  const attempt = await client.begin(wanted)
  try {
    await attempt.askPerson(person, answer)
    return await attempt.tokens()
  } finally {
    attempt.close()
  }
}

/**
 * @param {ReturnType<typeof webClient> & Pick<Client, 'call'>} client
 * @returns {Client}
 */
function redirecting({ begin, finish, ...more }) {
  return {
    async begin(wanted) {
      const kept = await begin(wanted)
      /** @type {Attempt} */
      const attempt = {
        url: kept.url,
        async askPerson(person, answer, page) {
          attempt.cameBackTo = await backFrom(kept.url, person, answer, page)
        },
        tokens: () => finish(kept, attempt.cameBackTo ?? ''),
        close() {},
      }
      return attempt
    },
    ...more,
  }
}

/** @param {Settings} settings */
function native({ issuer, resource, clientId, fetch, browse }) {
  const { begin, refresh, revoke } = nativeClient({ issuer, resource, clientId, fetch })
  return {
    /** @param {Wanted} wanted */
    async begin(wanted) {
      const { url, finished, close } = await begin(wanted)
      /** @type {Attempt} */
      const attempt = {
        url,
        async askPerson(person, answer, page) {
          attempt.cameBackTo = await backFrom(url, person, answer, page)
        },
        async tokens() {
          await browse(attempt.cameBackTo ?? '')
          return finished
        },
        close,
      }
      return attempt
    },
    refresh,
    revoke,
  }
}

/** @param {Settings} settings */
function device({ issuer, resource, clientId, fetch }) {
  const { begin, refresh, revoke } = deviceClient({ issuer, resource, clientId, fetch })
  return {
    /** @param {{ scope: string }} wanted */
    async begin({ scope }) {
      const { finished, cancel, ...shown } = await begin({ scope })
      return {
        shown,
        /** @type {Attempt['askPerson']} */
        async askPerson(person, answer) {
          await person.connectDevice(shown, answer)
        },
        tokens: () => finished,
        close: cancel,
      }
    },
    refresh,
    revoke,
  }
}

/** @param {Settings} settings */
function machine({ playground: _, browse: __, keys: ___, ...settings }) {
  const { token, revoke } = machineClient(settings)
  return {
    /** @param {{ scope: string }} wanted */
    async begin({ scope }) {
      return { async askPerson() {}, tokens: () => token({ scope }), close() {} }
    },
    refresh: () => Promise.reject(new Error('A machine gets no refresh token.')),
    revoke,
  }
}

/**
 * @param {string} url
 * @param {Person} person
 * @param {Answer} answer
 * @param {Page} [page]
 */
function backFrom(url, person, answer, page) {
  return page ? person.answerPages(page, answer) : person.authorize(url, answer)
}
