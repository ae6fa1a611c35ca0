import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it, jest } from '@jest/globals'
import * as v from 'valibot'
import { ConfigurationError } from '../lib/errors/configuration-error.ts'
import { algorithms } from '../lib/jws/algorithms.ts'
import type { IssuerSettings } from '../lib/options/issuer-options.ts'
import { issuerSettings } from '../lib/options/issuer-settings.ts'
import type {
  IssuerLookup,
  ResourceServerSettings,
} from '../lib/options/resource-server-options.ts'
import { resourceServerSettings } from '../lib/options/resource-server-settings.ts'
import { isScopeToken } from '../lib/options/scope-token.ts'
import * as tls from './fixtures/tls.ts'

const resource = 'https://api.example.com'
const issuer = 'https://as.example.com'
const secret = 'tiger-7f3a'
const client = { method: 'client_secret_basic', clientId: 'api', clientSecret: secret }
const introspection = { client }

const { authority } = tls
const clientCertificate = { cert: tls.clientCertificate, key: tls.clientKey }

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicKey = ec.publicKey.export({ format: 'jwk' })
const privateKey = ec.privateKey.export({ format: 'jwk' })

type Given = Record<string, unknown>

/** The settings of one issuer, with these options beside its `issuer`. */
function issuerWith(options: Given, top: Given = {}): IssuerSettings {
  const { issuers } = settingsWith({ issuers: [{ issuer, ...options }], ...top })
  return (issuers as readonly IssuerSettings[])[0]!
}

function settingsWith(options: Given = {}): ResourceServerSettings {
  return resourceServerSettings({ resource, issuers: { issuer }, ...options })
}

/** The `ConfigurationError` that options raise. */
function fault(options: unknown): ConfigurationError {
  try {
    resourceServerSettings(options)
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error
    }
    throw error
  }
  throw new Error(`accepted: ${inspect(options)}`)
}

function topFault(options: Given): ConfigurationError {
  return fault({ resource, issuers: [{ issuer }], ...options })
}

function issuerFault(options: Given, top: Given = {}): ConfigurationError {
  return fault({ resource, issuers: [{ issuer, ...options }], ...top })
}

function clientFault(options: unknown, top: Given = {}): ConfigurationError {
  return issuerFault({ introspection: { client: options } }, top)
}

describe('settings', () => {
  it('are complete when only the resource and an issuer are given', () => {
    const settings = settingsWith()
    expect(settings).toMatchObject({
      resource,
      scopesSupported: undefined,
      claims: undefined,
      credentials: { formBody: false, maxTokenBytes: 8192 },
      cache: {
        maxEntries: 10_000,
        maxAgeMs: 300_000,
        introspectionMaxAgeMs: 30_000,
        negativeMaxAgeMs: 10_000,
      },
      keys: { coolDownMs: 30_000, maxAgeMs: 600_000, staleMs: 3_600_000 },
      errors: 'respond',
      verifyIn: 'main',
      metadataUrl: undefined,
    })
    expect(settings.clock()).toBeCloseTo(Date.now(), -4)
    expect(settings.issuers).toMatchObject([
      {
        issuer,
        audiences: [resource],
        resource,
        clients: undefined,
        jwt: {
          profile: 'rfc9068',
          algorithms: new Set(Object.keys(algorithms)),
          decryptionKeys: [],
          keys: 'discovered',
          clockToleranceMs: 5000,
        },
        introspection: undefined,
        opaquePrefixes: [],
        accessClaims: ['scope', 'scp', 'roles'],
        scopeClaims: ['scope', 'scp'],
        principalFrom: undefined,
        http: { timeoutMs: 5000, insecureHosts: [] },
        discovery: { metadataUrl: undefined },
      },
    ])
    expect(issuerWith({ introspection }).introspection).toEqual({
      endpoint: 'discovered',
      client: { ...client, encoding: 'form' },
      audience: 'unless-typed',
      signedResponse: false,
      answerAlgorithms: new Set(Object.keys(algorithms)),
      timeoutMs: 2000,
      maxConcurrent: 64,
      breaker: { failures: 5, windowMs: 10_000, openMs: 30_000 },
      tokenShape: undefined,
    })
  })

  it('take undefined members for absent ones', () => {
    const settings = settingsWith({
      cache: { maxEntries: undefined, maxAgeSeconds: undefined },
      keys: undefined,
      scopeHierarchy: undefined,
      scopesSupported: undefined,
      claims: undefined,
      http: { ca: undefined, fetch: undefined },
      log: undefined,
      issuers: { issuer, audience: undefined, jwt: undefined, introspection: undefined },
    })
    expect(settings.cache).toEqual(settingsWith().cache)
    expect(settings.keys).toEqual(settingsWith().keys)
    expect((settings.issuers as IssuerSettings[])[0]!.jwt).toEqual(issuerWith({}).jwt)
  })

  it.each([
    ['resource', { resource: null }],
    ['issuers', { issuers: null }],
    ['cache', { cache: null }],
    ['cache.maxEntries', { cache: { maxEntries: null } }],
    ['http', { http: null }],
    ['scopeHierarchy', { scopeHierarchy: null }],
    ['claims', { claims: null }],
    ['log', { log: null }],
    ['clock', { clock: null }],
    ['issuers[0].audience', { issuers: [{ issuer, audience: null }] }],
    ['issuers[0].jwt', { issuers: [{ issuer, jwt: null }] }],
    ['issuers[0].jwt.keys', { issuers: [{ issuer, jwt: { keys: null } }] }],
    ['issuers[0].introspection', { issuers: [{ issuer, introspection: null }] }],
    ['issuers[0].discovery', { issuers: [{ issuer, discovery: null }] }],
    ['issuers[0].http', { issuers: [{ issuer, http: null }] }],
    ['issuers[0].scopesFrom', { issuers: [{ issuer, scopesFrom: null }] }],
  ])('never take null for an absent %s', (path, options) => {
    const error = topFault(options)
    expect(error.option).toBe(path)
    expect(error.message).toMatch(/ not null\.$/)
  })

  it('carry what was given, durations in milliseconds', () => {
    const clock = () => 1_700_000_000_007
    const log = jest.fn()
    const settings = settingsWith({
      scopesSupported: ['a', 'b'],
      credentials: { formBody: true, maxTokenBytes: 256 },
      cache: {
        maxEntries: 1,
        maxAgeSeconds: 1.5,
        introspectionMaxAgeSeconds: 0,
        negativeMaxAgeSeconds: 2,
      },
      keys: { coolDownSeconds: 1, maxAgeSeconds: 2, staleSeconds: 0 },
      errors: 'forward',
      metadataUrl: 'https://www.example.com/metadata',
      clock,
      log,
    })
    expect(settings).toMatchObject({
      scopesSupported: ['a', 'b'],
      credentials: { formBody: true, maxTokenBytes: 256 },
      cache: { maxEntries: 1, maxAgeMs: 1500, introspectionMaxAgeMs: 0, negativeMaxAgeMs: 2000 },
      keys: { coolDownMs: 1000, maxAgeMs: 2000, staleMs: 0 },
      errors: 'forward',
      metadataUrl: 'https://www.example.com/metadata',
      clock,
    })
    const record = { level: 'info', code: 'preflight', message: 'x', details: {} } as const
    settings.log(record)
    expect(log).toHaveBeenCalledWith(record)
  })

  it('are frozen through and through, and leave what was given unfrozen', () => {
    const claims = v.looseObject({})
    const jwks = { keys: [{ ...publicKey, key_ops: ['verify'] }] }
    const options = {
      resource,
      scopesSupported: ['a'],
      claims,
      http: { ca: [authority], insecureHosts: ['as'], clientCertificate },
      issuers: [
        {
          issuer,
          audience: ['x'],
          clients: ['c'],
          jwt: { keys: { jwks }, decryptionKeys: [privateKey] },
          introspection: {
            client: { method: 'private_key_jwt', clientId: 'c', key: { ...privateKey } },
          },
          opaquePrefixes: ['p'],
        },
      ],
    }
    const settings = resourceServerSettings(options)
    expect(unfrozen(settings)).toEqual([])
    expect(Object.isFrozen(claims)).toBe(false)
    expect(unfrozen(options)).toContain('.issuers.0.jwt.keys.jwks.keys.0.key_ops')
    jwks.keys.pop()
    const [first] = settings.issuers as readonly IssuerSettings[]
    expect(first!.jwt!.keys).toEqual({
      jwks: { keys: [{ ...publicKey, key_ops: ['verify'] }] },
    })
  })

  it('cannot be had from what is no object of options', () => {
    for (const options of [undefined, null, 'https://api.example.com', 7, [], () => ({})]) {
      expect(fault(options)).toMatchObject({ option: '', code: 'invalid_configuration' })
    }
    expect(fault(undefined).message).toBe('the options must be an object, not undefined.')
    expect(topFault({ cache: [] }).message).toBe('cache: must be an object, not an empty array.')
    expect(topFault({ cache: new Map() }).message).toBe('cache: must be an object, not an object.')
  })
})

