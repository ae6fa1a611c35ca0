import { Auth } from './auth.ts'
import { type Answer, nonceFields, withNonce } from './challenge/answer.ts'
import type { Challenger } from './challenge/challenger.ts'
import { mergedFields } from './challenge/merged-fields.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { RefusalValue } from './errors/refusal-value.ts'
import { Unavailable } from './errors/unavailable.ts'
import type { ClaimSet } from './options/issuer-options.ts'
import { mustTake } from './options/must-take.ts'
import type { ResourceServerSettings } from './options/resource-server-options.ts'
import { attainablePolicy } from './policy/attainable-policy.ts'
import type { Policy } from './policy/policy.ts'
import type { PresentedRequest } from './request/presented-request.ts'
import { type HeaderFields, rawHeaders } from './request/raw-headers.ts'
import type { Story } from './resource-server.ts'

/** A request of any framework. */
export interface VerifiableRequest {
  readonly method: string
  /** The request target as the client sent it, or an absolute URL. */
  readonly url: string
  /** Pairs (best: repeated fields stay visible), a record, or a `Headers` object. */
  readonly headers: HeaderFields
  /** The parsed form body, for `credentials.formBody`. */
  readonly body?: unknown
  /** The client certificate of the TLS connection, DER; for `mtls`. */
  readonly certificate?: Uint8Array
  /** The address of the other end of the connection; for `mtls.forwarded`. */
  readonly remoteAddress?: string
}

/** A decision, and the answer or the header fields that go with it. */
export type VerifyResult<Claims extends object = ClaimSet> =
  | { readonly verdict: 'accepted'; readonly auth: Auth<Claims>; readonly response: Answer }
  | { readonly verdict: 'refused'; readonly refusal: RefusalValue; readonly response: Answer }
  | { readonly verdict: 'unavailable'; readonly error: Unavailable; readonly response: Answer }

/** The framework-neutral form of the story: a request in, a decision and an answer out. */
export function verifyRequest(
  settings: ResourceServerSettings,
  core: Story,
  say: Challenger,
): <R extends VerifiableRequest>(
  request: R,
  policy?: Policy<object, R>,
) => Promise<VerifyResult<object>> {
  return async function verify(request, policy) {
    let nextNonce: string | undefined
    const decision = await core.decide({
      request: presentedRequest(request),
      policy: policy === undefined ? undefined : attainablePolicy(policy, settings),
      subject: request,
      onNonce(nonce) {
        nextNonce = nonce
      },
    })
    if (decision instanceof Auth) {
      return { verdict: 'accepted', auth: decision, response: acceptedWith(nextNonce) }
    }
    const answer = say.answer(decision)
    const response = nextNonce === undefined ? answer : withNonce(answer, nextNonce)
    return decision.verdict === 'refused'
      ? { verdict: 'refused', refusal: decision, response }
      : {
          verdict: 'unavailable',
          error: new Unavailable(decision, mergedFields(response.headers)),
          response,
        }
  }
}

/** Nothing is added to most accepted requests' responses; the status is the application's. */
const accepted: Answer = Object.freeze({ status: 200, headers: Object.freeze([]) })

function acceptedWith(nonce: string | undefined): Answer {
  return nonce === undefined ? accepted : { ...accepted, headers: nonceFields(nonce) }
}

/**
 * The request in the form that the story reads.
 *
 * @throws ConfigurationError for what is no request
 */
function presentedRequest(request: VerifiableRequest): PresentedRequest {
  if (typeof request !== 'object' || request === null) {
    throw mustTake(call, 'a request: { method, url, headers }', request)
  }
  const { method, url, headers, body, certificate, remoteAddress } = request
  if (typeof method !== 'string') {
    throw mustTake(call, 'a request whose `method` is a string', method)
  }
  if (typeof url !== 'string') {
    throw mustTake(call, 'a request whose `url` is a string', url)
  }
  if (certificate !== undefined && !ArrayBuffer.isView(certificate)) {
    throw mustTake(call, 'a request whose `certificate` is a Uint8Array, DER', certificate)
  }
  if (remoteAddress !== undefined && typeof remoteAddress !== 'string') {
    throw mustTake(call, 'a request whose `remoteAddress` is a string', remoteAddress)
  }
  const peer = {
    remoteAddress,
    getPeerX509Certificate: () => (certificate ? { raw: certificate } : undefined),
  }
  return { method, url, rawHeaders: checkedHeaders(headers), body, peer }
}

const call = 'verify(request)'

/** In Node's flat list a name cannot be told from a value: taken for pairs, it would hide the token. */
function checkedHeaders(headers: unknown): readonly string[] {
  if (typeof headers !== 'object' || headers === null) {
    throw mustTake(call, `a request whose ${headersRule}`, headers)
  }
  const fields = Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : headers
  const raw =
    Array.isArray(fields) && !fields.every(Array.isArray)
      ? undefined
      : rawHeaders(fields as HeaderFields)
  if (!raw?.every((text) => typeof text === 'string')) {
    throw new ConfigurationError('', `${call} takes a request whose ${headersRule}.`)
  }
  return raw
}

const headersRule =
  '`headers` are pairs, a record or a `Headers` object, with names and values of type string'
