// @ts-check
import { scopeSentences } from '../../scope-sentences.js'
import { detailSentence, requestedDetails } from '../authorization-details.js'
import { consentPage } from '../pages/consent-page.js'
import { personOf } from '../people.js'
import { clientOf, formsMayEndAtClient, originOf } from './asking-client.js'
import { decide } from './decide.js'

/** @type {import('./interactions-router.js').Answer} */
export async function showConsent(provider, asked, req, res) {
  const client = await clientOf(provider, asked)
  const scopes = scopesOf(asked)
  formsMayEndAtClient(asked, req, res)
  res.send(
    consentPage({
      uid: asked.uid,
      client,
      person: personOf(asked.session.accountId)?.name ?? '',
      scopes: Object.keys(scopeSentences).filter((scope) => scopes.includes(scope)),
      details: requestedDetails(asked.params).map(detailSentence),
      identity: scopes.includes('openid'),
      origin: originOf(asked),
    }),
  )
}

/** @type {import('./interactions-router.js').Answer} */
export async function answerConsent(provider, asked, req, res) {
  const { answer, scope = [], detail = [] } = req.body ?? {}
  if (answer !== 'allow') {
    const error = { error: 'access_denied', error_description: 'The resource owner said no.' }
    await provider.interactionFinished(req, res, error)
    return
  }
  const ticked = [scope].flat()
  const scopes = scopesOf(asked)
  const allowed = scopes.filter((one) => one === 'openid' || ticked.includes(one))
  const details = requestedDetails(asked.params)
  const allowedDetails = details.filter((_, at) => [detail].flat().includes(String(at)))
  const answered = { scopes, allowed, details, allowedDetails }
  const grantId = await decide(provider, asked, answered)
  await provider.interactionFinished(req, res, { consent: { grantId } })
}

/**
 * The scopes that were asked for and mean something here.
 *
 * @param {any} asked
 * @returns {string[]}
 */
function scopesOf({ params }) {
  /** @type {string[]} */
  const scopes = params.scope?.split(' ') ?? []
  return scopes.filter((scope) => scope === 'openid' || Object.hasOwn(scopeSentences, scope))
}
