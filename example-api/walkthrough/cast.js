// @ts-check
import { registrationOf } from '../authorization-server/clients.js'
import { people } from '../authorization-server/people.js'
import { otherResource } from '../authorization-server/resources.js'
import { clientOf, obtain } from './attempts.js'
import { isInPage, kindsOfClient } from './kinds.js'
import { resourceOwner } from './resource-owner.js'

const [ada] = /** @type {[import('../authorization-server/people.js').Person]} */ (people)

/**
 * All who play: the clients, the person and her browser, and how to call the API.
 *
 * @typedef {ReturnType<typeof cast>} Cast
 *
 * @param {object} of
 * @param {import('./kinds.js').Kind} of.kind
 * @param {import('../example.js').Example} of.example
 * @param {import('./telling/story.js').Story} of.story
 * @param {CryptoKeyPair | undefined} of.keys - of a client that has some
 */
export function cast({ kind, example, story, keys }) {
  const { issuer, url: api, playground } = example
  const { jwt, opaque } = kindsOfClient[kind]
  // What a browser adds by itself to requests of a page.
  const headers = isInPage(kind) ? { origin: playground } : undefined
  const browse = story.fetchAs('browser')
  const person = resourceOwner({
    name: ada.id,
    password: ada.password,
    code: ada.code,
    fetch: /** @type {typeof fetch} */ (browse),
  })

  /** For the API: one gets JWTs, the other opaque tokens. */
  const clients = { jwt: client(jwt, api), opaque: client(opaque, api) }

  return {
    kind,
    story,
    example,
    person,
    ...clients,
    /** The first one again, for another API. */
    elsewhere: client(jwt, otherResource),

    /**
     * Calls the API as the client does: with a proof where it has a key.
     *
     * @param {string} explanation
     * @param {string} route
     * @param {string} [token]
     */
    async call(explanation, route, token) {
      const [method = '', path = ''] = route.split(' ')
      const url = new URL(api + path)
      if (token && clients.jwt.call) {
        await clients.jwt.call(token, method, url, { fetch: repeating(explanation) })
      } else {
        await told(explanation)(url, {
          method,
          headers: token ? { authorization: `Bearer ${token}` } : {},
        })
      }
      return story.latest
    },

    /**
     * Gets tokens once more, which takes fewer lines to tell.
     *
     * @param {import('./attempts.js').Client} client
     * @param {import('./attempts.js').Wanted} wanted
     */
    tokensFor(client, wanted) {
      story.say(kind === 'machine' ? 'As in step 1, in short:' : 'As in steps 1 to 4, in short:')
      return story.briefly(() => obtain(client, person, wanted))
    },

    /**
     * A request that none of the clients would send.
     *
     * @param {string} from
     * @param {string} explanation
     * @param {string} url
     * @param {RequestInit} [init]
     */
    async send(from, explanation, url, init) {
      await story.fetchAs(from, { explanation })(url, { ...init, redirect: 'manual' })
      return story.latest
    },
  }

  /** @param {string} explanation */
  function told(explanation) {
    return story.fetchAs('client', { explanation, ...(headers && { headers }) })
  }

  /**
   * For a request that may have to be sent again, with a nonce.
   *
   * @param {string} explanation
   */
  function repeating(explanation) {
    let text = explanation
    /** @param {string} url @param {any} init */
    return (url, init) => {
      const ask = told(text)
      text = 'Once more, with a new proof that carries the nonce.'
      return ask(url, init)
    }
  }

  /**
   * @param {string} id
   * @param {string} resource
   */
  function client(id, resource) {
    const registration = registrationOf(id)
    const clientSecret = registration && 'secret' in registration ? (registration.secret ?? '') : ''
    const fetch = story.fetchAs('client', headers && { headers })
    const settings = {
      issuer,
      resource,
      clientId: id,
      clientSecret,
      playground,
      keys,
      fetch,
      browse,
    }
    return { id, clientSecret, ...clientOf[kind](settings) }
  }
}
