// @ts-check

/**
 * What is told beforehand, by the name of the check. What is `undefined` must not be there.
 *
 * @param {{ kind: import('./kinds.js').Kind, metadata: string, playground: string }} of -
 * `metadata`: where the challenge points to
 * @returns {Record<string, Record<string, unknown>>}
 */
export function expectations({ kind, metadata, playground }) {
  const isMachine = kind === 'machine'
  const byBrowser = kind !== 'device' && !isMachine

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
    ...((kind === 'browser' || kind === 'native') && {
      'code without verifier': { status: 400, error: 'invalid_grant' },
    }),
    tokens: { scope: 'books:read', 'refresh token': !isMachine, 'ID token': !isMachine },
    ...(!isMachine && {
      'scope not granted': { status: 400, error: 'invalid_scope' },
      rotation: { scope: 'books:read', 'another refresh token': true },
    }),

    ...(kind === 'browser' && { preflight: { status: 204, 'allowed origin': playground } }),
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
    'missing scope': {
      status: 403,
      challenge: bearer({
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
        scope: 'shop:north:orders:read',
      }),
    },
    'scope granted': accepted,
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
  function invalidToken(description) {
    const error = { error: 'invalid_token', error_description: description }
    return { status: 401, challenge: bearer({ ...error, scope: 'books:read' }) }
  }

  /** @param {Record<string, string>} params */
  function bearer(params) {
    return { scheme: 'Bearer', resource_metadata: metadata, ...params }
  }
}

const accepted = { status: 200, challenge: undefined }