/** The paths of all objects in a value that are not frozen, apart from schemas, sets and functions. */
function unfrozen(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Set || '~run' in value) {
    return []
  }
  const inner = Object.entries(value).flatMap(([name, member]) =>
    unfrozen(member, `${path}.${name}`),
  )
  return Object.isFrozen(value) ? inner : [path, ...inner]
}

describe('an unknown option', () => {
  it.each([
    [{ resorce: resource }, 'resorce', 'Did you mean `resource`?'],
    [{ issuer }, 'issuer', 'Did you mean `issuers`?'],
    [{ scopes_supported: [] }, 'scopes_supported', 'Did you mean `scopesSupported`?'],
    [{ cache: { maxAge: 1 } }, 'cache.maxAge', 'Known here: maxEntries, maxAgeSeconds'],
    [{ jwtProfile: 'plain' }, 'jwtProfile', 'there is no such option.'],
    [
      { issuers: { issuer: 'https://as.test', profile: 'plain' } },
      'issuers.profile',
      'Use `issuers[].jwt.profile`',
    ],
    [{ keys: { coolDownSeconds: 0 } }, 'keys.coolDownSeconds', 'a number of seconds, 1 or more'],
    [{ keys: { cooldownSeconds: 1 } }, 'keys.cooldownSeconds', 'Did you mean `coolDownSeconds`?'],
    [{ http: { timeout: 1 } }, 'http.timeout', 'Did you mean `timeoutMs`?'],
    [{ audience: 'x' }, 'audience', 'Use `issuers[].audience`.'],
    [{ issuerBaseURL: issuer }, 'issuerBaseURL', 'Use `issuers[].issuer`.'],
    [{ jwksUri: issuer }, 'jwksUri', 'Use `issuers[].jwt.keys.uri`.'],
    [{ secret }, 'secret', 'Shared secrets (HS256) are not accepted'],
    [{ clockTolerance: 5 }, 'clockTolerance', 'Use `issuers[].jwt.clockToleranceSeconds`.'],
    [{ zebra: 1 }, 'zebra', 'Known here: resource, publicUrl, profile, issuers,'],
    [{ 'x y': 1 }, '["x y"]', 'there is no such option.'],
    [{ profile: 'plain' }, 'profile', '(that of JWTs is `issuers[].jwt.profile`), not "plain".'],
    [{ hierarchy: {} }, 'hierarchy', 'Did you mean `scopeHierarchy`?'],
  ])('is named with its path, and answered with what to use: %j', (options, path, message) => {
    const error = topFault(options)
    expect(error.option).toBe(path)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(secret)
  })

  it.each([
    [{ jwt: { algorithm: ['RS256'] } }, 'jwt.algorithm', 'Did you mean `algorithms`?'],
    [{ jwt: { keys: { url: issuer } } }, 'jwt.keys.url', 'Did you mean `uri`?'],
    [{ jwt: { audience: 'x' } }, 'jwt.audience', 'Use `issuers[].audience`.'],
    [{ discovery: { metadataURL: issuer } }, 'discovery.metadataURL', 'Did you mean `metadataUrl`'],
    [{ introspection: { client, clientId: 'x' } }, 'introspection.clientId', '.client.clientId`.'],
    [
      { introspection: { client: { ...client, secret } } },
      'introspection.client.secret',
      'Shared secrets (HS256)',
    ],
    [{ opaquePrefix: ['x'] }, 'opaquePrefix', 'Did you mean `opaquePrefixes`?'],
  ])('of an issuer likewise: %j', (options, path, message) => {
    const error = issuerFault(options)
    expect(error.option).toBe(`issuers[0].${path}`)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(secret)
  })

  it('is reported before what is missing or wrong beside it', () => {
    expect(fault({ resourse: resource }).option).toBe('resourse')
    expect(topFault({ cache: { maxAgeSeconds: -1, maxEntry: 5 } }).option).toBe('cache.maxEntry')
  })

  it('is found among the own members that Object.prototype has too', () => {
    const polluted = JSON.parse(`{"resource": "${resource}", "issuers": {}, "__proto__": {}}`)
    expect(fault(polluted).option).toBe('__proto__')
    expect(topFault({ constructor: 1 }).option).toBe('constructor')
    expect(topFault({ toString: 1 }).option).toBe('toString')
  })
})

