import { allowedUrl, isListed } from '../http/allowed-url.ts'
import { getJson, type JsonFailureCode } from '../http/get-json.ts'
import type { HttpClient } from '../http/http-client.ts'
import type { HttpFailure } from '../http/http-failure.ts'
import { withoutQuery } from '../http/without-query.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { AuthorizationServerMetadata } from '../verification/verifier.ts'
import { wellKnownUrls } from './well-known-urls.ts'

/** Why there is no metadata, for operators: what was asked, and what was wrong with the answer. */
export interface DiscoveryFailure {
  readonly failure:
    | JsonFailureCode
    | 'wrong_issuer'
    | 'url_not_allowed'
    /** They named it until now. */
    | `no_${'jwks_uri' | 'introspection_endpoint'}`
  /** Without its query. */
  readonly url: string
  readonly status?: number
  /** The member whose URL may not be asked. */
  readonly member?: string
  readonly cause?: HttpFailure
}

/** What was found, and where: the place to ask first next time. */
export interface Discovered {
  readonly metadata: AuthorizationServerMetadata
  readonly url: string
}

/**
 * The metadata of an issuer (RFC 8414 section 3): the first document at its well-known places that
 * names exactly this issuer. The failure is the one that says most.
 *
 * @param foundAt - where it was last time
 */
export async function discover(
  settings: IssuerSettings,
  http: HttpClient,
  foundAt: string | undefined,
): Promise<Discovered | DiscoveryFailure> {
  let failure: DiscoveryFailure | undefined
  for (const url of places(settings, foundAt)) {
    const found = await discoverAt(url, settings, http)
    if (!('failure' in found)) return found
    if (failure === undefined || weight(found) > weight(failure)) failure = found
    // All places are on one host: what cannot be reached here cannot be reached there.
    if (unreachable.has(found.failure)) break
  }
  return failure as DiscoveryFailure
}

function places({ issuer, discovery }: IssuerSettings, foundAt: string | undefined): Set<string> {
  const all = discovery?.metadataUrl ? [discovery.metadataUrl] : wellKnownUrls(issuer)
  return new Set(foundAt === undefined ? all : [foundAt, ...all])
}

const unreachable: ReadonlySet<string> = new Set([
  'timeout',
  'connection_failed',
  'not_allowed',
  'closed',
])

/** A document that is wrong says more than a place that is empty. */
function weight({ failure }: DiscoveryFailure): number {
  if (failure === 'wrong_issuer' || failure === 'url_not_allowed') return 2
  return failure === 'wrong_status' ? 0 : 1
}

async function discoverAt(
  url: string,
  settings: IssuerSettings,
  http: HttpClient,
): Promise<Discovered | DiscoveryFailure> {
  const answer = await getJson(http, url)
  if ('failure' in answer) return answer
  // RFC 8414 section 3.3: identical, compared by code point (section 4): no slash more or less.
  if (answer.json['issuer'] !== settings.issuer) {
    return Object.freeze({ failure: 'wrong_issuer', url: withoutQuery(url) })
  }
  const metadata: Writable = { issuer: settings.issuer }
  for (const member of neededMembers(settings)) {
    const value = named(answer.json, member, settings)
    if (value === undefined || value === null) continue
    if (typeof value !== 'string' || !mayBeNamed(value, settings)) {
      return Object.freeze({ failure: 'url_not_allowed', url: withoutQuery(url), member })
    }
    metadata[member] = value
  }
  return { metadata: Object.freeze(metadata), url }
}

/**
 * Whether metadata may name this URL. Those of an issuer elsewhere must not lead to what runs on this
 * host, which may trust whoever comes over loopback.
 */
function mayBeNamed(value: string, { issuer, http: { insecureHosts } }: IssuerSettings): boolean {
  const url = allowedUrl(value, insecureHosts)
  if (url?.protocol !== 'http:') return url !== undefined
  return new URL(issuer).protocol === 'http:' || isListed(url, insecureHosts)
}

/** RFC 8705 section 5: who authenticates by certificate prefers the endpoint's alias for that. */
function named(
  document: Readonly<Record<string, unknown>>,
  member: 'jwks_uri' | 'introspection_endpoint',
  { introspection }: IssuerSettings,
): unknown {
  const aliases = document['mtls_endpoint_aliases']
  const byCertificate =
    member === 'introspection_endpoint' && introspection?.client.method === 'tls_client_auth'
  const alias =
    byCertificate && typeof aliases === 'object' && aliases !== null && !Array.isArray(aliases)
      ? (aliases as Record<string, unknown>)[member]
      : undefined
  return alias ?? document[member]
}

type Writable = {
  -readonly [Member in keyof AuthorizationServerMetadata]: AuthorizationServerMetadata[Member]
}

/** A URL that is not needed may be anything, and is not kept. Whether one is missing is for its user. */
export function neededMembers({
  jwt,
  introspection,
}: IssuerSettings): readonly ('jwks_uri' | 'introspection_endpoint')[] {
  // Signed introspection answers need keys also where no JWT is verified (RFC 9701 section 5).
  const keys = jwt ? jwt.keys === 'discovered' : introspection?.signedResponse === true
  return [
    ...(keys ? (['jwks_uri'] as const) : []),
    ...(introspection?.endpoint === 'discovered' ? (['introspection_endpoint'] as const) : []),
  ]
}
