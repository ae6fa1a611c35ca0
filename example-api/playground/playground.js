// @ts-check
import express from 'express'
import helmet from 'helmet'
import { answerErrors, answerNotFound } from '../problems.js'
import { controls } from './controls.js'
import { eventStream } from './event-stream.js'
import { flowRoutes } from './flow-routes.js'
import { flows } from './flows.js'
import { loopbackOnly } from './loopback-only.js'
import { pageFiles } from './page-files.js'
import { setup } from './setup.js'

/**
 * Serves the page to play with the example, what it is told of its requests, the controls, and
 * the clients that do not live in a page.
 *
 * @param {object} of
 * @param {string} of.playground - origin of the page
 * @param {string} of.resource - URL of the API
 * @param {string} of.issuer
 * @param {import('./controls.js').AuthorizationServer} of.authorizationServer
 * @param {import('./observer.js').Observer} of.observer
 */
export function playgroundServer({ playground, resource, issuer, authorizationServer, observer }) {
  const app = express()
  const events = eventStream(observer, () => ({ down: authorizationServer.isDown }))
  const underWay = flows()
  const guard = loopbackOnly(playground)
  const { host } = new URL(playground)

  app.use(helmet(protectedPage([resource, issuer])))
  app.get('/', (req, res, next) => {
    // Redirect URIs and CORS know the page by one origin only.
    req.headers.host === host ? next() : res.redirect(`${playground}/`)
  })
  app.use(pageFiles())
  app.get('/setup.json', guard, (_req, res) => {
    res.set('cache-control', 'no-store').json(setup({ resource, issuer }))
  })
  app.get('/events', guard, events.handler)
  app.use('/controls', guard, controls({ authorizationServer, onChange: events.tellState }))
  app.use(flowRoutes({ playground, resource, issuer, flows: underWay, guard }))
  app.use(answerNotFound)
  app.use(answerErrors)

  return {
    listener: app,
    close() {
      underWay.close()
      events.close()
    },
  }
}

/** @param {string[]} servers - origins that the page sends requests to */
function protectedPage(servers) {
  return /** @type {const} */ ({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", ...servers],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['lit-html'],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
  })
}
