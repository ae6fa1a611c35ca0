import type { UnavailableValue } from '../../errors/unavailable-value.ts'
import type { HttpResponse } from '../../http/http-client.ts'
import { type CompactJws, parseCompact } from '../../jws/compact.ts'
import { decryptJwe } from '../../jws/decrypt-jwe.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { ClaimSet, IssuerSettings } from '../../options/issuer-options.ts'
import { type AnswerFault, answerFailed } from './fault.ts'
import type { Answer } from './plain-answer.ts'

/** Whether a key of the issuer made the signature; unavailable when there is no key to ask. */
export type VerifySigned = (
  jws: CompactJws,
) => boolean | UnavailableValue | Promise<boolean | UnavailableValue>

/**
 * An answer is made for one request. It does not name the token, so an old one could be passed
 * off as the answer about another token; clocks that differ by minutes still agree.
 */
const maxAgeSeconds = 300

/** Reads the claims of signed answers (RFC 9701 section 5); an answer in plain JSON is none. */
export function signedAnswer(
  issuer: IssuerSettings,
  { client, answerAlgorithms }: IntrospectionSettings,
  verifySigned: VerifySigned,
  clock: () => number,
): (response: HttpResponse) => Promise<Answer | UnavailableValue> {
  // What the issuer may not sign its tokens with, it may not sign its answers with.
  const accepted: ReadonlySet<string> = issuer.jwt?.algorithms ?? answerAlgorithms
  const decryptionKeys = issuer.jwt?.decryptionKeys ?? []
  const toleranceSeconds = (issuer.jwt?.clockToleranceMs ?? 5000) / 1000
  const recipients = new Set<unknown>([issuer.resource])
  if (client.clientId !== undefined) recipients.add(client.clientId)

  return async (response) => {
    if (mediaType(response.header('content-type')) !== 'application/token-introspection+jwt') {
      return failed('not_signed')
    }
    let text = response.body.toString('latin1').trim()
    if (text.split('.').length === 5) {
      // Encryption says nothing of the sender: what is inside must be signed all the same.
      const inside = decryptionKeys.length > 0 && (await decryptJwe(text, decryptionKeys))
      if (!inside) return failed('undecryptable')
      text = inside.toString('latin1')
    }
    const jws = parseCompact(text)
    const claims = jws?.payload()
    if (jws === undefined || claims === undefined) return failed('not_signed')
    const fault = headerFault(jws, accepted) ?? claimsFault(claims)
    if (fault !== undefined) return failed(fault)
    const verified = await verifySigned(jws)
    if (verified === false) return failed('wrong_signature')
    if (verified !== true) return verified
    const about = claims['token_introspection']
    return isClaimSet(about) ? { claims: about } : failed('no_token_introspection')
  }

  function claimsFault({ iss, aud, iat }: ClaimSet): AnswerFault['fault'] | undefined {
    if (iss !== issuer.issuer) return 'wrong_issuer'
    // RFC 9701 section 5: `aud` identifies the resource server that receives the answer.
    const audience: unknown[] = Array.isArray(aud) ? aud : [aud]
    if (!audience.some((one) => recipients.has(one))) return 'wrong_audience'
    if (typeof iat !== 'number') return 'wrong_time'
    const age = clock() / 1000 - iat
    return age >= -toleranceSeconds && age <= maxAgeSeconds ? undefined : 'wrong_time'
  }
}

function headerFault(
  { header }: CompactJws,
  accepted: ReadonlySet<string>,
): AnswerFault['fault'] | undefined {
  // RFC 9701 section 5: the type keeps other JWTs of the issuer from passing as answers.
  const typ = header['typ']
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
  if (type !== 'token-introspection+jwt') return 'wrong_type'
  // RFC 7515 section 4.1.11: no extension is understood here, so any `crit` refuses.
  return accepted.has(header.alg) && header['crit'] === undefined ? undefined : 'unsupported_header'
}

function failed(fault: AnswerFault['fault']): UnavailableValue {
  return answerFailed({ fault })
}

function mediaType(field: string | undefined): string | undefined {
  return field?.split(';', 1)[0]?.trim().toLowerCase()
}

function isClaimSet(value: unknown): value is ClaimSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
