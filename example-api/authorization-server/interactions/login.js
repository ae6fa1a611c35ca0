// @ts-check
import { loginPage } from '../pages/login-page.js'
import { people } from '../people.js'
import { clientOf, formsMayEndAtClient } from './asking-client.js'

/** @type {import('./interactions-router.js').Answer} */
export async function showLogin(provider, asked, req, res) {
  const client = await clientOf(provider, asked)
  formsMayEndAtClient(asked, req, res)
  res.send(loginPage({ uid: asked.uid, client }))
}

/** @type {import('./interactions-router.js').Answer} */
export async function answerLogin(provider, asked, req, res) {
  const { name = '', password } = req.body ?? {}
  const person = people.find((one) => one.id === name && one.password === password)
  if (!person) {
    const client = await clientOf(provider, asked)
    formsMayEndAtClient(asked, req, res)
    res.status(400).send(loginPage({ uid: asked.uid, client, name: String(name), wrong: true }))
    return
  }
  if (asked.session && asked.session.accountId !== person.id) {
    await endSession(provider, asked)
  }
  await provider.interactionFinished(req, res, { login: { accountId: person.id } })
}

/** @type {import('./interactions-router.js').Answer} */
export async function logInAgain(provider, asked, req, res) {
  await endSession(provider, asked)
  const fresh = { mergeWithLastSubmission: false }
  await provider.interactionFinished(req, res, {}, fresh)
}

/**
 * Left to itself, oidc-provider ends it by a page that submits itself by script.
 *
 * @param {any} provider
 * @param {any} asked
 */
async function endSession(provider, asked) {
  const session = await provider.Session.findByUid(asked.session.uid)
  await session?.destroy()
  delete asked.session
  await asked.persist()
}