describe('a wrong value', () => {
  it.each([
    [{ verifyIn: 'worker' }, 'verifyIn', 'must be "main" or "pool", not "worker".'],
    [{ errors: 'throw' }, 'errors', 'must be "respond" or "forward", not "throw".'],
    [{ credentials: { formBody: 'yes' } }, 'credentials.formBody', 'true or false, not "yes".'],
    [{ credentials: { maxTokenBytes: 255 } }, 'credentials.maxTokenBytes', 'from 256 to 65536'],
    [{ credentials: { maxTokenBytes: 65_537 } }, 'credentials.maxTokenBytes', 'not 65537.'],
    [{ cache: { maxEntries: 0 } }, 'cache.maxEntries', 'from 1 to 10000000, not 0.'],
    [{ cache: { maxEntries: 1.5 } }, 'cache.maxEntries', 'a whole number'],
    [{ cache: { maxEntries: '10' } }, 'cache.maxEntries', 'not "10".'],
    [{ cache: { maxAgeSeconds: -1 } }, 'cache.maxAgeSeconds', '0 or more, not -1.'],
    [{ cache: { maxAgeSeconds: Number.NaN } }, 'cache.maxAgeSeconds', 'not NaN.'],
    [{ cache: { negativeMaxAgeSeconds: Infinity } }, 'cache.negativeMaxAgeSeconds', 'finite'],
    [{ keys: { staleSeconds: 10n } }, 'keys.staleSeconds', 'not a bigint.'],
    [{ cache: { staleSeconds: -1 } }, 'cache.staleSeconds', '0 or more, not -1.'],
    [
      { cache: { staleSeconds: 1, introspectionMaxAgeSeconds: 0 } },
      'cache.staleSeconds',
      'needs `introspectionMaxAgeSeconds` above 0',
    ],
    [{ http: { timeoutMs: 0 } }, 'http.timeoutMs', 'of milliseconds from 1'],
    [{ http: { timeoutMs: 2 ** 31 } }, 'http.timeoutMs', 'to 2147483647'],
    [{ http: { fetch: true } }, 'http.fetch', 'must be a function, not true.'],
    [{ log: console }, 'log', 'must be a function, not an object.'],
    [{ clock: 5 }, 'clock', 'must be a function, not 5.'],
    [{ clock: () => 1_700_000_000 }, 'clock', 'must give the milliseconds since 1970'],
    [{ clock: () => Number.NaN }, 'clock', 'not NaN.'],
    [{ clock: () => Infinity }, 'clock', 'not Infinity.'],
    [{ clock: () => new Date() }, 'clock', 'not an object.'],
    [{ claims: { parse: () => 1 } }, 'claims', 'Standard Schema specification'],
    [{ claims: 'Claims' }, 'claims', 'Standard Schema specification'],
    [{ scopesSupported: ['a', 'b c'] }, 'scopesSupported[1]', 'one scope-token'],
    [{ scopesSupported: [] }, 'scopesSupported', 'not an empty array.'],
    [{ scopesSupported: 'a b' }, 'scopesSupported', 'not "a b".'],
    [{ issuers: [] }, 'issuers', 'not an empty array.'],
    [{ issuers: issuer }, 'issuers', 'must be an object, not a string.'],
    [{ issuers: [issuer] }, 'issuers[0]', 'must be an object, not a string.'],
    [{ issuers: undefined }, 'issuers', 'is required'],
    [{ issuers: {} }, 'issuers.issuer', 'is required: must be a non-empty string.'],
  ])('is named with its path, its kind and the rule: %p', (options, path, message) => {
    const error = topFault(options)
    expect(error.option).toBe(path)
    expect(error.message).toContain(message)
  })

  it.each([
    [{ audience: '' }, 'audience', 'not an empty string.'],
    [{ audience: [] }, 'audience', 'not an empty array.'],
    [{ audience: ['x', ''] }, 'audience', 'not an array.'],
    [{ audience: 'none' }, 'audience', '"none" needs `clients`'],
    [{ audience: ['none'], clients: ['c'] }, 'audience', 'stands alone'],
    [{ clients: [] }, 'clients', 'not an empty array.'],
    [{ clients: 'c' }, 'clients', 'not "c".'],
    [{ scopesFrom: 'scope' }, 'scopesFrom', 'not "scope".'],
    [{ rolesFrom: [] }, 'rolesFrom', 'not an empty array.'],
    [{ principalFrom: 'sub' }, 'principalFrom', 'must be a function'],
    [{ jwt: true }, 'jwt', 'must be an object or false, not true.'],
    [{ jwt: { profile: 'oidc' } }, 'jwt.profile', '"rfc9068" or "plain", not "oidc".'],
    [{ jwt: { algorithms: [] } }, 'jwt.algorithms', 'not an empty array.'],
    [{ jwt: { algorithms: 'RS256' } }, 'jwt.algorithms', 'not "RS256".'],
    [{ jwt: { algorithms: ['none'] } }, 'jwt.algorithms[0]', 'must be signed'],
    [{ jwt: { algorithms: ['ES256', 'HS256'] } }, 'jwt.algorithms[1]', 'shared secret can also'],
    [{ jwt: { algorithms: ['rs256'] } }, 'jwt.algorithms[0]', 'Did you mean "RS256"?'],
    [{ jwt: { algorithms: ['constructor'] } }, 'jwt.algorithms[0]', 'must be one of RS256, RS384'],
    [{ jwt: { algorithms: [7] } }, 'jwt.algorithms[0]', 'not 7.'],
    [{ jwt: { clockToleranceSeconds: 5000 } }, 'jwt.clockToleranceSeconds', 'from 0 to 600'],
    [{ jwt: { clockToleranceSeconds: -1 } }, 'jwt.clockToleranceSeconds', 'not -1.'],
    [{ jwt: { keys: {} } }, 'jwt.keys', 'either `jwks` or `uri`, and has neither'],
    [{ jwt: { keys: { uri: issuer, jwks: { keys: [publicKey] } } } }, 'jwt.keys', 'has both'],
    [{ jwt: { keys: { uri: 'http://as.example.com' } } }, 'jwt.keys.uri', 'absolute https URL'],
    [{ jwt: { keys: { jwks: [] } } }, 'jwt.keys.jwks', 'JSON Web Key Set'],
    [{ jwt: { keys: { jwks: { keys: [] } } } }, 'jwt.keys.jwks', 'an object whose `keys`'],
    [{ jwt: false }, 'introspection', 'is required where `jwt` is false'],
    [{ introspection: {} }, 'introspection.client', 'is required'],
    [
      { introspection: { client, audience: 'no' } },
      'introspection.audience',
      '"unless-typed" or "when-present" or',
    ],
    [{ introspection: { client, endpoint: '/me' } }, 'introspection.endpoint', 'absolute https'],
    [{ introspection: { client, signedResponse: 1 } }, 'introspection.signedResponse', 'not 1.'],
    [{ introspection: { client, timeoutMs: 0 } }, 'introspection.timeoutMs', 'not 0.'],
    [
      { introspection: { client, maxConcurrent: 0 } },
      'introspection.maxConcurrent',
      'from 1 to 64',
    ],
    [{ introspection: { client, maxConcurrent: 65 } }, 'introspection.maxConcurrent', 'not 65.'],
    [{ introspection: { client, breaker: true } }, 'introspection.breaker', 'an object or false'],
    [{ introspection: { client, breaker: null } }, 'introspection.breaker', 'an object or false'],
    ...[
      [{ failures: 0 }, 'failures', 'from 1 to 1000, not 0.'],
      [{ windowSeconds: 0 }, 'windowSeconds', 'from 1 to 600, not 0.'],
      [{ openSeconds: 301 }, 'openSeconds', 'from 1 to 300, not 301.'],
      [{ failure: 3 }, 'failure', 'Did you mean `failures`?'],
    ].map(
      ([breaker, name, message]) =>
        [
          { introspection: { client, breaker } },
          `introspection.breaker.${name}`,
          message as string,
        ] as const,
    ),
    ...[
      [{}, '', 'says nothing of the tokens'],
      [{ prefix: '' }, '.prefix', 'the beginning of a token'],
      [{ prefix: 'a=' }, '.prefix', 'the beginning of a token'],
      [{ minLength: 0 }, '.minLength', 'not 0.'],
      [{ minLength: 9, maxLength: 8 }, '.maxLength', 'no token would fit'],
      [{ prefix: 'abc', maxLength: 2 }, '.maxLength', 'no token would fit'],
      [{ alphabet: 'base62' }, '.alphabet', 'or { characters }, not "base62".'],
      [{ alphabet: 'toString' }, '.alphabet', 'or { characters }'],
      [{ alphabet: { characters: '' } }, '.alphabet.characters', 'characters of a token'],
      [{ alphabet: { characters: 'a b' } }, '.alphabet.characters', 'characters of a token'],
    ].map(
      ([tokenShape, name, message]) =>
        [
          { introspection: { client, tokenShape } },
          `introspection.tokenShape${name}`,
          message as string,
        ] as const,
    ),
    [
      { opaquePrefixes: ['b_', 'c_'], introspection: { client, tokenShape: { prefix: 'a_' } } },
      'introspection.tokenShape.prefix',
      'fits none of `opaquePrefixes`',
    ],
    [{ discovery: true }, 'discovery', 'must be an object or false, not true.'],
    [{ discovery: { metadataUrl: 'x' } }, 'discovery.metadataUrl', 'absolute https URL'],
    [{ opaquePrefixes: ['x'] }, 'opaquePrefixes', 'needs `introspection`'],
    [{ opaquePrefixes: [''], introspection }, 'opaquePrefixes[0]', 'the beginning of a token'],
    [{ opaquePrefixes: ['a b'], introspection }, 'opaquePrefixes[0]', 'the beginning of a token'],
    [{ opaquePrefixes: [], introspection }, 'opaquePrefixes', 'not an empty array.'],
  ])('of an issuer likewise: %j', (options, path, message) => {
    const error = issuerFault(options)
    expect(error.option).toBe(`issuers[0].${path}`)
    expect(error.message).toContain(message)
  })
})

