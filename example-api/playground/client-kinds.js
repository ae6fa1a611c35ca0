// @ts-check

/**
 * The kinds of client that a person can choose from. Each is registered twice: one gets JWTs, the
 * other opaque tokens.
 *
 * @typedef {object} ClientKind
 * @property {string} id
 * @property {string} name
 * @property {string} what
 * @property {string} jwt - the client that gets JWTs
 * @property {string} opaque - the client that gets opaque tokens
 *
 * @type {readonly ClientKind[]}
 */
export const clientKinds = [
  {
    id: 'browser',
    name: 'Browser app',
    what: 'Runs in this page. Public: it can keep no secret, so PKCE proves who began.',
    jwt: 'browser',
    opaque: 'browser-opaque',
  },
  {
    id: 'dpop',
    name: 'App with a key',
    what: 'In this page too. Its tokens are bound to a key that nobody can read (DPoP).',
    jwt: 'dpop',
    opaque: 'dpop-opaque',
  },
  {
    id: 'web',
    name: 'Web server',
    what: 'Runs on a server, which keeps a client secret and takes the code.',
    jwt: 'web',
    opaque: 'web-opaque',
  },
  {
    id: 'native',
    name: 'Native app',
    what: 'On a phone or desktop. Opens the browser, and waits on a loopback address.',
    jwt: 'native',
    opaque: 'native-opaque',
  },
  {
    id: 'device',
    name: 'Device',
    what: 'A TV without a keyboard: shows a code that is entered elsewhere.',
    jwt: 'device',
    opaque: 'device-opaque',
  },
  {
    id: 'machine',
    name: 'Machine',
    what: 'No person at all: the client asks on its own behalf.',
    jwt: 'head-office',
    opaque: 'south-shop',
  },
]
