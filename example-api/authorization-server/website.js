// @ts-check
import { fileURLToPath } from 'node:url'
import cors from 'cors'
import express from 'express'
import { interactionsRouter } from './interactions/interactions-router.js'
import { homePage } from './pages/home-page.js'
import { securityHeaders } from './security-headers.js'

const files = fileURLToPath(new URL('pages/public', import.meta.url))

/**
 * All that stands in front of the protocol itself: the pages that people see, and the rules for
 * browsers.
 *
 * @param {{ provider: () => any, issuer: string, playground: string }} settings
 */
export function website({ provider, issuer, playground }) {
  const app = express()
  app.use(securityHeaders())
  app.use(onlyFor(new URL(issuer).host))
  app.use(express.static(files, { index: false }))
  app.get('/', (_req, res) => {
    res.send(homePage({ playground }))
  })
  app.use('/interaction', interactionsRouter({ provider, playground }))
  // One page of another origin may read answers. Where this has spoken, oidc-provider is silent.
  app.use(
    cors({ origin: playground, methods: ['GET', 'POST'], exposedHeaders: 'WWW-Authenticate' }),
  )
  return app
}

/**
 * Refuses requests that were meant for another name: oidc-provider makes URLs from it, and a name
 * that somebody else owns, and lets point here (DNS rebinding), would make its pages ours.
 *
 * @param {string} host
 * @returns {express.RequestHandler}
 */
function onlyFor(host) {
  return (req, res, next) => {
    const isOurs = req.headers.host === host && req.originalUrl.startsWith('/')
    isOurs ? next() : res.status(400).type('text').send(`This server answers as ${host} only.\n`)
  }
}