describe('a misspelt value', () => {
  it.each([
    [
      { errors: 'foward' },
      'errors',
      '"respond" or "forward", not "foward". Did you mean "forward"?',
    ],
    [{ verifyIn: 'pol' }, 'verifyIn', '"main" or "pool", not "pol". Did you mean "pool"?'],
    [{ verifyIn: 'Main' }, 'verifyIn', 'Did you mean "main"?'],
    [{ jwt: { profile: 'rfc9086' } }, 'jwt.profile', 'not "rfc9086". Did you mean "rfc9068"?'],
    [{ jwt: { profile: 'RFC_9068' } }, 'jwt.profile', 'Did you mean "rfc9068"?'],
    [
      { jwt: { algorithms: ['RS265'] } },
      'jwt.algorithms[0]',
      'must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, Ed25519, EdDSA, not "RS265". Did you mean "RS256"?',
    ],
    [{ jwt: { algorithms: ['ES256', 'eddsa'] } }, 'jwt.algorithms[1]', 'Did you mean "EdDSA"?'],
    [
      { introspection: { client, audience: 'typed' } },
      'introspection.audience',
      'Did you mean "unless-typed"?',
    ],
    [
      { introspection: { client: { ...client, method: 'client_secret_basik' } } },
      'introspection.client.method',
      'not "client_secret_basik". Did you mean "client_secret_basic"?',
    ],
    [
      { introspection: { client: { ...client, method: 'basic' } } },
      'introspection.client.method',
      'not "basic". Did you mean "client_secret_basic"?',
    ],
    [
      { introspection: { client: { ...client, method: 'secret-post' } } },
      'introspection.client.method',
      'Did you mean "client_secret_post"?',
    ],
    [
      { introspection: { client: { ...client, method: 'jwt' } } },
      'introspection.client.method',
      'Did you mean "private_key_jwt"?',
    ],
    [
      { introspection: { client: { ...client, method: 'client_secret_jwt' } } },
      'introspection.client.method',
      'use "private_key_jwt", or "client_secret_basic" with the same secret.',
    ],
    [
      { introspection: { client: { ...client, encoding: 'from' } } },
      'introspection.client.encoding',
      'not "from". Did you mean "form"?',
    ],
    [
      {
        introspection: {
          client: {
            method: 'private_key_jwt',
            clientId: 'c',
            key: privateKey,
            algorithm: 'ES-256',
          },
        },
      },
      'introspection.client.algorithm',
      'not "ES-256". Did you mean "ES256"?',
    ],
  ])('is answered with the one that was meant: %j', (options, path, message) => {
    const ofIssuer = 'jwt' in options || 'introspection' in options
    const error = ofIssuer ? issuerFault(options) : topFault(options)
    expect(error.option).toBe(ofIssuer ? `issuers[0].${path}` : path)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(secret)
  })

  it.each([
    [{ errors: 'throw' }, 'must be "respond" or "forward", not "throw".'],
    [{ errors: 'or' }, 'must be "respond" or "forward", not "or".'],
    [{ errors: '' }, 'must be "respond" or "forward", not an empty string.'],
    [{ errors: ['forward'] }, 'must be "respond" or "forward", not an array.'],
    [{ verifyIn: 'worker' }, 'must be "main" or "pool", not "worker".'],
  ])('that could be anything is answered with what there is: %j', (options, message) => {
    expect(topFault(options).message).toMatch(new RegExp(`: ${message}$`))
  })

  it('that could be several is answered with what there is', () => {
    for (const method of ['client_secret', 'secret']) {
      const { message } = clientFault({ ...client, method })
      expect(message).toMatch(new RegExp(` or "bearer", not "${method}"\\.$`))
    }
  })

  it('that may be a secret is not repeated', () => {
    const misplaced = `${secret} client_secret_basic`
    expect(clientFault({ ...client, method: misplaced }).message).toMatch(/not a string\./)
    expect(clientFault({ ...client, method: misplaced }).message).not.toContain(secret)
  })
})

describe('URLs', () => {
  it.each([
    'https://api.example.com',
    'https://api.example.com/a/b?c=d',
    'https://API.example.com:8443/%C3%A9',
    'http://localhost:3000',
    'http://api.localhost',
    'http://127.0.0.1:8080/x',
    'http://127.9.9.9',
    'http://[::1]:8080',
  ])('PR-3: %s can be a resource (RFC 9728 section 1.2)', (url) => {
    expect(settingsWith({ resource: url }).resource).toBe(url)
  })

  it.each([
    'api',
    'api.example.com',
    '/api',
    'urn:example:api',
    'ftp://api.example.com',
    'http://api.example.com',
    'http://localhost.example.com',
    'http://128.0.0.1',
    'https://',
    'https:api.example.com',
    'https:///api.example.com',
    'https:\\\\api.example.com',
    'https://api.example.com/a b',
    ' https://api.example.com',
    'https://api.example.com\n',
    'https://api.example.com/"',
    'https://api.exämple.com',
    'https://api.example.com/%',
    'https://api.example.com#',
    'https://api.example.com/#a',
    'https://user@api.example.com',
    'https://@api.example.com',
    'https://api.example.com:99999',
    new URL('https://api.example.com'),
  ])('PR-3: %s cannot be a resource (RFC 9728 section 1.2)', (url) => {
    const error = topFault({ resource: url })
    expect(error.option).toBe('resource')
    expect(error.message).toMatch(/must be (an absolute https URL|a non-empty string)/)
  })

  it('are quoted in messages, except those with user information or a query', () => {
    expect(topFault({ resource: 'http://api.example.com' }).message).toContain(
      'not "http://api.example.com".',
    )
    for (const url of [`https://me:${secret}@api.example.com`, `http://api/?key=${secret}`]) {
      expect(topFault({ resource: url }).message).not.toContain(secret)
    }
  })

  it('of issuers have no query and no fragment (RFC 8414 section 2)', () => {
    for (const url of [`${issuer}?a=b`, `${issuer}?`, `${issuer}#`, 'https://u@as.example.com']) {
      expect(issuerFault({ issuer: url }).option).toBe('issuers[0].issuer')
    }
    expect(issuerWith({ issuer: `${issuer}/tenant/` }).issuer).toBe(`${issuer}/tenant/`)
  })

  it('of the authorization server may be plain http for exactly the listed hosts', () => {
    const http = { insecureHosts: ['as', 'keys:8080'] }
    expect(issuerWith({ issuer: 'http://as/realm' }, { http }).issuer).toBe('http://as/realm')
    const jwt = { keys: { uri: 'http://keys:8080/jwks?x=1' } }
    expect(issuerWith({ jwt }, { http }).jwt!.keys).toEqual(jwt.keys)
    expect(issuerFault({ issuer: 'http://other' }, { http }).option).toBe('issuers[0].issuer')
    expect(topFault({ http, resource: 'http://as' }).option).toBe('resource')
    // The http of an issuer replaces the global one whole.
    expect(issuerFault({ issuer: 'http://as', http: {} }, { http }).option).toBe(
      'issuers[0].issuer',
    )
  })

  it.each(['http://as:8080', 'as/x', 'a b', '', 'as:99999', 'me@as', '*.as', '10.0.0.05'])(
    'of hosts that plain http is allowed to are hosts only: %p is not one',
    (host) => {
      expect(topFault({ http: { insecureHosts: [host] } }).option).toBe('http.insecureHosts[0]')
    },
  )
})

