// @ts-check
import { demandsCode } from '../login-strength.js'
import { loginPage } from '../pages/login-page.js'
import { people } from '../people.js'
import { clientOf, formsMayEndAtClient } from './asking-client.js'

/** @type {import('./interactions-router.js').Answer} */
export async function showLogin(provider, asked, req, res) {
  const client = await clientOf(provider, asked)
  formsMayEndAtClient(asked, req, res)
  const code = demandsCode(asked.params)
  const name = asked.session?.accountId
  res.send(loginPage({ uid: asked.uid, client, code, ...(code && name && { name }) }))
}

/** @type {import('./interactions-router.js').Answer} */
export async function answerLogin(provider, asked, req, res) {
  const { name = '', password, otp } = req.body ?? {}
  const code = demandsCode(asked.params)
  const person = people.find(
    (one) => one.id === name && one.password === password && (!code || one.code === otp),
  )
  if (!person) {
    const client = await clientOf(provider, asked)
    formsMayEndAtClient(asked, req, res)
    res
      .status(400)
      .send(loginPage({ uid: asked.uid, client, code, name: String(name), wrong: true }))
    return
  }
  if (asked.session && asked.session.accountId !== person.id) {
    await endSession(provider, asked)
  }
  const how = code ? { acr: 'mfa', amr: ['pwd', 'otp'] } : { acr: 'pwd', amr: ['pwd'] }
  await provider.interactionFinished(req, res, { login: { accountId: person.id, ...how } })
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
