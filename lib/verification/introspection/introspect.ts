import { unavailable } from '../../errors/unavailable-value.ts'
import { introspectionChannel, publish } from '../../observability/channels.ts'
import type { IntrospectionSettings } from '../../options/issuer-options.ts'
import type { LogRecord } from '../../options/log-record.ts'
import type { StandardSchema } from '../../options/standard-schema.ts'
import type { AccessToken } from '../access-token.ts'
import type { Credentials, Issuer, Verdict } from '../verifier.ts'
import { clientAuthentication } from './client-authentication.ts'
import { introspectionEndpoint } from './endpoint.ts'
import { failureReporter } from './failure-reporter.ts'
import { faultOf, needsRepairMs } from './fault.ts'
import { judgeAnswer } from './judge-answer.ts'
import { judgeStillActive } from './judge-still-active.ts'
import { plainAnswer } from './plain-answer.ts'
import { introspectionRequest } from './request.ts'
import { signedAnswer, type VerifySigned } from './signed-answer.ts'
import { judgeStatus } from './status.ts'

export interface IntrospectionPorts {
  /** The time, in milliseconds since the epoch. */
  readonly clock: () => number
  readonly log: (record: LogRecord) => void
  readonly schema: StandardSchema | undefined
  /** Whether a signed answer carries a signature of the issuer; asked with `signedResponse` only. */
  readonly verifySigned: VerifySigned
}

/**
 * Asks about a token; about one that is `verified` already, whether it still is active: the answer
 * is judged beside it, and is good for that same token.
 */
export type Introspect = (
  credentials: Pick<Credentials, 'token'>,
  verified?: AccessToken,
) => Promise<Verdict>

/**
 * Asks the issuer about a token (RFC 7662): one call, one verdict. *Refused* is what the issuer
 * said of the token, or what its answer shows; every other answer, and none, is *unavailable*.
 */
export function introspection(
  issuer: Issuer,
  settings: IntrospectionSettings,
  ports: IntrospectionPorts,
): Introspect {
  const { clock } = ports
  const authenticate = clientAuthentication(settings, issuer.settings.issuer, clock)
  const send = introspectionRequest(issuer, settings)
  const read = settings.signedResponse
    ? signedAnswer(issuer.settings, settings, ports.verifySigned, clock)
    : plainAnswer
  const report = failureReporter(issuer.settings.issuer, ports.log, clock)

  async function ask(token: string, verified: AccessToken | undefined): Promise<Verdict> {
    const endpoint = await introspectionEndpoint(issuer, settings)
    if (typeof endpoint !== 'string') return endpoint
    const authentication = await authenticate()
    if ('verdict' in authentication) return authentication
    const response = await send(endpoint, token, authentication)
    if ('verdict' in response) return response
    const failure = judgeStatus(response, clock())
    if (verified && failure && faultOf(failure)?.error === 'unsupported_token_type') {
      return unavailable('live_unsupported', needsRepairMs, failure.cause)
    }
    const answer = failure ?? (await read(response))
    if ('verdict' in answer) return answer
    if (verified) return judgeStillActive(answer.claims, verified, issuer, clock())
    return judgeAnswer(answer.claims, issuer, settings, ports.schema, clock())
  }

  return async function introspect({ token }, verified) {
    const start = clock()
    const verdict = await ask(token, verified)
    report(verdict)
    publish(introspectionChannel, () => ({
      resource: issuer.settings.resource,
      issuer: issuer.settings.issuer,
      outcome: verdict.verdict === 'accepted' ? 'active' : verdict.verdict,
      ...(verdict.verdict !== 'accepted' && { reason: verdict.reason }),
      durationMs: clock() - start,
    }))
    return verdict
  }
}