describe('issuers', () => {
  it('may be one, and then have a shorter path', () => {
    expect(topFault({ issuers: { issuer: 'x' } }).option).toBe('issuers.issuer')
    expect(settingsWith().issuers).toHaveLength(1)
  })

  it('are told apart by their issuer identifiers', () => {
    const error = topFault({ issuers: [{ issuer }, { issuer, audience: 'x' }] })
    expect(error.option).toBe('issuers[1].issuer')
    expect(error.message).toContain('is the same as issuers[0].issuer')
    expect(topFault({ issuers: [{ issuer }, null] }).option).toBe('issuers[1]')
  })

  it('are told apart by prefixes where several introspect', () => {
    const other = 'https://other.example.com'
    const both = (one: Given, two: Given) =>
      topFault({
        issuers: [
          { issuer, introspection, ...one },
          { issuer: other, introspection, ...two },
        ],
      })
    expect(both({}, {}).option).toBe('issuers[1].opaquePrefixes')
    expect(both({}, {}).message).toContain('is required')
    for (const prefix of ['a_', 'a_b', 'a']) {
      const error = both({ opaquePrefixes: ['a_'] }, { opaquePrefixes: ['x', prefix] })
      expect(error.option).toBe('issuers[1].opaquePrefixes')
      expect(error.message).toContain('overlaps')
    }
    const settings = settingsWith({
      issuers: [
        { issuer, introspection, opaquePrefixes: ['a_', 'a_b', 'a_'] },
        { issuer: other, introspection },
        { issuer: 'https://third.example.com' },
      ],
    })
    expect((settings.issuers as IssuerSettings[])[0]!.opaquePrefixes).toEqual(['a_', 'a_b'])
  })

  it('are looked up by a function, whose results are checked when it gives them', async () => {
    const known: Record<string, unknown> = {
      [issuer]: { issuer, audience: 'x' },
      moved: { issuer },
      'https://bad': { issuer: 'https://bad', jwt: { algorithms: [] } },
      nothing: null,
    }
    const { issuers } = settingsWith({
      issuers: (iss: string) => known[iss],
      http: { timeoutMs: 9 },
    })
    const find = issuers as IssuerLookup
    expect(await find(issuer)).toMatchObject({ issuer, audiences: ['x'], http: { timeoutMs: 9 } })
    expect(await find('https://unknown.example.com')).toBeUndefined()
    await expect(find('moved')).rejects.toMatchObject({ option: 'issuers().issuer' })
    await expect(find('https://bad')).rejects.toMatchObject({ option: 'issuers().jwt.algorithms' })
    await expect(find('nothing')).rejects.toMatchObject({ option: 'issuers()' })
  })

  it('look-ups reject with what the function threw, and name no `iss` of a token', async () => {
    const bug = new Error('database')
    const { issuers } = settingsWith({
      issuers: async (iss: string) => {
        if (iss === 'bug') {
          throw bug
        }
        return { issuer }
      },
    })
    const find = issuers as IssuerLookup
    await expect(find('bug')).rejects.toBe(bug)
    await expect(find(secret)).rejects.not.toMatchObject({
      message: expect.stringContaining(secret),
    })
  })

  it('accept every audience of a list, the resource by default, or none with clients', () => {
    expect(issuerWith({ audience: ['a', 'b', 'a'] }).audiences).toEqual(['a', 'b'])
    expect(issuerWith({ audience: 'a' }).audiences).toEqual(['a'])
    const none = issuerWith({ audience: 'none', clients: ['c'] })
    expect(none.audiences).toBeUndefined()
    expect(none.clients).toEqual(new Set(['c']))
  })

  it('JT-17: accept Ed25519 and EdDSA as one algorithm (RFC 9864 section 2.2)', () => {
    const both = new Set(['Ed25519', 'EdDSA'])
    expect(issuerWith({ jwt: { algorithms: ['EdDSA'] } }).jwt!.algorithms).toEqual(both)
    expect(issuerWith({ jwt: { algorithms: ['Ed25519'] } }).jwt!.algorithms).toEqual(both)
    expect(issuerWith({ jwt: { algorithms: ['ES256'] } }).jwt!.algorithms).toEqual(
      new Set(['ES256']),
    )
  })

  it('without discovery need their keys and endpoints', () => {
    const jwt = { keys: { uri: `${issuer}/jwks` } }
    const given = { ...introspection, endpoint: `${issuer}/introspect` }
    expect(issuerFault({ discovery: false }).option).toBe('issuers[0].jwt.keys')
    expect(issuerFault({ discovery: false, jwt, introspection }).option).toBe(
      'issuers[0].introspection.endpoint',
    )
    const signed = { ...given, signedResponse: true }
    expect(issuerFault({ discovery: false, jwt: false, introspection: signed }).option).toBe(
      'issuers[0].introspection.signedResponse',
    )
    expect(issuerWith({ discovery: false, jwt, introspection: signed }).discovery).toBeUndefined()
    expect(issuerWith({ discovery: false, jwt: false, introspection: given }).jwt).toBeUndefined()
    expect(issuerWith({ jwt: false, introspection: signed }).introspection!.signedResponse).toBe(
      true,
    )
  })

  it('can be parsed on their own', () => {
    const http = issuerWith({}).http
    expect(issuerSettings({ issuer }, 'tenant', { resource, http }).http).toBe(http)
    expect(() => issuerSettings({ issuer, x: 1 }, 'tenant', { resource, http })).toThrow('tenant.x')
  })
})

describe('an inline key set', () => {
  const inline = (...keys: unknown[]) => ({ jwt: { keys: { jwks: { keys } } } })

  it('is taken when one of its keys can be used', () => {
    const keys = [{ kty: 'XX' }, null, { ...publicKey, use: 'enc' }, publicKey]
    expect(issuerWith(inline(...keys)).jwt!.keys).toEqual({ jwks: { keys } })
  })

  it('throws without a usable key, and says what is wrong with each', () => {
    const error = issuerFault(inline({ kty: 'XX' }, { ...publicKey, use: 'enc' }))
    expect(error.option).toBe('issuers[0].jwt.keys.jwks')
    expect(error.message).toContain('keys[0] is unsupported, keys[1] is not for signatures')
  })

  it('throws when its keys serve none of the algorithms', () => {
    const { jwt } = inline(publicKey)
    const error = issuerFault({ jwt: { ...jwt, algorithms: ['RS256', 'ES384'] } })
    expect(error.message).toContain('keys[0] serves none of the `algorithms`')
  })

  it('throws when it holds a private or a shared key, even beside a usable one', () => {
    const shared = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I' }
    for (const key of [privateKey, shared]) {
      const error = issuerFault(inline(publicKey, key))
      expect(error.option).toBe('issuers[0].jwt.keys.jwks.keys[1]')
      expect(error.message).toContain('can forge tokens')
      expect(error.message).not.toContain(privateKey.d)
      expect(error.message).not.toContain(shared.k)
    }
  })
})

