/** What an event asks for, unless the options say otherwise. */
export type SecurityEventAction = 'revoke' | 'ignore'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
const risc = 'https://schemas.openid.net/secevent/risc/event-type/'
const oauth = 'https://schemas.openid.net/secevent/oauth/event-type/'
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/'

/** SSF section 8.1.4.1: whether the stream works is being asked. */
export const verificationType: string = `${ssf}verification`
/** SSF section 8.1.5: the transmitter stops or starts the stream. */
export const streamUpdatedType: string = `${ssf}stream-updated`
/** Of which a plain identifier names a session, where others name the account. */
export const sessionRevokedType: string = `${caep}session-revoked`

/**
 * The event types that are known, and what they do: those after which tokens issued before must not
 * be good any longer revoke them. Another token may be had at once by whoever is still entitled.
 */
export const securityEventTypes: ReadonlyMap<string, SecurityEventAction> = new Map([
  // CAEP section 3.
  [sessionRevokedType, 'revoke'],
  [`${caep}token-claims-change`, 'revoke'],
  [`${caep}credential-change`, 'revoke'],
  [`${caep}assurance-level-change`, 'ignore'],
  [`${caep}device-compliance-change`, 'ignore'],
  [`${caep}session-established`, 'ignore'],
  [`${caep}session-presented`, 'ignore'],
  [`${caep}risk-level-change`, 'ignore'],
  // RISC section 2.
  [`${risc}account-credential-change-required`, 'revoke'],
  [`${risc}account-purged`, 'revoke'],
  [`${risc}account-disabled`, 'revoke'],
  [`${risc}account-enabled`, 'ignore'],
  [`${risc}identifier-changed`, 'revoke'],
  [`${risc}identifier-recycled`, 'revoke'],
  [`${risc}credential-compromise`, 'revoke'],
  [`${risc}opt-in`, 'ignore'],
  [`${risc}opt-out-initiated`, 'ignore'],
  [`${risc}opt-out-cancelled`, 'ignore'],
  [`${risc}opt-out-effective`, 'ignore'],
  [`${risc}recovery-activated`, 'ignore'],
  [`${risc}recovery-information-changed`, 'ignore'],
  [`${risc}sessions-revoked`, 'revoke'],
  // OAuth Event Types section 2.
  [`${oauth}tokens-revoked`, 'revoke'],
])

/** RFC 8417 section 2.2: event types are URIs. */
export function isEventType(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(name)
}
