import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import * as augment from '../lib/augment.ts'
import { answers } from '../lib/errors/codes.ts'
import { refusalError } from '../lib/errors/refusal.ts'
import { refusalReasons } from '../lib/errors/refusal-reasons.ts'
import { type RefusalValue, refuse } from '../lib/errors/refusal-value.ts'
import { unavailable } from '../lib/errors/unavailable-value.ts'
import * as scopegate from '../lib/index.ts'
import * as opentelemetry from '../lib/opentelemetry/index.ts'
import * as redis from '../lib/redis/index.ts'
import * as signals from '../lib/signals/index.ts'
import * as testing from '../lib/testing/index.ts'

const root = resolve(import.meta.dirname, '..')

/** What users may rely on. A change here is a change of the contract, and belongs in CHANGELOG.md. */
describe('scopegate exports', () => {
  it('these values', () => {
    expect(Object.keys(scopegate).sort()).toEqual([
      'ConfigurationError',
      'Forbidden',
      'InsufficientScope',
      'InsufficientUserAuthentication',
      'InvalidDpopProof',
      'InvalidRequest',
      'InvalidToken',
      'MissingCredentials',
      'NotReady',
      'Refusal',
      'Unavailable',
      'UseDpopNonce',
      'allOf',
      'anyOf',
      'requirePolicy',
      'requireScope',
      'resourceServer',
    ])
  })

  it('these types besides', () => {
    expect(typesOf('index', Object.keys(scopegate))).toEqual([
      'Algorithm',
      'AllOf',
      'Answer',
      'AnyOf',
      'Auth',
      'AuthorizationDetailsRequirement',
      'BreakerEvent',
      'BreakerOptions',
      'CacheEvent',
      'CacheOutcome',
      'ClaimSet',
      'ClientAuthentication',
      'DecisionEvent',
      'DiscoveryHealth',
      'DpopOptions',
      'ForwardedCertificateOptions',
      'HeaderFields',
      'Health',
      'HttpOptions',
      'IntrospectionEvent',
      'IntrospectionHealth',
      'IntrospectionOptions',
      'IssuerHealth',
      'IssuerOptions',
      'JsonWebKeySet',
      'JwtOptions',
      'KeySetHealth',
      'KeysEvent',
      'LogFollower',
      'LogRecord',
      'Middleware',
      'MtlsOptions',
      'OAuthErrorCode',
      'Policy',
      'Principal',
      'ProofEvent',
      'ProofMethod',
      'ReadinessOptions',
      'RefusalCode',
      'RefusalReason',
      'RefusalValue',
      'Requirement',
      'ResourceMetadataFields',
      'ResourceServer',
      'ResourceServerOptions',
      'ResponseHeaders',
      'RevocationEvent',
      'RevocationSelector',
      'RevocationsHealth',
      'Scheme',
      'ScopeRequirement',
      'SignalsEvent',
      'Stage',
      'StandardSchema',
      'StatusListOptions',
      'StatusListsHealth',
      'Store',
      'StoreEvent',
      'StoreHealth',
      'TokenAlphabet',
      'TokenShape',
      'UnavailableReason',
      'UnavailableSource',
      'VerifiableRequest',
      'VerifyResult',
    ])
  })
})

describe('scopegate/testing exports', () => {
  it('these values', () => {
    expect(Object.keys(testing).sort()).toEqual([
      'certificateAuthority',
      'clientCertificate',
      'dpopKey',
      'memoryStore',
      'tampered',
      'testAuthorizationServer',
    ])
  })

  it('these types besides', () => {
    expect(typesOf('testing/index', Object.keys(testing))).toEqual([
      'Answer',
      'Binding',
      'CertificateAuthority',
      'CertificateOptions',
      'ClientCertificateOptions',
      'Confirmation',
      'DpopKey',
      'DpopKeyOptions',
      'Endpoint',
      'ExtendedKeyUsage',
      'Fault',
      'FaultOptions',
      'FaultyEndpoint',
      'GrantOptions',
      'IdTokenOptions',
      'LogoutTokenOptions',
      'MemoryStore',
      'MemoryStoreOptions',
      'NamedFault',
      'OpaqueOptions',
      'PresentationOptions',
      'ProofOptions',
      'ReceivedRequest',
      'RotateOptions',
      'SecurityEventOptions',
      'Signer',
      'SigningOptions',
      'StatusOptions',
      'StoreFault',
      'TamperOptions',
      'TestAuthorizationServer',
      'TestAuthorizationServerOptions',
      'TestCertificate',
      'TestClient',
      'TestKey',
      'TestOptions',
      'TokenOptions',
      'TokenStatus',
      'VerbatimAnswer',
    ])
  })
})

describe('scopegate/opentelemetry exports', () => {
  it('these values', () => {
    expect(Object.keys(opentelemetry)).toEqual(['observe'])
  })

  it('these types besides', () => {
    expect(typesOf('opentelemetry/index', Object.keys(opentelemetry))).toEqual([
      'Observation',
      'ObserveOptions',
    ])
  })
})

