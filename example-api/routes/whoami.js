// @ts-check
import { Router } from 'express'

/** @param {import('scopegate').ResourceServer} api */
export function whoamiRouter(api) {
  const router = Router()

  // Any good token will do, whatever its scope.
  router.get('/', api.authenticate(), (req, res) => {
    const { principal, clientId, subject, scopes, roles, source, expiresAt } = api.auth(req)
    res.json({ principal, clientId, subject, scopes, roles, source, expiresAt })
  })

  return router
}
