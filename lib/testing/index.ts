/**
 * The testing kit: an authorization server in the test process, to test an API with its real
 * middleware instead of a mock of it.
 *
 * ```ts
 * const as = await testAuthorizationServer()
 * const api = resourceServer({ resource: 'https://api.test', ...as.options })
 * const token = await as.token({ scope: 'orders:read' })
 * await supertest(app).get('/orders').auth(token, { type: 'bearer' }).expect(200)
 * await as.close()
 * ```
 */
export type { Answer } from './answer.ts'
export type { TestAuthorizationServer, TestOptions } from './authorization-server.ts'
export {
  type CertificateAuthority,
  certificateAuthority,
} from './certificates/certificate-authority.ts'
export type { CertificateOptions } from './certificates/certificate-options.ts'
export {
  type ClientCertificateOptions,
  clientCertificate,
} from './certificates/client-certificate.ts'
export type { ExtendedKeyUsage } from './certificates/extensions.ts'
export type { TestCertificate } from './certificates/test-certificate.ts'
export type { Binding, Confirmation } from './confirmation.ts'
export { type DpopKey, dpopKey } from './dpop/dpop-key.ts'
export type { DpopKeyOptions } from './dpop/dpop-key-options.ts'
export type { PresentationOptions, ProofOptions } from './dpop/proof-options.ts'
export type {
  Fault,
  FaultOptions,
  FaultyEndpoint,
  NamedFault,
  VerbatimAnswer,
} from './faults.ts'
export type { RotateOptions, TestKey } from './key-ring.ts'
export {
  type MemoryStore,
  type MemoryStoreOptions,
  memoryStore,
  type StoreFault,
} from './memory-store.ts'
export type { Endpoint, ReceivedRequest } from './request-log.ts'
export type { TestAuthorizationServerOptions } from './server-options.ts'
export type { LogoutTokenOptions, SecurityEventOptions } from './signal-options.ts'
export type { StatusOptions, TokenStatus } from './status-options.ts'
export { type TamperOptions, tampered } from './tampered.ts'
export { testAuthorizationServer } from './test-authorization-server.ts'
export type { TestClient } from './test-client.ts'
export type {
  GrantOptions,
  IdTokenOptions,
  OpaqueOptions,
  Signer,
  SigningOptions,
  TokenOptions,
} from './token-options.ts'
