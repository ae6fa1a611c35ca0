// The whole public surface of `scopegate`, in the order of the story.

export type { Auth, ProofMethod } from './auth.ts'
export type { Answer } from './challenge/answer.ts'
export type { ResourceMetadataFields } from './challenge/resource-metadata.ts'
export type { OAuthErrorCode, RefusalCode } from './errors/codes.ts'
export { ConfigurationError } from './errors/configuration-error.ts'
export { NotReady } from './errors/not-ready.ts'
export {
  Forbidden,
  InsufficientScope,
  InsufficientUserAuthentication,
  InvalidDpopProof,
  InvalidRequest,
  InvalidToken,
  MissingCredentials,
  Refusal,
  type ResponseHeaders,
  UseDpopNonce,
} from './errors/refusal.ts'
export type { RefusalReason, Stage } from './errors/refusal-reasons.ts'
export type { RefusalValue, Scheme } from './errors/refusal-value.ts'
export { Unavailable } from './errors/unavailable.ts'
export type { UnavailableReason, UnavailableSource } from './errors/unavailable-value.ts'
export { resourceServer } from './express/express-resource-server.ts'
export type { Middleware } from './express/middleware.ts'
export type { Policy, ScopeRequirement } from './express/policy.ts'
export { requirePolicy, requireScope } from './express/require.ts'
export type { ResourceServer } from './express/resource-server-api.ts'
export type { Algorithm } from './jws/algorithms.ts'
export type {
  BreakerEvent,
  CacheEvent,
  CacheOutcome,
  DecisionEvent,
  IntrospectionEvent,
  KeysEvent,
  ProofEvent,
  RevocationEvent,
  SignalsEvent,
  StoreEvent,
} from './observability/channels.ts'
export type {
  DiscoveryHealth,
  Health,
  IntrospectionHealth,
  IssuerHealth,
  KeySetHealth,
  RevocationsHealth,
  StatusListsHealth,
  StoreHealth,
} from './observability/health.ts'
export type { ClientAuthentication } from './options/client-authentication.ts'
export type { DpopOptions } from './options/dpop-options.ts'
export type { HttpOptions } from './options/http-options.ts'
export type {
  BreakerOptions,
  IntrospectionOptions,
  TokenAlphabet,
  TokenShape,
} from './options/introspection-options.ts'
export type {
  ClaimSet,
  IssuerOptions,
  JsonWebKeySet,
  JwtOptions,
  Principal,
} from './options/issuer-options.ts'
export type { LogRecord } from './options/log-record.ts'
export type { ForwardedCertificateOptions, MtlsOptions } from './options/mtls-options.ts'
export type { ReadinessOptions } from './options/readiness-options.ts'
export type { ResourceServerOptions } from './options/resource-server-options.ts'
export type { RevocationSelector } from './options/revocation-selector.ts'
export type { StandardSchema } from './options/standard-schema.ts'
export type { StatusListOptions } from './options/status-list-options.ts'
export type { AuthorizationDetailsRequirement } from './policy/authorization-details.ts'
export type { AllOf, AnyOf, Requirement } from './policy/requirement.ts'
export { allOf, anyOf } from './policy/requirement.ts'
export type { HeaderFields } from './request/raw-headers.ts'
export type { LogFollower, Store } from './store/store.ts'
export type { VerifiableRequest, VerifyResult } from './verify-request.ts'
