// @ts-check
import { json, Router } from 'express'
import { Problem } from '../problems.js'
import { scopes } from '../scopes.js'
import { demandJson } from './controls.js'
import { flowClients } from './flow-clients.js'

/**
 * Begins clients that do not live in the page, and hands over the access token once.
 *
 * @param {object} of
 * @param {string} of.playground
 * @param {string} of.resource
 * @param {string} of.issuer
 * @param {ReturnType<typeof import('./flows.js').flows>} of.flows
 * @param {import('express').RequestHandler} of.guard
 */
export function flowRoutes({ playground, resource, issuer, flows, guard }) {
  const begin = flowClients({ playground, resource, issuer })
  const router = Router()

  router.post('/flows', guard, json({ limit: '4kb' }), demandJson, async (req, res) => {
    const begun = await begin(wanted(req.body)).catch(notBegun)
    res.set('cache-control', 'no-store')
    res.status(201).json({ id: flows.add(begun), ...begun.show })
  })

  router.get('/flows/:id', guard, async (req, res) => {
    const state = await flows.take(String(req.params['id']), req.query['wait'] !== 'no')
    if (!state) {
      throw new Problem(404, 'There is no such flow, or its token was handed over.')
    }
    res.set('cache-control', 'no-store').json(state)
  })

  router.delete('/flows/:id', guard, (req, res) => {
    flows.cancel(String(req.params['id']))
    res.status(204).end()
  })

  // The redirect URI of the web application. Whatever comes here, the page is where it goes on.
  router.get('/clients/web/callback', async (req, res) => {
    // Only the query: an absolute request target would bring an origin of its own, or be none.
    const url = new URL('/clients/web/callback', playground)
    url.search = req.originalUrl.split('?')[1] ?? ''
    await flows.answer(url)
    res.redirect(303, '/')
  })

  return router
}

/**
 * @param {any} body
 * @returns {import('./flow-clients.js').Wanted}
 */
function wanted({ kind, opaque = false, scope = '', again = false, ...more }) {
  const all = typeof scope === 'string' && scope !== '' ? scope.split(' ') : []
  if (
    typeof kind !== 'string' ||
    typeof opaque !== 'boolean' ||
    typeof again !== 'boolean' ||
    typeof scope !== 'string' ||
    all.some((one) => !scopes.includes(one)) ||
    !isMore(more)
  ) {
    throw new Problem(400, 'There must be a kind of client, and scopes that the API has.')
  }
  return { kind, opaque, scope, again, ...more }
}

/**
 * What is asked for besides scopes; the authorization server has to know whether there is such a thing.
 *
 * @param {Record<string, unknown>} more
 */
function isMore({ acrValues = '', maxAge = '', authorizationDetails = [], ...others }) {
  return (
    typeof acrValues === 'string' &&
    typeof maxAge === 'string' &&
    Array.isArray(authorizationDetails) &&
    Object.keys(others).length === 0
  )
}

/**
 * @param {any} error
 * @returns {never}
 */
function notBegun(error) {
  if (typeof error?.error === 'string') {
    throw new Problem(400, `The authorization server refuses: ${error.error}.`)
  }
  // What fetch throws when no answer came. Anything else is a bug, and must look like one.
  throw error instanceof TypeError
    ? new Problem(503, 'The authorization server does not answer.')
    : error
}
