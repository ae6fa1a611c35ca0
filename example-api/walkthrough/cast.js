// @ts-check
import { registrationOf } from '../authorization-server/clients.js'
import { people } from '../authorization-server/people.js'
import { otherResource } from '../authorization-server/resources.js'
import { clientOf, obtain } from './attempts.js'
import { kindsOfClient } from './kinds.js'
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
 */
export function cast({ kind, example, story }) {
  const { issuer, url: api, playground } = example
  const { jwt, opaque } = kindsOfClient[kind]
  // What a browser adds by itself to requests of a page.
  const headers = kind === 'browser' ? { origin: playground } : undefined
  const browse = story.fetchAs('browser')
  const person = resourceOwner({
    name: ada.id,
    password: ada.password,
    fetch: /** @type {typeof fetch} */ (browse),
  })

  return {
    kind,
    story,
    example,
    person,
    /** For the API: one gets JWTs, the other opaque tokens. */
    jwt: client(jwt, api),
    opaque: client(opaque, api),
    /** The first one again, for another API. */
    elsewhere: client(jwt, otherResource),

    /**
     * Calls the API as the client does.
     *
     * @param {string} explanation
     * @param {string} route
     * @param {string} [token]
     */
    async call(explanation, route, token) {
      const [method, path] = route.split(' ')
      await story.fetchAs('client', { explanation, ...(headers && { headers }) })(`${api}${path}`, {
        method,
        headers: token ? { authorization: `Bearer ${token}` } : {},
      })
      return story.latest
    },

    /**
     * Gets tokens once more, which takes fewer lines to tell.
     *
     * @param {import('./attempts.js').Client} client
     * @param {{ scope: string, prompt?: string }} wanted
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

  /**
   * @param {string} id
   * @param {string} resource
   */
  function client(id, resource) {
    const registration = registrationOf(id)
    const clientSecret = registration && 'secret' in registration ? (registration.secret ?? '') : ''
    const fetch = story.fetchAs('client', headers && { headers })
    const settings = { issuer, resource, clientId: id, clientSecret, playground, fetch, browse }
    return { id, clientSecret, ...clientOf[kind](settings) }
  }
}
