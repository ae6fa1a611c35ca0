// @ts-check
import { sameDetail } from '../authorization-details.js'

/**
 * Keeps what a person said about these scopes and authorization details. The last word counts: what was refused before can be
 * allowed now, and the other way round. What is refused is kept as well, so that the same question
 * does not come again at once.
 *
 * @param {any} provider
 * @param {any} asked
 * @param {object} answer
 * @param {string[]} answer.scopes - all that were asked about
 * @param {string[]} answer.allowed
 * @param {import('../authorization-details.js').Detail[]} answer.details - all that were asked about
 * @param {import('../authorization-details.js').Detail[]} answer.allowedDetails
 * @returns {Promise<string>} the id of the grant
 */
export async function decide(provider, { grantId, session, params }, answer) {
  const { scopes, allowed, details, allowedDetails } = answer
  const { accountId } = session
  const grant =
    (await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId, clientId: params.client_id })
  const refused = scopes.filter((scope) => !allowed.includes(scope))
  const resources = [params.resource ?? []].flat()

  const { rejected = {} } = grant
  Object.assign(grant, amended(grant, resources, scopes, allowed))
  grant.rejected = { ...rejected, ...amended(rejected, resources, scopes, refused) }
  const { rar = [] } = grant
  const others = rar.filter((/** @type {any} */ one) => !details.some(sameDetail(one)))
  grant.rar = [...others, ...allowedDetails]
  return grant.save()
}

/**
 * oidc-provider keeps scopes by resource, and once more without one, for its own checks.
 *
 * @param {{ openid?: { scope?: string }, resources?: Record<string, string> }} before
 * @param {readonly string[]} resources
 * @param {readonly string[]} scopes
 * @param {readonly string[]} now
 */
function amended(before, resources, scopes, now) {
  /** @param {string} [held] */
  function amend(held = '') {
    const others = held.split(' ').filter((scope) => scope && !scopes.includes(scope))
    return [...others, ...now].join(' ')
  }
  return {
    openid: { ...before.openid, scope: amend(before.openid?.scope) },
    resources: {
      ...before.resources,
      ...Object.fromEntries(
        resources.map((resource) => [resource, amend(before.resources?.[resource])]),
      ),
    },
  }
}
