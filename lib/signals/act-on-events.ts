import type { ClaimSet } from '../options/issuer-options.ts'
import {
  sessionRevokedType,
  streamUpdatedType,
  verificationType,
} from '../options/security-event-types.ts'
import type { SecurityEvent, SecurityEventsSettings } from '../options/security-events-options.ts'
import { issuedUntil } from './issued-until.ts'
import { isObject, type SignalClaims } from './judge-signal.ts'
import { type Revoking, revokeAll } from './revoke-all.ts'
import type { SignalOutcome } from './signal-outcome.ts'
import { refuseSignal } from './signal-refusal.ts'
import { tokenSubjects } from './token-subjects.ts'

/** Does what the events of one verified token ask for, and tells the application of each. */
export function actOnEvents(
  api: Revoking,
  settings: SecurityEventsSettings,
): (claims: SignalClaims) => Promise<SignalOutcome> {
  return async (claims) => {
    const events = Object.entries(claims.events)
    const outcomes: Done[] = []
    // One by one: SSF section 4.2.1 has one event, or several names of it.
    for (const [type, payload] of events) {
      const outcome = await actOn(type, payload, claims)
      if (outcome.verdict !== 'accepted') return outcome
      outcomes.push(outcome as Done)
    }
    for (const [index, [type, payload]] of events.entries()) {
      const { outcome } = outcomes[index] as Done
      await settings.onEvent(eventOf(type, payload, claims, outcome))
    }
    const told = (['revoked', 'not_understood'] as const).find((one) =>
      outcomes.some(({ outcome }) => outcome === one),
    )
    return { verdict: 'accepted', outcome: told ?? 'ignored' }
  }

  async function actOn(
    type: string,
    payload: ClaimSet,
    claims: SignalClaims,
  ): Promise<SignalOutcome> {
    if (type === verificationType) return verified(payload)
    if (type === streamUpdatedType) tellOfStream(payload, settings)
    if (settings.actionOf(type) !== 'revoke') return ignored
    const meant = type === sessionRevokedType ? 'either' : 'subject'
    const selected = await tokenSubjects(subjectOf(payload, claims), meant, settings)
    if (selected.length === 0) return notUnderstood
    const until = issuedUntil(payload['event_timestamp'], claims.iat)
    return revokeAll(api, selected, until)
  }

  /** SSF section 8.1.4.1: a state that nobody asked for is told to the transmitter. */
  async function verified({ state }: ClaimSet): Promise<SignalOutcome> {
    const told = await settings.onVerification(typeof state === 'string' ? state : undefined)
    return told === false ? refuseSignal('wrong_state') : ignored
  }

  function eventOf(
    type: string,
    payload: ClaimSet,
    claims: SignalClaims,
    outcome: SecurityEvent['outcome'],
  ): SecurityEvent {
    const subject = subjectOf(payload, claims)
    return Object.freeze({
      issuer: settings.issuer.issuer,
      jti: claims.jti,
      type,
      payload,
      subject: isObject(subject) ? subject : undefined,
      outcome,
    })
  }
}

type Done = { readonly verdict: 'accepted'; readonly outcome: SecurityEvent['outcome'] }

const ignored: Done = Object.freeze({ verdict: 'accepted', outcome: 'ignored' })
const notUnderstood: Done = Object.freeze({ verdict: 'accepted', outcome: 'not_understood' })

/** SSF section 3.1: at the top; events of older drafts name it themselves. */
function subjectOf(payload: ClaimSet, claims: SignalClaims): unknown {
  return claims['sub_id'] ?? payload['subject']
}

/** SSF section 8.1.5: while the stream stands still, no revocation arrives. */
function tellOfStream({ status }: ClaimSet, { log, issuer }: SecurityEventsSettings): void {
  const stands = status === 'paused' || status === 'disabled'
  log(
    Object.freeze({
      level: stands ? 'warn' : 'info',
      code: 'security_event_stream_updated',
      message: stands
        ? 'The transmitter of security events has stopped the stream: revocations do not arrive until it starts it again.'
        : 'The transmitter of security events has changed the status of the stream.',
      details: Object.freeze({
        issuer: issuer.issuer,
        ...((stands || status === 'enabled') && { status }),
      }),
    }),
  )
}
