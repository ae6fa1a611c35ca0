import { tokenDigest } from '../cache/token-digest.ts'
import { type UnavailableValue, unavailable } from '../errors/unavailable-value.ts'
import { httpClient } from '../http/http-client.ts'
import { KnownIssuer } from '../issuers/known-issuer.ts'
import { parseCompact } from '../jws/compact.ts'
import { keysChannel, publish } from '../observability/channels.ts'
import type { TransmitterSettings } from '../options/transmitter-options.ts'
import { keySets } from '../verification/jwt/key-sets.ts'
import { judgeSignal, type SignalClaims } from './judge-signal.ts'
import { refuseSignal, type SignalReason, type SignalRefusal } from './signal-refusal.ts'
import { signedBy } from './signed-by.ts'

/** Claims that the transmitter signed, and the same string for the same claims. */
export interface Signal {
  readonly claims: SignalClaims
  readonly identity: string
}

/** How a kind of security event token is told from others. */
export interface SignalKind {
  isType(typ: unknown): boolean
  /** What this kind asks for besides what all do. */
  judge(claims: SignalClaims): SignalReason | undefined
}

export interface Transmitter {
  /** The signal in a token, after all checks. */
  verify(token: string): Promise<Signal | SignalRefusal | UnavailableValue>
  /** Fetches no more, and releases the sockets. */
  close(): Promise<void>
}

const closedMs = 1000
/** As those of the resource server are by default. */
const keyTimes = Object.freeze({ coolDownMs: 30_000, maxAgeMs: 600_000, staleMs: 3_600_000 })

/** Verifies what one transmitter signed, by its own keys and no others. */
export function transmitter(settings: TransmitterSettings, kind: SignalKind): Transmitter {
  const { clock, audiences } = settings
  const http = httpClient(settings.issuer.http)
  const around = { clock, keys: keyTimes, httpFor: () => http, onDiscovery: () => {} }
  const issuer = new KnownIssuer(settings.issuer, around)
  const sets = keySets({
    clock,
    keys: keyTimes,
    onRefresh: (refresh) =>
      publish(keysChannel, () => ({ resource: audiences[0] as string, ...refresh })),
  })

  let closed = false

  return {
    async verify(token) {
      // Also where the keys are held: what a process that ends remembers, no other one would be told.
      if (closed) return unavailable('closed', closedMs)
      const jws = parseCompact(token)
      const claims = jws?.payload()
      if (jws === undefined || claims === undefined) {
        // RFC 7516 section 3.1: five segments are those of an encrypted one.
        return refuseSignal(token.split('.', 6).length === 5 ? 'encrypted' : 'malformed')
      }
      const fault =
        judgeSignal(jws.header, claims, kind.isType, settings) ?? kind.judge(claims as SignalClaims)
      if (fault !== undefined) return refuseSignal(fault)
      const signed = await signedBy(sets.of(issuer), jws)
      if (signed !== true) return typeof signed === 'string' ? refuseSignal(signed) : signed
      // What was signed, its `jti` among it: a transmitter that repeats itself may sign anew.
      return {
        claims: claims as SignalClaims,
        identity: tokenDigest(token.split('.', 2)[1] as string),
      }
    },
    async close() {
      closed = true
      issuer.close()
      sets.close()
      await http.close()
    },
  }
}
