import { publish, type SignalsEvent, signalsChannel } from '../observability/channels.ts'
import { securityEventTypes } from '../options/security-event-types.ts'
import type { TransmitterSettings } from '../options/transmitter-options.ts'
import type { SignalOutcome } from './signal-outcome.ts'

const quietMs = 60_000

const sentences: Readonly<Record<string, string>> = {
  refused:
    'A delivery to a receiver of revocations was refused. If the transmitter sent it, compare its configuration with the options.',
  unavailable:
    'A revocation could not be received now, and has to be sent again: the keys of the transmitter cannot be had, or the other processes not be told.',
  not_understood:
    'A security event was acknowledged and did nothing, since its subject names no token that is known here: see `subjectOf` and `subjectIssuer`.',
}

/** Tells what became of each delivery; the operators of what went wrong, at most once a minute. */
export function reporter(
  kind: SignalsEvent['kind'],
  { issuer: { issuer }, log, clock }: TransmitterSettings,
): (outcome: SignalOutcome, types?: readonly string[]) => void {
  const quietUntil = new Map<string, number>()

  return (told, types) => {
    const outcome = told.verdict === 'accepted' ? told.outcome : told.verdict
    const reason = told.verdict === 'accepted' ? undefined : told.reason
    const known = types?.map((type) => (securityEventTypes.has(type) ? type : 'other'))
    const event = {
      issuer,
      kind,
      outcome,
      ...(reason && { reason }),
      ...(known && { types: known }),
    }
    publish(signalsChannel, () => event)
    const message = sentences[outcome]
    const code = `${kind}_${outcome}`
    const now = clock()
    // Reasons and known types are few; whoever sends has no say in how many there are.
    const topic = [code, reason, ...(outcome === 'not_understood' ? (known ?? []) : [])].join(' ')
    if (message === undefined || now < (quietUntil.get(topic) ?? now)) return
    quietUntil.set(topic, now + quietMs)
    const { kind: _, outcome: __, ...details } = event
    log(Object.freeze({ level: 'warn', code, message, details: Object.freeze(details) }))
  }
}