describe('scopegate/redis exports', () => {
  it('these values', () => {
    expect(Object.keys(redis)).toEqual(['redisStore'])
  })

  it('these types besides', () => {
    expect(typesOf('redis/index', Object.keys(redis))).toEqual([
      'IoredisClient',
      'NodeRedisClient',
      'RedisClient',
      'RedisStoreOptions',
    ])
  })
})

describe('scopegate/signals exports', () => {
  it('these values', () => {
    expect(Object.keys(signals).sort()).toEqual(['backchannelLogout', 'securityEvents'])
  })

  it('these types besides', () => {
    expect(typesOf('signals/index', Object.keys(signals))).toEqual([
      'BackchannelLogoutOptions',
      'Receiver',
      'Revoking',
      'SecurityEvent',
      'SecurityEventAction',
      'SecurityEventsOptions',
      'SubjectIdentifier',
      'TokenSubject',
    ])
  })
})

describe('scopegate/augment exports', () => {
  it('nothing', () => {
    expect(Object.keys(augment)).toEqual([])
    expect(typesOf('augment', [])).toEqual([])
  })
})

describe('a resource server', () => {
  const api = scopegate.resourceServer({
    resource: 'https://api.example.com',
    issuers: { issuer: 'https://as.example.com' },
  })
  afterAll(() => api.close())

  it('has these members, frozen and bound', () => {
    expect(Object.keys(api).sort()).toEqual([
      'auth',
      'authenticate',
      'close',
      'forgetIssuer',
      'health',
      'readiness',
      'ready',
      'requirePolicy',
      'requireScope',
      'resourceMetadata',
      'revoke',
      'signal',
      'verify',
    ])
    expect(Object.isFrozen(api)).toBe(true)
    const { health, requireScope } = api
    expect(health().issuers).toHaveLength(1)
    expect(requireScope('a')).toBeInstanceOf(Function)
  })

  it('makes middleware that has a name, for stack traces and router listings', () => {
    const policy = { scope: 'a' }
    expect(
      [
        api.authenticate(),
        api.requireScope('a'),
        api.requirePolicy(policy),
        api.resourceMetadata(),
        api.readiness(),
        scopegate.requireScope('a'),
        scopegate.requirePolicy(policy),
      ].map(({ name, length }) => [name, length]),
    ).toEqual([
      ['authenticateMiddleware', 3],
      ['requireScopeMiddleware', 3],
      ['requirePolicyMiddleware', 3],
      ['resourceMetadataMiddleware', 3],
      ['readinessMiddleware', 2],
      ['requireMiddleware', 3],
      ['requireMiddleware', 3],
    ])
  })
})

