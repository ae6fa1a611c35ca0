// @ts-check
import { json, Router } from 'express'
import { Problem } from '../problems.js'

const changes = ['expired', 'other-audience', 'fewer-scopes']

/**
 * What a person may do to the authorization server and to a token, to see what comes of it.
 *
 * @param {object} of
 * @param {AuthorizationServer} of.authorizationServer
 * @param {() => void} of.onChange - told when the state of the authorization server changed
 *
 * @typedef {ReturnType<typeof import('../authorization-server/authorization-server.js').authorizationServer>} AuthorizationServer
 */
export function controls({ authorizationServer, onChange }) {
  const router = Router()
  router.use(json({ limit: '16kb' }), demandJson)

  router.post('/rotate', (_req, res) => {
    authorizationServer.rotateKeys()
    onChange()
    res.status(204).end()
  })

  router.post('/outage', (req, res) => {
    const down = req.body.down
    if (typeof down !== 'boolean') {
      throw new Problem(400, 'down must be true or false.')
    }
    down ? authorizationServer.down() : authorizationServer.up()
    onChange()
    res.status(204).end()
  })

  router.post('/variant', async (req, res) => {
    const { token, change } = req.body
    if (typeof token !== 'string' || !changes.includes(change)) {
      throw new Problem(400, `There must be a token, and a change: ${changes.join(', ')}.`)
    }
    const variant = await authorizationServer.variant(token, change)
    if (variant === undefined) {
      throw new Problem(404, 'That token is not one of the authorization server here.')
    }
    res.set('cache-control', 'no-store').json({ token: variant })
  })

  return router
}

/**
 * A form that some other page sends can carry no JSON; without a preflight, nothing else can.
 *
 * @param {import('express').Request} req
 * @param {import('express').Response} _res
 * @param {import('express').NextFunction} next
 */
export function demandJson(req, _res, next) {
  const isObject = typeof req.body === 'object' && req.body !== null && !Array.isArray(req.body)
  next(isObject ? undefined : new Problem(415, 'The body must be a JSON object.'))
}
