/**
 * Receivers of revocation that arrives from outside: security events of the Shared Signals
 * Framework, and back-channel logout of OpenID Connect.
 *
 * ```ts
 * app.post('/events', securityEvents(api, { issuer: 'https://transmitter.example.com', audience: 'https://api.example.com' }))
 * app.post('/logout', backchannelLogout(api, { issuer: 'https://as.example.com', clientId: 'web' }))
 * ```
 */
export type { BackchannelLogoutOptions } from '../options/backchannel-logout-options.ts'
export type { SecurityEventAction } from '../options/security-event-types.ts'
export type {
  SecurityEvent,
  SecurityEventsOptions,
  SubjectIdentifier,
  TokenSubject,
} from '../options/security-events-options.ts'
export { backchannelLogout } from './backchannel-logout.ts'
export type { Receiver } from './receiver.ts'
export type { Revoking } from './revoke-all.ts'
export { securityEvents } from './security-events.ts'
