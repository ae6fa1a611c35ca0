// @ts-check
import { isByBrowser, isInPage } from './kinds.js'

/**
 * What is told beforehand, by the name of the check. What is `undefined` must not be there.
 *
 * @param {{ kind: import('./kinds.js').Kind, metadata: string, playground: string }} of -
 * `metadata`: where the challenge points to
 * @returns {Record<string, Record<string, unknown>>}
 */
export function expectations({ kind, metadata, playground }) {
  const isMachine = kind === 'machine'
  const byBrowser = isByBrowser(kind)
  const isBound = kind === 'dpop'

  const nonceWanted = {
    status: 401,
    challenge: dpop({
      error: 'use_dpop_nonce',
      error_description: 'The DPoP proof must carry a nonce of this server.',
    }),
  }
  const stolen = {
    'bound token as Bearer': {
      status: 401,
      challenge: bearer({
        error: 'invalid_token',
        error_description: 'The access token is bound to a key that was not proved.',
        scope: 'books:read',
      }),
    },
    'no proof': invalidProof('The request carries no DPoP proof.'),
    'proof of another key': invalidToken(
      'The access token is bound to another key than that of the DPoP proof.',
    ),
    'proof of its key': accepted,
    'proof used before': invalidProof('The DPoP proof was used before.'),
  }

  return {
    ...(byBrowser && {
      'unregistered redirect URI': { status: 400, location: undefined },
      'unknown resource': { status: 303, error: 'invalid_target' },
    }),
    ...(!byBrowser && { 'scope of others': { status: 400, error: 'invalid_scope' } }),
    ...((kind === 'web' || isMachine) && {
      'wrong secret': { status: 401, error: 'invalid_client' },
    }),
    ...(!isMachine && { denied: { error: 'access_denied' } }),
    ...((isInPage(kind) || kind === 'native') && {
      'code without verifier': { status: 400, error: 'invalid_grant' },
    }),
    tokens: { scope: 'books:read', 'refresh token': !isMachine, 'ID token': !isMachine },
    ...(!isMachine && {
      'scope not granted': { status: 400, error: 'invalid_scope' },
      rotation: { scope: 'books:read', 'another refresh token': true },
    }),

    ...(isInPage(kind) && { preflight: { status: 204, 'allowed origin': playground } }),
    ...(isBound && { 'nonce wanted': nonceWanted }),
    whoami: {
      status: 200,
      principal: isMachine ? 'client' : 'user',
      subject: isMachine ? 'north-shop' : 'ada',
      source: 'jwt',
    },
    resource: accepted,

    'no token': { status: 401, challenge: bearer({ scope: 'books:read' }) },
    expired: invalidToken('The access token expired.'),
    'wrong audience': invalidToken('The access token is meant for another resource.'),
    ...(!isMachine && { 'ID token': invalidToken('The token is not of the access token type.') }),
    ...(isBound && stolen),
    'missing scope': {
      status: 403,
      challenge: used({
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
        scope: 'shop:north:orders:read',
      }),
    },
    'scope granted': accepted,
    ...(byBrowser && {
      'login too weak': {
        status: 401,
        challenge: used({
          error: 'insufficient_user_authentication',
          error_description: 'A different or more recent authentication of the user is required.',
          acr_values: 'mfa',
          max_age: '300',
        }),
      },
      'stronger login': accepted,
      'no details': { status: 403, challenge: undefined },
      'details granted': { status: 201, challenge: undefined },
      'details of another book': { status: 403, challenge: undefined },
    }),
    'opaque token': accepted,
    'revoked grant': invalidToken('The access token is not active.'),
    outage: { status: 503, challenge: undefined, 'retry-after': '1' },
    'JWT during the outage': accepted,
    'after the outage': accepted,
    ...(!isMachine && {
      'refresh token used twice': { status: 400, error: 'invalid_grant' },
      'refresh token after that': { status: 400, error: 'invalid_grant' },
    }),
  }

  /** @param {string} description */
  function invalidProof(description) {
    const error = { error: 'invalid_dpop_proof', error_description: description }
    return { status: 401, challenge: dpop({ ...error, scope: 'books:read' }) }
  }

  /** @param {string} description */
  function invalidToken(description) {
    const error = { error: 'invalid_token', error_description: description }
    return { status: 401, challenge: used({ ...error, scope: 'books:read' }) }
  }

  /**
   * In the scheme in which this client presents its tokens.
   *
   * @param {Record<string, string>} params
   */
  function used(params) {
    return isBound ? dpop(params) : bearer(params)
  }

  /** @param {Record<string, string>} params */
  function dpop(params) {
    const algs = 'ES256 Ed25519 EdDSA'
    return { scheme: 'DPoP', resource_metadata: metadata, algs, ...params }
  }

  /** @param {Record<string, string>} params */
  function bearer(params) {
    return { scheme: 'Bearer', resource_metadata: metadata, ...params }
  }
}

const accepted = { status: 200, challenge: undefined }
