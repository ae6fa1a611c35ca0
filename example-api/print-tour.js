// @ts-check

const meanings = `What the answers mean
  200 201 204  accepted.
  400          the credentials are malformed (error="invalid_request"), or the body is.
  401          no token, or one that is not good here. The challenge in WWW-Authenticate says why.
  403          the token is good, but not for this. A challenge with error="insufficient_scope"
               names the scope to ask for; without a challenge it is the API's own no.
  503          nobody can tell now, since the authorization server does not answer. Keep the token
               and try again after Retry-After.`

/**
 * Prints what is running, and what to paste into another terminal.
 *
 * @param {import('./example.js').Example} example
 * @param {import('./tour.js').Tour} tour
 */
export function printTour({ url, issuer, playground }, { tokens, calls }) {
  console.log(`The playground              ${playground}
The bookshop API            ${url}
Its authorization server    ${issuer}

Open the playground in a browser: it shows what becomes of each request, and why.

Or use the API by hand. First get tokens: paste these into another terminal (sh, bash, zsh)
`)
  for (const { what, command } of tokens) {
    console.log(`  ${what}\n    ${command}\n`)
  }
  console.log('Then call the routes, in this order; each answers with the status in front of it\n')
  for (const { what, command, status } of calls) {
    console.log(`  ${status}  ${what}\n    ${command}\n`)
  }
  console.log(`${meanings}\n\nThe playground: ${playground}\nCtrl-C stops them all.`)
}
