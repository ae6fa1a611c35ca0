// @ts-check

/**
 * What is told beforehand, by the name of the check. What is `undefined` must not be there.
 *
 * @param {{ kind: import('./kinds.js').Kind, metadata: string, playground: string }} of -
 * `metadata`: where the challenge points to
 * @returns {Record<string, Record<string, unknown>>}
 */
export function expectations({ kind, metadata, playground }) {
  const actor =
    kind === 'machine'
      ? { principal: 'client', subject: 'north-shop' }
      : { principal: 'user', subject: 'ada' }

  return {
    'unregistered redirect URI': { status: 400, location: undefined },
    'scope of others': {
      status: kind === 'device' || kind === 'machine' ? 400 : 303,
      error: 'invalid_scope',
    },
    'wrong secret': { status: 401, error: 'invalid_client' },
    denied: { error: 'access_denied', tokens: undefined },
    'code without verifier': { status: 400, error: 'invalid_grant' },
    tokens: {
      scope: 'books:read',
      'refresh token': kind !== 'machine',
      'ID token': kind !== 'machine',
    },
    rotation: { scope: 'books:read', 'another refresh token': true },

    preflight: { status: 204, 'allowed origin': playground },
    whoami: { status: 200, ...actor, source: 'jwt' },
    resource: accepted,

    'no token': { status: 401, challenge: { scheme: 'Bearer', resource_metadata: metadata } },
    expired: invalidToken('The access token expired.'),
    'wrong audience': invalidToken('The access token is meant for another resource.'),
    'ID token': invalidToken('The token is not of the access token type.'),
    'missing scope': {
      status: 403,
      challenge: {
        scheme: 'Bearer',
        error: 'insufficient_scope',
        error_description: 'The access token lacks a required scope.',
        scope: 'shop:north:orders:read',
        resource_metadata: metadata,
      },
    },
    'scope granted': accepted,
    'opaque token': { status: 200, source: 'introspection' },
    'revoked grant': invalidToken('The access token is not active.'),
    outage: { status: 503, challenge: undefined, 'retry-after': '1' },
    'JWT during the outage': accepted,
    'after the outage': accepted,
    'refresh token used twice': { status: 400, error: 'invalid_grant' },
    'refresh token after that': { status: 400, error: 'invalid_grant' },
  }

  /** @param {string} description */
  function invalidToken(description) {
    return {
      status: 401,
      challenge: {
        scheme: 'Bearer',
        error: 'invalid_token',
        error_description: description,
        resource_metadata: metadata,
      },
    }
  }
}

const accepted = { status: 200, challenge: undefined }
