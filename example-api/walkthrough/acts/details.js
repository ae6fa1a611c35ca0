// @ts-check
import { outcome } from '../outcome.js'
import { otherPurchaseRoute, purchase, purchaseRoute } from '../script.js'

/**
 * No scope is as narrow as what a person may want to allow (RFC 9396).
 *
 * @param {import('../cast.js').Cast} cast
 */
export async function details({ story, call, jwt, tokensFor }) {
  story.step(
    'details',
    'Refused: the authorization details are lacking',
    'A scope would allow to buy any book. This route wants Ada to have allowed this very one. No OAuth error says so, and there is no challenge. To do: the client has to know, and asks with authorization_details.',
  )
  const scope = 'books:read'
  const { access_token: plain } = await tokensFor(jwt, { scope })
  await call('The client wants to buy a book for her.', purchaseRoute, plain)
  story.check('no details', outcome(story.latest))

  const { access_token: token } = await tokensFor(jwt, { scope, authorizationDetails: [purchase] })
  await call('The same request. Now the token says which book she allowed.', purchaseRoute, token)
  story.check('details granted', outcome(story.latest))
  await call('Another book: she did not allow that.', otherPurchaseRoute, token)
  story.check('details of another book', outcome(story.latest))
}
