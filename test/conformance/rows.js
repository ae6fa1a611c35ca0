/**
 * What the specifications ask of a resource server, in few words of our own. A row is proved by the
 * tests that have its id in their title; one that needs no test says why (`reason`).
 */
export const sections = [
  {
    title: 'How credentials are presented',
    rows: [
      ['BX-1', 'MUST', 'takes the token from the Authorization header', 'RFC 6750 section 2.1'],
      [
        'BX-2',
        'MUST',
        'compares the scheme without case; one token68 after one or more spaces',
        'RFC 9110 section 11.1, OAuth 2.1 section 5.1.1',
      ],
      ['BX-3', 'MUST NOT', 'honours no token in the query string', 'OAuth 2.1 section 5.1'],
      [
        'BX-4',
        'MAY',
        'takes a token from a form body, under the conditions for it, if that is switched on',
        'RFC 6750 section 2.2',
      ],
      [
        'BX-5',
        'SHOULD',
        'answers 400 `invalid_request` to several methods, repetition and malformed credentials',
        'RFC 6750 section 3.1',
      ],
      ['BX-6', '', 'answers 400 to two Authorization headers', 'RFC 9449 section 7.2'],
      [
        'BX-7',
        'SHOULD',
        'marks responses to query tokens as private',
        'RFC 6750 section 2.3',
        { reason: 'Query tokens are never honoured, and no option makes them so (BX-3).' },
      ],
    ],
  },
  {
    title: 'Errors and challenges',
    rows: [
      [
        'ER-1',
        'MUST',
        'challenges with 401 when credentials are missing or the token is no good',
        'RFC 6750 section 3',
      ],
      ['ER-2', 'MUST', 'gives each challenge at least one parameter', 'RFC 6750 section 3'],
      ['ER-3', 'MUST NOT', 'repeats no parameter of a challenge', 'RFC 6750 section 3'],
      [
        'ER-4',
        'MUST NOT',
        'puts no character into a challenge that its grammar lacks',
        'RFC 6750 section 3',
      ],
      ['ER-5', 'SHOULD', 'gives no error code when nothing was presented', 'RFC 6750 section 3.1'],
      [
        'ER-6',
        'SHOULD',
        'answers 400, 401 and 403 to the three error codes',
        'RFC 6750 section 3.1',
      ],
      [
        'ER-7',
        'SHOULD',
        'gives an error code when a token was presented and refused',
        'RFC 6750 section 3.1',
      ],
      [
        'ER-8',
        '',
        'answers 503 with Retry-After, and no challenge, when nobody can tell',
        'RFC 9110 section 15.6.4',
      ],
      ['ER-9', '', 'lets scripts of other origins read its challenges', 'RFC 9449 section 7.1'],
    ],
  },
  {
    title: 'JWT access tokens',
    rows: [
      [
        'JT-1',
        'MUST',
        'demands the type `at+jwt`, compared as a media type',
        'RFC 9068 section 4, RFC 8725 section 3.11',
      ],
      [
        'JT-2',
        'MUST',
        'takes signed tokens only, never `none`; supports RS256',
        'RFC 9068 section 2.1, section 4',
      ],
      ['JT-3', 'MUST', 'demands the seven claims of the profile', 'RFC 9068 section 2.2'],
      ['JT-4', 'MUST', 'compares the issuer character by character', 'RFC 9068 section 4'],
      [
        'JT-5',
        'MUST',
        'demands itself in the audience',
        'RFC 9068 section 4, RFC 8725 section 3.9',
      ],
      [
        'JT-6',
        'MUST',
        'verifies with the keys of the authorization server and nothing else',
        'RFC 9068 section 4',
      ],
      ['JT-7', 'MUST', 'refuses expired tokens, with a small leeway at most', 'RFC 9068 section 4'],
      [
        'JT-8',
        'SHOULD',
        'decrypts where that was agreed, and then refuses what is not encrypted',
        'RFC 9068 section 4',
      ],
      ['JT-9', 'MUST', 'answers every failure with `invalid_token`', 'RFC 9068 section 4'],
      [
        'JT-10',
        'MUST',
        'has a list of algorithms, and uses a key for its own algorithm only',
        'RFC 8725 section 3.1',
      ],
      ['JT-11', 'MUST', 'never uses the key of one issuer for another', 'RFC 8725 section 3.8'],
      [
        'JT-12',
        'MUST',
        'takes `kid` for nothing but a name, and fetches no URL that a token names',
        'RFC 8725 section 3.10',
      ],
      ['JT-13', 'MUST', 'refuses characters that no JWT has', 'RFC 8725bis section 3.14'],
      [
        'JT-14',
        'SHOULD',
        'bounds the work that an encrypted token can cause',
        'RFC 8725bis section 3.13, section 3.15',
      ],
      ['JT-15', 'MUST', 'takes no other kind of JWT for an access token', 'RFC 8725 section 3.12'],
      [
        'JT-16',
        'MUST',
        'refuses critical headers that it does not know',
        'RFC 7515 section 4.1.11',
      ],
      ['JT-17', 'SHOULD', 'knows Ed25519 by its own name, and by EdDSA', 'RFC 9864'],
      [
        'JT-18',
        'SHOULD',
        'chooses among keys of one `kid` by algorithm, use, type and curve',
        'FAPI 2.0 section 5.4',
      ],
      [
        'JT-19',
        'MUST',
        'tells the subject of a user from the id of a client',
        'RFC 9700 section 4.15',
      ],
    ],
  },
  {
    title: 'Introspection',
    rows: [
      [
        'IN-1',
        'MUST',
        'asks by POST, authenticates itself, over TLS that it checks',
        'RFC 7662 section 2.1, section 4',
      ],
      ['IN-2', 'MUST', 'takes nothing but the boolean `true` for active', 'RFC 7662 section 2.2'],
      [
        'IN-3',
        '',
        'tells an inactive token from an endpoint that refuses the resource server',
        'RFC 7662 section 2.2, section 2.3',
      ],
      ['IN-4', 'MUST NOT', 'keeps no answer beyond the expiry of the token', 'RFC 7662 section 4'],
      [
        'IN-5',
        'MAY',
        'keeps answers for a time that can be set, also to none',
        'RFC 7662 section 4',
      ],
      [
        'IN-6',
        'SHOULD',
        'checks audience, issuer, times, type and confirmation that an answer names',
        'RFC 7662 section 4, RFC 9700 section 2.3',
      ],
      ['IN-7', '', 'signs client assertions for the issuer, as the only audience', 'rfc7523bis'],
      [
        'IN-8',
        '',
        'asks for and verifies signed answers, and takes none for an access token',
        'RFC 9701 section 4, section 5, section 8.1',
      ],
    ],
  },
  {
    title: 'Protected resource metadata',
    rows: [
      [
        'PR-1',
        'MUST',
        'serves the document at the well-known path between host and path',
        'RFC 9728 section 3.1',
      ],
      [
        'PR-2',
        'MUST',
        'answers GET with JSON, and leaves out what is empty',
        'RFC 9728 section 3.1, section 3.2',
      ],
      ['PR-3', 'MUST', 'names itself by an https URL without a fragment', 'RFC 9728 section 2'],
      [
        'PR-4',
        'MUST',
        'names the very resource that the URL was made from',
        'RFC 9728 section 3.3',
      ],
      ['PR-5', 'MAY', 'points to the document in its challenges', 'RFC 9728 section 5.1'],
      ['PR-6', 'SHOULD', 'says how long the document may be kept', 'RFC 9728 section 7.10'],
      ['PR-7', '', 'serves signed metadata that the application gives it', 'RFC 9728 section 2.2'],
    ],
  },
  {
    title: 'Step-up authentication',
    rows: [
      [
        'SU-1',
        '',
        'answers 401 `insufficient_user_authentication` in the scheme that was used',
        'RFC 9470 section 3',
      ],
      ['SU-2', '', 'takes any one of the classes that it asks for', 'RFC 9470 section 3'],
      ['SU-3', '', 'asks for class, age and lacking scope in one challenge', 'RFC 9470 section 3'],
      [
        'SU-4',
        '',
        'judges `acr` and `auth_time` of JWTs and of introspection, and takes none for met when they are missing',
        'RFC 9470 section 6.1, section 6.2',
      ],
    ],
  },
  {
    title: 'Authorization details',
    rows: [
      [
        'RAR-1',
        '',
        'demands the authorization details that a route requires, of JWTs and of introspection',
        'RFC 9396 section 9, section 10',
      ],
    ],
  },
  {
    title: 'Best current practice',
    rows: [
      [
        'B-1',
        'MUST',
        'refuses tokens that are meant for others, on every request',
        'RFC 9700 section 2.3',
      ],
      ['B-2', 'SHOULD', 'binds tokens to their senders', 'RFC 9700 section 2.2'],
      ['B-3', '', 'keeps tokens secret, and stores none', 'RFC 9700 section 4.9.3'],
      [
        'B-4',
        '',
        'removes identity headers that clients made up',
        'RFC 9700 section 4.13',
        {
          reason:
            'The middleware reads no identity header. The gateway, which writes them, comes in a later version.',
        },
      ],
    ],
  },
  {
    title: 'DPoP',
    rows: [
      ['DP-1', 'MUST', 'takes one DPoP header field, and no more', 'RFC 9449 section 4.3, check 1'],
      [
        'DP-2',
        'MUST',
        'takes a single well-formed JWT for a proof',
        'RFC 9449 section 4.3, check 2',
      ],
      [
        'DP-3',
        'MUST',
        'demands `jti`, `htm`, `htu`, `iat`, `ath`, and the nonce where one was supplied',
        'RFC 9449 section 4.3, check 3',
      ],
      ['DP-4', 'MUST', 'demands `typ: dpop+jwt`', 'RFC 9449 section 4.3, check 4'],
      [
        'DP-5',
        'MUST',
        'accepts asymmetric algorithms that are configured, and never `none`',
        'RFC 9449 section 4.3, check 5',
      ],
      [
        'DP-6',
        'MUST',
        'verifies the signature with the key in `jwk`',
        'RFC 9449 section 4.3, check 6',
      ],
      ['DP-7', 'MUST', 'refuses a `jwk` with a private key', 'RFC 9449 section 4.3, check 7'],
      ['DP-8', 'MUST', 'compares `htm` with the method, by case', 'RFC 9449 section 4.3, check 8'],
      [
        'DP-9',
        'MUST',
        'compares `htu` with the URI of the request, query and fragment apart',
        'RFC 9449 section 4.3, check 9',
      ],
      ['DP-10', 'MUST', 'demands the nonce that it supplied', 'RFC 9449 section 4.3, check 10'],
      ['DP-11', 'MUST', 'demands a time within the window', 'RFC 9449 section 4.3, check 11'],
      [
        'DP-12',
        'MUST',
        'demands the hash of the token in `ath`, and the key that the token is bound to',
        'RFC 9449 section 4.3, check 12',
      ],
      ['DP-13', 'SHOULD', 'normalises `htu` by syntax and scheme', 'RFC 9449 section 4.3'],
      [
        'DP-14',
        'MUST',
        'tells bound tokens by `cnf`, in JWT and introspection',
        'RFC 9449 section 6',
      ],
      [
        'DP-15',
        'MUST',
        'grants nothing to `Authorization: DPoP` without a good proof of the key',
        'RFC 9449 section 7.1',
      ],
      [
        'DP-16',
        '',
        'challenges with the scheme `DPoP`, the error and `algs`',
        'RFC 9449 section 7.1',
      ],
      ['DP-17', 'MUST', 'refuses a bound token that is sent as Bearer', 'RFC 9449 section 7.2'],
      [
        'DP-18',
        'SHOULD',
        'tells of the error in the scheme that was used, and of none where nothing was sent',
        'RFC 9449 section 7.2',
      ],
      ['DP-19', 'MUST NOT', 'uses DPoP with Proxy-Authorization', 'RFC 9449 section 7.1'],
      [
        'DP-20',
        'MUST',
        'asks for a nonce with 401 `use_dpop_nonce` and exactly one that cannot be predicted',
        'RFC 9449 section 8, section 9',
      ],
      [
        'DP-21',
        'SHOULD',
        'marks responses with a nonce as not to be stored',
        'RFC 9449 section 8.2',
      ],
      [
        'DP-22',
        'MUST NOT',
        'accepts a proof without nonce once one was supplied',
        'RFC 9449 section 11.3',
      ],
      [
        'DP-23',
        'MUST',
        'accepts a proof for a short time, once, with a `jti` of bounded size',
        'RFC 9449 section 11.1',
      ],
      [
        'DP-24',
        'MUST',
        'takes no other JWT and none without a signature for a proof',
        'RFC 9449 section 11.5, section 11.6',
      ],
      [
        'DP-25',
        '',
        'accepts an `iat` within 10 seconds either side; judges `exp` and `nbf` where present',
        'FAPI 2.0 conformance suite',
      ],
    ],
  },
  {
    title: 'Mutual TLS',
    rows: [
      [
        'MT-1',
        'MUST',
        'compares the certificate of the TLS layer with `x5t#S256`',
        'RFC 8705 section 3, section 3.1, section 3.2',
      ],
      ['MT-2', 'MUST', 'answers 401 `invalid_token` where it is another', 'RFC 8705 section 3'],
      [
        'MT-3',
        'MUST',
        'gets certificates from a terminating proxy that overwrites what clients send',
        'RFC 8705 section 6.5, RFC 9440 section 2.4',
      ],
      ['MT-4', '', 'believes the header field of configured peers alone', 'RFC 9440 section 4'],
    ],
  },
]

/** Asked too, and not built yet. */
export const later = [
  ['F-1 to F-8', 'the FAPI 2.0 security profile', 'FAPI 2.0 section 5.3.4, section 5.4.1'],
]
