// @ts-check
import { Router, urlencoded } from 'express'
import { SessionNotFound } from '../oidc-provider.js'
import { problemPage } from '../pages/problem-page.js'
import { answerConsent, showConsent } from './consent.js'
import { answerLogin, logInAgain, showLogin } from './login.js'
import { sameOriginOnly } from './same-origin-only.js'

/**
 * Where a person meets the authorization server while a client waits: login and consent.
 *
 * @param {{ provider: () => any, playground: string }} settings
 */
export function interactionsRouter({ provider, playground }) {
  const router = Router()
  const form = [sameOriginOnly, urlencoded({ extended: false })]

  router.get('/:uid', async (req, res) => {
    const asked = await interaction(req, res)
    await (asked.prompt.name === 'login' ? showLogin : showConsent)(provider(), asked, req, res)
  })
  router.post('/:uid/login', form, answering('login', answerLogin))
  router.post('/:uid/consent', form, answering('consent', answerConsent))
  router.post('/:uid/other-person', form, answering('consent', logInAgain))
  router.use(answerProblems)

  /**
   * @param {'login' | 'consent'} prompt - that the form belongs to
   * @param {Answer} answer
   * @returns {import('express').RequestHandler}
   */
  function answering(prompt, answer) {
    return async (req, res) => {
      const asked = await interaction(req, res)
      if (asked.prompt.name !== prompt) {
        throw new SessionNotFound('the form belongs to another step')
      }
      await answer(provider(), asked, req, res)
    }
  }

  /**
   * The cookie says which interaction this browser is in; no other page can send a form for it.
   *
   * @param {import('express').Request} req
   * @param {import('express').Response} res
   */
  async function interaction(req, res) {
    const asked = await provider().interactionDetails(req, res)
    if (asked.uid !== req.params['uid']) {
      throw new SessionNotFound('the cookie is of another interaction')
    }
    return asked
  }

  /**
   * @param {any} error
   * @param {import('express').Request} _req
   * @param {import('express').Response} res
   * @param {import('express').NextFunction} next
   */
  function answerProblems(error, _req, res, next) {
    const status = error instanceof SessionNotFound ? 400 : error.status
    if (res.headersSent || !(status >= 400 && status < 500)) {
      next(error)
    } else {
      const text =
        status === 403 ? error.message : 'This page has expired, or it belongs to another browser.'
      res.status(status).send(problemPage({ text, playground }))
    }
  }

  return router
}

/**
 * @callback Answer
 * @param {any} provider
 * @param {any} asked
 * @param {import('express').Request} req
 * @param {import('express').Response} res
 * @returns {Promise<void>}
 */