describe('a client authentication', () => {
  const jwtClient = (key: unknown, algorithm?: unknown) => ({
    method: 'private_key_jwt',
    clientId: 'api',
    key,
    algorithm,
  })
  const pair = (...args: Parameters<typeof rsaOrEc>) => rsaOrEc(...args)

  it.each([
    ['an RSA key', pair('rsa', 2048), undefined, 'RS256'],
    ['a P-256 key', pair('ec', 'P-256'), undefined, 'ES256'],
    ['a P-384 key', pair('ec', 'P-384'), undefined, 'ES384'],
    ['a P-521 key', pair('ec', 'P-521'), undefined, 'ES512'],
    ['an Ed25519 key', pair('ed25519'), undefined, 'Ed25519'],
    ['an RSA key with alg PS256', { ...pair('rsa', 2048), alg: 'PS256' }, undefined, 'PS256'],
    ['an RSA key', pair('rsa', 2048), 'PS512', 'PS512'],
    ['an EdDSA key', { ...pair('ed25519'), alg: 'EdDSA' }, 'Ed25519', 'Ed25519'],
  ])('with %s signs with its alg or the usual one', (_, key, algorithm, expected) => {
    const { introspection } = issuerWith({ introspection: { client: jwtClient(key, algorithm) } })
    expect(introspection!.client).toEqual({
      method: 'private_key_jwt',
      clientId: 'api',
      key,
      algorithm: expected,
    })
  })

  it.each([
    ['the public key', jwtClient(publicKey), 'key', 'its member `d` is missing'],
    ['a PEM text', jwtClient(`-----BEGIN ${secret}`), 'key', 'must be a private key as a JSON Web'],
    ['no key', { method: 'private_key_jwt', clientId: 'api' }, 'key', 'is required'],
    ['a shared key', jwtClient({ kty: 'oct', k: secret }), 'key', 'not a shared secret'],
    [
      'a broken key',
      jwtClient({ ...privateKey, d: rsaOrEc('ec', 'P-256').d }),
      'key',
      'fit each other',
    ],
    ['a weak key', jwtClient(pair('rsa', 1024)), 'key', 'at least 2048 bits, not 1024'],
    ['another type', jwtClient(privateKey, 'RS256'), 'algorithm', 'of type EC P-256: use ES256.'],
    ['another curve', jwtClient(privateKey, 'ES384'), 'algorithm', 'of type EC P-256: use ES256.'],
    ['a key on secp256k1', jwtClient(pair('ec', 'secp256k1')), 'key', 'not EC secp256k1.'],
    ['HS256', jwtClient(privateKey, 'HS256'), 'algorithm', 'shared secret'],
    ['a wrong alg', jwtClient({ ...privateKey, alg: 'RS256' }), 'key.alg', 'does not fit the key'],
    [
      'another alg',
      jwtClient({ ...pair('rsa', 2048), alg: 'PS256' }, 'RS256'),
      'algorithm',
      "must be the key's own `alg`",
    ],
    ['an X25519 key', jwtClient({ kty: 'OKP', crv: 'X25519', d: 'AAAA' }), 'key', 'whole'],
  ])('private_key_jwt refuses %s', (_, options, path, message) => {
    const error = clientFault(options)
    expect(error.option).toBe(`issuers[0].introspection.client.${path}`)
    expect(error.message).toContain(message)
    expect(inspect(error)).not.toContain(secret)
  })

  it.each([
    [{}, 'method', 'is required: must be "client_secret_basic" or "client_secret_post"'],
    [{ method: 'basic' }, 'method', 'not "basic".'],
    [{ ...client, clientId: '' }, 'clientId', 'not an empty string.'],
    [{ ...client, clientSecret: undefined }, 'clientSecret', 'is required'],
    [{ ...client, clientSecret: `${secret}\n` }, 'clientSecret', 'without control characters'],
    [{ ...client, clientSecret: [secret] }, 'clientSecret', 'not an array.'],
    [{ ...client, clientSecret: 12345 }, 'clientSecret', 'not a number.'],
    [{ ...client, encoding: 'none' }, 'encoding', '"form" or "raw", not "none".'],
    [{ ...client, clientId: 'a:b', encoding: 'raw' }, 'clientId', 'use "client_secret_post"'],
    [{ ...client, method: 'client_secret_post', encoding: 'raw' }, 'encoding', 'no such option'],
    [{ method: 'bearer' }, 'token', 'is required'],
    [{ method: 'bearer', token: `Bearer ${secret}` }, 'token', 'without `Bearer ` before it'],
    [{ method: 'bearer', token: null }, 'token', 'not null.'],
    [{ method: 'tls_client_auth', clientId: 'c' }, 'method', 'needs `http.clientCertificate`'],
  ])('is refused when it cannot work: %j', (options, path, message) => {
    const error = clientFault(options)
    expect(error.option).toBe(`issuers[0].introspection.client.${path}`)
    expect(error.message).toContain(message)
    expect(inspect(error)).not.toMatch(new RegExp(`${secret}|12345`))
  })

  it('is never quoted when it is a text by mistake', () => {
    expect(clientFault(secret).message).toBe(
      'issuers[0].introspection.client: must be an object, not a string.',
    )
  })

  it('may be a bearer token, a function giving one, or the client certificate', () => {
    const token = () => 'x'
    for (const options of [
      { method: 'bearer', token: 'abc.def==' },
      { method: 'bearer', token, clientId: 'c' },
      { method: 'tls_client_auth', clientId: 'c' },
      { method: 'client_secret_post', clientId: 'a:b', clientSecret: 'ö p' },
    ]) {
      const settings = issuerWith(
        { introspection: { client: options } },
        { http: { clientCertificate } },
      )
      expect(settings.introspection!.client).toEqual(options)
    }
  })
})

function rsaOrEc(type: 'rsa' | 'ec' | 'ed25519', detail?: number | string): JsonWebKey {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: detail as number })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: detail as string })
        : generateKeyPairSync('ed25519')
  return privateKey.export({ format: 'jwk' })
}

function privateJwk({ privateKey }: { privateKey: KeyObject }): JsonWebKey {
  return privateKey.export({ format: 'jwk' })
}

