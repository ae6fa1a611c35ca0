import type { Marks } from '../../cache/marks.ts'
import { refuse } from '../../errors/refusal-value.ts'
import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { breakerChannel, introspectionChannel, publish } from '../../observability/channels.ts'
import type { IntrospectionHealth } from '../../observability/health.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { LogRecord } from '../../options/log-record.ts'
import type { StandardSchema } from '../../options/standard-schema.ts'
import type { AccessToken } from '../access-token.ts'
import type { Credentials, Issuer, Verdict } from '../verifier.ts'
import { clientAuthentication } from './client-authentication.ts'
import { doubtedEndpoint } from './doubted-endpoint.ts'
import { introspectionEndpoint } from './endpoint.ts'
import { failureReporter } from './failure-reporter.ts'
import { faultOf, needsRepairMs } from './fault.ts'
import { judgeAnswer } from './judge-answer.ts'
import { judgeStillActive } from './judge-still-active.ts'
import { plainAnswer } from './plain-answer.ts'
import { introspectionRequest } from './request.ts'
import { type AnswerStore, sharedAnswers } from './shared-answers.ts'
import { signedAnswer, type VerifySigned } from './signed-answer.ts'
import { judgeStatus } from './status.ts'
import { tokenShape } from './token-shape.ts'
import { type InTurn, Way } from './way.ts'

export interface IntrospectionPorts {
  /** The time, in milliseconds since the epoch. */
  readonly clock: () => number
  readonly log: (record: LogRecord) => void
  readonly schema: StandardSchema | undefined
  /** Whether a signed answer carries a signature of the issuer; asked with `signedResponse` only. */
  readonly verifySigned: VerifySigned
  /** The tokens that were good lately: they go first. */
  readonly goodLately: Marks
  /** Where other processes look for answers, and this one looks first; if anywhere. */
  readonly shared?: AnswerStore | undefined
}

/**
 * Asks about a token; about one that is `verified` already, whether it still is active: the answer
 * is judged beside it, and is good for that same token.
 */
export type Introspect = (
  credentials: Pick<Credentials, 'token' | 'digest'>,
  verified?: AccessToken,
) => Verdict | Promise<Verdict>

export interface Introspection {
  readonly introspect: Introspect
  health(): IntrospectionHealth
}

/**
 * Asks the issuer about a token (RFC 7662): one call, one verdict. *Refused* is what the issuer
 * said of the token, or what its answer or the token itself shows; every other answer, and none, is
 * *unavailable*.
 */
export function introspection(
  issuer: Issuer,
  settings: IntrospectionSettings,
  ports: IntrospectionPorts,
): Introspection {
  const { clock, goodLately } = ports
  const named = { resource: issuer.settings.resource, issuer: issuer.settings.issuer }
  const authenticate = clientAuthentication(settings, named.issuer, clock)
  const send = introspectionRequest(issuer, settings)
  const doubt = doubtedEndpoint(issuer, settings)
  const read = settings.signedResponse
    ? signedAnswer(issuer.settings, settings, ports.verifySigned, clock)
    : plainAnswer
  const report = failureReporter(named.issuer, ports.log, clock)
  const fits = settings.tokenShape && tokenShape(settings.tokenShape)
  const way = new Way(settings, {
    clock,
    onChange: (change) => publish(breakerChannel, () => ({ ...named, ...change })),
  })
  let misshapen = 0

  async function respond(token: string, inTurn: InTurn): Promise<HttpResponse | UnavailableValue> {
    const endpoint = await introspectionEndpoint(issuer, settings)
    if (typeof endpoint !== 'string') return endpoint
    const response = await inTurn(async (turn) => {
      const authentication = await authenticate()
      if ('verdict' in authentication) return authentication
      turn.sent = true
      const received = await send(endpoint, token, authentication, turn.end)
      return judgeStatus(received, clock()) ?? received
    })
    if ('verdict' in response) doubt(response)
    return response
  }

  async function judged(
    response: HttpResponse | UnavailableValue,
    verified: AccessToken | undefined,
  ): Promise<Verdict> {
    const failure = 'verdict' in response ? response : undefined
    if (verified && failure && faultOf(failure)?.error === 'unsupported_token_type') {
      return unavailable('live_unsupported', needsRepairMs, failure.cause)
    }
    const answer = 'verdict' in response ? response : await read(response)
    if ('verdict' in answer) return answer
    if (verified) return judgeStillActive(answer.claims, verified, issuer, clock())
    return judgeAnswer(answer.claims, issuer, settings, ports.schema, clock())
  }

  async function ask(
    { token, digest }: Pick<Credentials, 'token' | 'digest'>,
    verified: AccessToken | undefined,
  ): Promise<Verdict> {
    const start = clock()
    const isKnown = verified !== undefined || goodLately.has(digest)
    const verdict = await way.ask(isKnown, async (inTurn) =>
      judged(await respond(token, inTurn), verified),
    )
    if (verdict.verdict === 'accepted') goodLately.add(digest)
    if (verdict.verdict === 'refused') goodLately.delete(digest)
    report(verdict)
    if (wasAsked(verdict)) {
      publish(introspectionChannel, () => ({
        ...named,
        outcome: verdict.verdict === 'accepted' ? 'active' : verdict.verdict,
        ...(verdict.verdict !== 'accepted' && { reason: verdict.reason }),
        durationMs: clock() - start,
      }))
    }
    return verdict
  }

  const readOrAsk = ports.shared
    ? sharedAnswers(ask, issuer, settings, { ...ports, ...ports.shared })
    : ask

  return {
    introspect(credentials, verified) {
      if (verified || !fits || fits(credentials.token)) return readOrAsk(credentials, verified)
      misshapen++
      return refuse('wrong_shape')
    },
    health: () => Object.freeze({ ...way.health(), misshapen }),
  }
}

function wasAsked(verdict: Verdict): boolean {
  return (
    verdict.verdict !== 'unavailable' ||
    (verdict.reason !== 'introspection_busy' && verdict.reason !== 'introspection_paused')
  )
}
