// @ts-check
import { machines, userClients } from '../authorization-server/clients.js'
import { deviceClient } from '../clients/device.js'
import { machineClient } from '../clients/machine.js'
import { nativeClient } from '../clients/native.js'
import { webClient } from '../clients/web.js'
import { Problem } from '../problems.js'
import { clientKinds } from './client-kinds.js'

/**
 * The clients that live in this process, for whoever sits at the page.
 *
 * @param {{ playground: string, resource: string, issuer: string }} of
 *
 * @typedef {object} Wanted
 * @property {string} kind
 * @property {boolean} opaque
 * @property {string} scope
 * @property {boolean} again - ask the person again, whatever was said before
 * @property {string} [acrValues]
 * @property {string} [maxAge]
 * @property {object[]} [authorizationDetails]
 */
export function flowClients({ playground, resource, issuer }) {
  /** @type {Record<string, (settings: any, wanted: any) => Promise<import('./flows.js').Begun>>} */
  const beginnings = {
    async web(settings, wanted) {
      const redirectUri = `${playground}/clients/web/callback`
      const client = webClient({ ...settings, redirectUri })
      const attempt = await client.begin(wanted)
      const { promise, resolve } = withResolver()
      return {
        show: { url: attempt.url },
        state: attempt.state,
        answer: resolve,
        finished: promise.then((url) => client.finish(attempt, url)),
      }
    },
    async native(settings, wanted) {
      const { url, finished, close } = await nativeClient(settings).begin(wanted)
      return { show: { url }, finished, cancel: close }
    },
    async device(settings, { scope }) {
      const begun = await deviceClient(settings).begin({ scope })
      const { userCode, verificationUri, verificationUriComplete = verificationUri } = begun
      return {
        show: { userCode, verificationUri, verificationUriComplete },
        finished: begun.finished,
        cancel: begun.cancel,
      }
    },
    async machine(settings, wanted) {
      return { finished: machineClient(settings).token(wanted) }
    },
  }

  /** @param {Wanted} wanted */
  return async function begin({ kind, opaque, again, ...wanted }) {
    const clients = clientKinds.find(({ id }) => id === kind)
    const beginning = Object.hasOwn(beginnings, kind) ? beginnings[kind] : undefined
    if (!clients || !beginning) {
      throw new Problem(400, 'There is no such kind of client here.')
    }
    const clientId = opaque ? clients.opaque : clients.jwt
    const clientSecret = [...machines, ...userClients].find(({ id }) => id === clientId)?.secret
    const settings = { issuer, resource, clientId, clientSecret }
    return beginning(settings, { ...wanted, ...(again && { prompt: 'consent' }) })
  }
}

/** @returns {{ promise: Promise<URL>, resolve: (url: URL) => void }} */
function withResolver() {
  /** @type {(url: URL) => void} */
  let resolve = () => {}
  const promise = new Promise((/** @type {(url: URL) => void} */ settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
