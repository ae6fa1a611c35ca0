// @ts-check
import { Router } from 'express'

/**
 * Open to everybody: for whoever restarts this process or takes it out of rotation.
 *
 * @param {import('scopegate').ResourceServer} api
 */
export function healthRouter(api) {
  const router = Router()

  router.get('/', (_req, res) => {
    const health = api.health()
    res.status(health.status === 'unavailable' ? 503 : 200).json(health)
  })

  return router
}
