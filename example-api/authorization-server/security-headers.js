// @ts-check
import helmet from 'helmet'

/** Header fields of every answer. Pages load their style and picture from here, and nothing else. */
export function securityHeaders() {
  return helmet({
    contentSecurityPolicy: policy(),
    // With `no-referrer`, browsers would hide from us where a form was sent from.
    referrerPolicy: { policy: 'same-origin' },
    // This server speaks HTTP on its own machine only.
    strictTransportSecurity: false,
  })
}

/**
 * Lets the forms of this page end there too: browsers apply `form-action` to where the answer to a
 * form redirects, and the answer to login or consent may be to go back to the client.
 *
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 * @param {string} origin
 */
export function allowFormsToEndAt(req, res, origin) {
  helmet.contentSecurityPolicy(policy(origin))(req, res, (error) => {
    if (error) {
      throw error
    }
  })
}

/** @param {string[]} formTargets */
function policy(...formTargets) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'", ...formTargets],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  }
}