describe('decryption keys', () => {
  const shared = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I', alg: 'dir' }

  it('are private or shared keys for encryption', () => {
    const keys = [
      { ...privateKey, use: 'enc', alg: 'ECDH-ES+A256KW' },
      rsaOrEc('rsa', 2048),
      rsaOrEc('ec', 'P-384'),
      rsaOrEc('ec', 'P-521'),
      privateJwk(generateKeyPairSync('x25519')),
      shared,
      ...[16, 24, 48, 64].map((n) => ({ kty: 'oct', k: Buffer.alloc(n, n).toString('base64url') })),
    ]
    expect(issuerWith({ jwt: { decryptionKeys: keys } }).jwt!.decryptionKeys).toEqual(keys)
  })

  it.each([
    ['a public key', publicKey, 'private or shared'],
    ['a key for signatures', { ...privateKey, use: 'sig' }, 'for encryption'],
    ['a password', { ...shared, alg: 'PBES2-HS256+A128KW' }, 'PBES2'],
    ['RSA1_5', { ...privateKey, alg: 'RSA1_5' }, 'RSA1_5'],
    ['a broken key', { kty: 'EC', crv: 'P-256', d: secret }, 'can be read'],
    ['a text', secret, 'JSON Web Key'],
    ['an empty shared key', { kty: 'oct', k: '' }, 'can be read'],
    ['an EC key of two', { ...privateKey, d: rsaOrEc('ec', 'P-256').d }, 'belonging together'],
    [
      'an RSA key of two',
      { ...rsaOrEc('rsa', 2048), n: rsaOrEc('rsa', 2048).n },
      'belonging together',
    ],
    ['a shared key with padding', { ...shared, k: `${shared.k}=` }, 'can be read'],
    [
      'an Ed25519 key',
      rsaOrEc('ed25519'),
      'X25519, or a shared key of 16, 24, 32, 48 or 64 octets, not a key on Ed25519. Make a new one',
    ],
    ['an Ed448 key', privateJwk(generateKeyPairSync('ed448')), 'not a key on Ed448.'],
    ['an X448 key', privateJwk(generateKeyPairSync('x448')), 'not a key on X448.'],
    ['a key on secp256k1', rsaOrEc('ec', 'secp256k1'), 'not a key on secp256k1.'],
    ['a short RSA key', rsaOrEc('rsa', 1024), 'of 2048 bits or more'],
    [
      'a shared key of another length',
      { kty: 'oct', k: 'A'.repeat(24) },
      'not a shared key of 18 octets.',
    ],
    [
      'RSA for key wrapping',
      { ...rsaOrEc('rsa', 2048), alg: 'A128KW' },
      '`alg` that an RSA key of 2048 bits can serve: RSA-OAEP, ',
    ],
    [
      'EC for RSA-OAEP',
      { ...privateKey, alg: 'RSA-OAEP' },
      '`alg` that a key on P-256 can serve: ECDH-ES, ',
    ],
    [
      'a shared key for ECDH',
      { ...shared, alg: 'ECDH-ES' },
      'can serve: A256KW, A256GCMKW, dir, or none.',
    ],
    [
      'a shared key for a shorter one',
      { ...shared, alg: 'A128KW' },
      'can serve: A256KW, A256GCMKW, dir, or none.',
    ],
  ])('cannot be %s', (_, key, message) => {
    const error = issuerFault({ jwt: { decryptionKeys: [key] } })
    expect(error.option).toBe('issuers[0].jwt.decryptionKeys[0]')
    expect(error.message).toContain(message)
    expect(inspect(error)).not.toContain(secret)
    expect(inspect(error)).not.toContain(shared.k)
  })
})

describe('http', () => {
  it('takes certificates and a proxy', () => {
    const http = { ca: authority, clientCertificate, proxy: 'http://me:pw@proxy:3128' }
    expect(issuerWith({}, { http }).http).toEqual({
      ...http,
      ca: [authority],
      timeoutMs: 5000,
      insecureHosts: [],
    })
  })

  it.each([
    ['ca', { ca: authority }],
    ['clientCertificate', { clientCertificate }],
    ['proxy', { proxy: 'http://proxy:3128' }],
  ])('refuses a fetch that would ignore `%s`', (name, http) => {
    const error = topFault({ http: { fetch, ...http } })
    expect(error.option).toBe('http.fetch')
    expect(error.message).toContain(`\`${name}\``)
    expect(issuerWith({}, { http: { fetch } }).http.fetch).toBe(fetch)
  })

  it.each([
    ['http.ca', { ca: '/etc/ca.pem' }],
    ['http.ca[1]', { ca: [authority, secret] }],
    ['http.ca', { ca: [] }],
    ['http.clientCertificate.cert', { clientCertificate: { ...clientCertificate, cert: 'x.pem' } }],
    ['http.clientCertificate.key', { clientCertificate: { ...clientCertificate, key: secret } }],
    [
      'http.clientCertificate.key',
      { clientCertificate: { ...clientCertificate, key: tls.serverKey } },
    ],
    ['http.clientCertificate.key', { clientCertificate: { cert: clientCertificate.cert } }],
    [
      'http.clientCertificate.passphrase',
      { clientCertificate: { ...clientCertificate, passphrase: 1 } },
    ],
    ['http.clientCertificate', { clientCertificate: secret }],
    ['http.proxy', { proxy: 'proxy:3128' }],
    ['http.proxy', { proxy: `socks://me:${secret}@proxy` }],
  ])('refuses at %s what cannot work, and quotes no secret', (path, http) => {
    const error = topFault({ http })
    expect(error.option).toBe(path)
    expect(inspect(error)).not.toContain(secret)
    expect(inspect(error)).not.toContain('PRIVATE KEY')
  })

  it('demands the right passphrase of an encrypted key', () => {
    const { cert } = clientCertificate
    const key = createPrivateKey(clientCertificate.key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: secret })
      .toString()
    const http = (passphrase?: string) => ({
      http: { clientCertificate: { cert, key, passphrase } },
    })
    const right = issuerWith({}, http(secret))
    expect(right.http.clientCertificate).toEqual({ cert, key, passphrase: secret })
    for (const wrong of [undefined, 'wrong']) {
      expect(topFault(http(wrong)).message).toContain('`passphrase` must be right')
    }
  })
})

describe('satisfiedBy', () => {
  it('names the required scope first, then all that imply it, also through others', () => {
    const { satisfiedBy } = settingsWith({
      scopeHierarchy: { admin: ['write', 'audit'], write: ['read'], read: [], audit: ['read'] },
    })
    const read = satisfiedBy('read')
    expect(read[0]).toBe('read')
    expect([...read].sort()).toEqual(['admin', 'audit', 'read', 'write'])
    expect(satisfiedBy('admin')).toEqual(['admin'])
    expect(satisfiedBy('other')).toEqual(['other'])
    expect(satisfiedBy('constructor')).toEqual(['constructor'])
    expect(Object.isFrozen(read) && Object.isFrozen(satisfiedBy('other'))).toBe(true)
  })

  it('names the required scope beside what a function gives, each once', () => {
    const { satisfiedBy } = settingsWith({
      scopeHierarchy: (scope: string) => [scope, 'all', 'all'],
    })
    expect(satisfiedBy('a')).toEqual(['a', 'all'])
  })

  it('throws what the function throws, and for what is no array of scopes', () => {
    const bug = new Error('bug')
    const throwing = settingsWith({
      scopeHierarchy: () => {
        throw bug
      },
    })
    expect(() => throwing.satisfiedBy('a')).toThrow(bug)
    for (const result of [undefined, 'all', [1], Promise.resolve([])]) {
      const { satisfiedBy } = settingsWith({ scopeHierarchy: () => result })
      expect(() => satisfiedBy('a')).toThrow(ConfigurationError)
    }
  })

  it.each([
    [{ a: ['a'] }, 'scopeHierarchy.a', 'implies itself.'],
    [{ a: ['b'], b: ['c'], c: ['a'] }, 'scopeHierarchy.a', 'implies itself through "c"'],
    [{ x: ['a'], a: ['b'], b: ['a'] }, 'scopeHierarchy.a', 'implies itself'],
    [{ 'a b': ['c'] }, 'scopeHierarchy["a b"]', 'scope-tokens'],
    [{ a: ['b"'] }, 'scopeHierarchy.a', 'scope-tokens'],
    [{ a: [''] }, 'scopeHierarchy.a', 'scope-tokens'],
    [{ a: 'b' }, 'scopeHierarchy.a', 'must be an array of scopes, not "b".'],
    [{ a: [1] }, 'scopeHierarchy.a', 'not 1.'],
    [['a'], 'scopeHierarchy', 'must be an object or a function'],
    [JSON.parse('{"__proto__": ["__proto__"]}'), 'scopeHierarchy.__proto__', 'implies itself'],
  ])('refuses %j', (scopeHierarchy, path, message) => {
    const error = topFault({ scopeHierarchy })
    expect(error.option).toBe(path)
    expect(error.message).toContain(message)
  })
})