describe('errors', () => {
  it('have these codes, statuses and classes', () => {
    const table = Object.entries(answers).map(([code, { status, error }]) => {
      const value = Object.values(allRefusals()).find((one) => one.code === code) as RefusalValue
      const { name, status: said, statusCode } = refusalError(value, {})
      expect([said, statusCode]).toEqual([status, status])
      return [code, status, error, name]
    })
    expect(table).toEqual([
      ['missing_credentials', 401, undefined, 'MissingCredentials'],
      ['invalid_request', 400, 'invalid_request', 'InvalidRequest'],
      ['invalid_token', 401, 'invalid_token', 'InvalidToken'],
      ['insufficient_scope', 403, 'insufficient_scope', 'InsufficientScope'],
      ['forbidden', 403, undefined, 'Forbidden'],
      ['invalid_dpop_proof', 401, 'invalid_dpop_proof', 'InvalidDpopProof'],
      ['use_dpop_nonce', 401, 'use_dpop_nonce', 'UseDpopNonce'],
      [
        'insufficient_user_authentication',
        401,
        'insufficient_user_authentication',
        'InsufficientUserAuthentication',
      ],
    ])
  })

  it('have these reasons, each of one code', () => {
    const reasons: Record<string, string[]> = {}
    for (const [reason, { code }] of Object.entries(allRefusals())) {
      reasons[code] = [...(reasons[code] ?? []), reason].sort()
    }
    expect(reasons).toEqual({
      missing_credentials: ['no_credentials'],
      invalid_request: [
        'malformed_credentials',
        'query_token',
        'repeated_credentials',
        'several_methods',
        'token_too_large',
      ],
      invalid_token: [
        'claims_misfit',
        'contradicted',
        'expired',
        'inactive',
        'malformed_claim',
        'malformed_token',
        'missing_claim',
        'not_an_access_token',
        'not_dpop_bound',
        'not_encrypted',
        'not_live',
        'not_sender_constrained',
        'not_yet_valid',
        'opaque_not_accepted',
        'proof_missing',
        'proof_required',
        'revoked',
        'revoked_by_status',
        'status_missing',
        'status_not_accepted',
        'status_out_of_range',
        'undecryptable',
        'unknown_issuer',
        'unknown_key',
        'unknown_status_list',
        'unsupported_algorithm',
        'unsupported_header',
        'wrong_audience',
        'wrong_certificate',
        'wrong_client',
        'wrong_issuer',
        'wrong_proof_key',
        'wrong_shape',
        'wrong_signature',
        'wrong_type',
      ],
      insufficient_scope: ['insufficient_scope'],
      forbidden: ['check_failed', 'illegal_scope', 'missing_authorization_details', 'missing_role'],
      invalid_dpop_proof: [
        'malformed_proof',
        'no_proof',
        'proof_not_in_time',
        'repeated_proof',
        'replayed_proof',
        'unfit_proof_key',
        'unsupported_proof_algorithm',
        'wrong_proof_method',
        'wrong_proof_signature',
        'wrong_proof_target',
        'wrong_proof_token',
        'wrong_proof_type',
      ],
      use_dpop_nonce: ['nonce_missing', 'wrong_nonce'],
      insufficient_user_authentication: ['insufficient_authentication'],
    })
  })

  it('of a refusal have these members, and no cause', () => {
    const error = refusalError(refuse('expired'), { 'Cache-Control': 'no-store' })
    expect(error).toBeInstanceOf(scopegate.InvalidToken)
    expect(error).toBeInstanceOf(scopegate.Refusal)
    expect(error).toBeInstanceOf(Error)
    expect({ ...error }).toEqual({
      name: 'InvalidToken',
      code: 'invalid_token',
      reason: 'expired',
      status: 401,
      statusCode: 401,
      headers: { 'Cache-Control': 'no-store' },
      expose: true,
    })
    expect('cause' in error).toBe(false)
    expect(
      (refusalError(refuse('insufficient_scope'), {}) as scopegate.InsufficientScope).scopes,
    ).toEqual([])
  })

  it('of unavailability have these members', () => {
    const error = new scopegate.Unavailable(unavailable('keys_unreachable', 2500), {})
    expect({ ...error }).toEqual({
      name: 'Unavailable',
      code: 'unavailable',
      source: 'keys',
      reason: 'keys_unreachable',
      status: 503,
      statusCode: 503,
      headers: {},
      retryAfterSeconds: 3,
      expose: true,
    })
  })

  it('of a resource server that is not ready have these members, and are no answer', () => {
    const failed = { issuer: 'https://as.test', unavailable: unavailable('keys_unreachable', 2500) }
    const error = new scopegate.NotReady(failed)
    expect(error).not.toBeInstanceOf(scopegate.Unavailable)
    expect({ ...error }).toEqual({
      name: 'NotReady',
      code: 'not_ready',
      issuer: 'https://as.test',
      source: 'keys',
      reason: 'keys_unreachable',
      retryAfterSeconds: 3,
    })
  })

  it('of the configuration name the option', () => {
    const error = new scopegate.ConfigurationError('issuers[0].jwt', 'must be an object.')
    expect({ ...error, message: error.message }).toEqual({
      name: 'ConfigurationError',
      code: 'invalid_configuration',
      option: 'issuers[0].jwt',
      status: 500,
      statusCode: 500,
      message: 'issuers[0].jwt: must be an object.',
    })
  })

  it('speak in fixed ASCII sentences that fit a challenge (RFC 6750 section 3)', () => {
    for (const { message } of Object.values(allRefusals())) {
      expect(message).toMatch(/^[A-Z][\x20-\x21\x23-\x5b\x5d-\x7e]+\.$/)
    }
  })

  function allRefusals(): Record<string, RefusalValue> {
    const reasons = Object.keys(refusalReasons) as (keyof typeof refusalReasons)[]
    return Object.fromEntries(reasons.map((reason) => [reason, refuse(reason)]))
  }
})

/** The exported names of an emitted declaration file that are no values. */
function typesOf(entry: string, values: readonly string[]): string[] {
  const names = ['esm', 'cjs'].map((build) => {
    const file = join(root, 'dist', build, `${entry}.d.ts`)
    if (!existsSync(file)) throw new Error(`There is no ${file}: npm run build`)
    return namesIn(readFileSync(file, 'utf8'), file).filter((name) => !values.includes(name))
  })
  expect(names[1]).toEqual(names[0])
  return names[0] as string[]
}

function namesIn(text: string, file: string): string[] {
  if (/^export\s+\*/m.test(text)) throw new Error(`${file} exports whatever there is`)
  const listed = [...text.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}(?:\s+from\s+'([^']+)')?/gm)]
  for (const [, , from] of listed) {
    if (from) expect(existsSync(join(dirname(file), from.replace(/\.ts$/, '.d.ts')))).toBe(true)
  }
  const declared = text.matchAll(
    /^export\s+(?:declare\s+)?(?:function|class|interface|type|const)\s+(\w+)/gm,
  )
  return [
    ...listed
      .flatMap(([, list = '']) => list.split(','))
      .map((one) =>
        one
          .trim()
          .replace(/^type\s+/, '')
          .replace(/^.* as /, ''),
      ),
    ...[...declared].map(([, name = '']) => name),
  ]
    .filter((name) => name !== '')
    .sort()
}