describe('scopesFrom and rolesFrom', () => {
  it('unite scope and scp, strings and arrays, each scope once (RFC 6749 section 3.3)', () => {
    const { scopesFrom } = issuerWith({})
    expect(scopesFrom({ scope: 'a b', scp: ['b', 'c'] })).toEqual(['a', 'b', 'c'])
    expect(scopesFrom({ scope: '  a   b ' })).toEqual(['a', 'b'])
    expect(scopesFrom({ scope: 'a\tb' })).toEqual(['a\tb'])
    expect(scopesFrom({ scope: ['a', 'a', ''] })).toEqual(['a'])
    expect(Object.isFrozen(scopesFrom({ scope: 'a' }))).toBe(true)
  })

  it('find nothing in claims that are absent, null or empty', () => {
    const { scopesFrom, rolesFrom } = issuerWith({})
    for (const claims of [{}, { scope: null, roles: null }, { scope: '', scp: [], roles: '' }]) {
      expect(scopesFrom(claims)).toEqual([])
      expect(rolesFrom(claims)).toEqual([])
    }
  })

  it('give undefined for malformed claims, also beside good ones', () => {
    const { scopesFrom, rolesFrom } = issuerWith({})
    for (const malformed of [7, true, false, 0, {}, { 0: 'a' }, [1], ['a', null], [['a']]]) {
      expect(scopesFrom({ scope: 'a', scp: malformed })).toBeUndefined()
      expect(rolesFrom({ roles: malformed })).toBeUndefined()
    }
  })

  it('read the configured claims only', () => {
    const { scopesFrom, accessClaims } = issuerWith({ scopesFrom: ['permissions'] })
    expect(scopesFrom({ scope: 'a', permissions: ['b'] })).toEqual(['b'])
    expect(accessClaims).toEqual(['permissions', 'roles'])
  })

  it('never split a role', () => {
    expect(issuerWith({}).rolesFrom({ roles: 'not admin' })).toEqual(['not admin'])
    expect(issuerWith({}).rolesFrom({ roles: ['a b'] })).toEqual(['a b'])
  })

  it('follow dots into objects, after a claim of that very name', () => {
    const dotted = 'https://example.com/roles'
    const { rolesFrom, accessClaims } = issuerWith({ rolesFrom: ['realm_access.roles', dotted] })
    expect(rolesFrom({ realm_access: { roles: ['a'] }, [dotted]: ['b'] })).toEqual(['a', 'b'])
    expect(
      rolesFrom({ 'realm_access.roles': ['literal'], realm_access: { roles: ['a'] } }),
    ).toEqual(['literal'])
    expect(accessClaims).toContain('realm_access')
    expect(accessClaims).toContain(dotted)
    for (const realm_access of [undefined, null, 'roles', ['roles'], { roles: null }, {}]) {
      expect(rolesFrom({ realm_access })).toEqual([])
    }
  })

  it('see own members only', () => {
    const { rolesFrom } = issuerWith({
      rolesFrom: ['__proto__.roles', 'constructor.name', 'a.constructor.name', 'toString', 'b.0'],
    })
    expect(rolesFrom({ a: {}, b: ['x'] })).toEqual([])
    expect(issuerWith({ rolesFrom: ['a.toString'] }).rolesFrom({ a: {} })).toEqual([])
    expect(rolesFrom(Object.create({ toString: ['inherited'] }))).toEqual([])
    expect(rolesFrom(JSON.parse('{"__proto__": {"roles": ["own"]}}'))).toEqual(['own'])
  })

  it('may be functions, whose errors are thrown and whose other results are malformed', () => {
    const bug = new Error('bug')
    const settings = issuerWith({
      scopesFrom: (claims: Given) => claims['list'],
      rolesFrom: () => {
        throw bug
      },
    })
    expect(settings.scopesFrom({ list: ['a', 'b', 'a'] })).toEqual(['a', 'b'])
    const many = Array.from({ length: 30 }, (_, index) => `s${index}`)
    for (const list of [many, [...many, 's7', ''], ['a', '', 'b']]) {
      const found = settings.scopesFrom({ list })
      expect(found).toEqual([...new Set(list)].filter((name) => name !== ''))
      // The function may go on writing to its list.
      expect(Object.isFrozen(found) && !Object.isFrozen(list)).toBe(true)
    }
    for (const list of [undefined, null, 'a b', [1], Promise.resolve(['a'])]) {
      expect(settings.scopesFrom({ list })).toBeUndefined()
    }
    expect(() => settings.rolesFrom({})).toThrow(bug)
    expect(settings.accessClaims).toEqual([])
  })
})

describe('isScopeToken', () => {
  it('ER-4: takes %x21 / %x23-5B / %x5D-7E only (RFC 6749 section 3.3)', () => {
    for (let code = 0; code <= 0x100; code++) {
      const legal = code >= 0x21 && code <= 0x7e && code !== 0x22 && code !== 0x5c
      expect([code, isScopeToken(`a${String.fromCharCode(code)}`)]).toEqual([code, legal])
    }
    expect(isScopeToken('')).toBe(false)
    expect(isScopeToken('a\n')).toBe(false)
    expect(isScopeToken(undefined)).toBe(false)
  })
})

describe('a log of the application', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error(secret)
      },
    ],
    ['rejects', async () => Promise.reject(new Error(secret))],
  ])(
    'that %s fails nothing else; the process is warned, in words of ours alone',
    async (_, log) => {
      const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
      const details = { secret }
      settingsWith({ log }).log({ level: 'warn', code: 'keys', message: secret, details })
      await new Promise(setImmediate)
      expect(emitWarning.mock.calls).toEqual([
        [
          'The `log` of the options failed at the record "keys".',
          { type: 'ScopegateWarning', code: 'SCOPEGATE_LOG_FAILED' },
        ],
      ])
      emitWarning.mockRestore()
    },
  )
})

describe('the default log', () => {
  it('warns through the process of warnings and errors, and of nothing else', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const { log } = settingsWith()
    log({ level: 'info', code: 'quiet', message: 'Nothing.', details: {} })
    log({ level: 'warn', code: 'keys-unreachable', message: 'No keys.', details: { status: 500 } })
    log({ level: 'error', code: 'client_refused', message: 'Refused.', details: {} })
    expect(emitWarning.mock.calls).toEqual([
      [
        'No keys.',
        {
          type: 'ScopegateWarning',
          code: 'SCOPEGATE_KEYS_UNREACHABLE',
          detail: '{ status: 500 }',
        },
      ],
      ['Refused.', { type: 'ScopegateWarning', code: 'SCOPEGATE_CLIENT_REFUSED' }],
    ])
    emitWarning.mockRestore()
  })
})
