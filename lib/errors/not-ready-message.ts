import type { UnavailableReason } from './unavailable-value.ts'

interface InTheWay {
  readonly issuer: string
  readonly unavailable: { readonly reason: UnavailableReason; readonly cause?: unknown }
}

/**
 * What operators read when a resource server is not ready: of each issuer what failed, where and
 * how, and the way out. It is made of our words, configured identifiers and URLs without a query.
 */
export function notReadyMessage(inTheWay: readonly InTheWay[]): string {
  if (inTheWay.some(({ unavailable }) => unavailable.reason === 'closed')) {
    return 'Not ready: close() was called. Make another resource server.'
  }
  const sentences = inTheWay.map(
    ({ issuer, unavailable: { reason, cause } }) =>
      `Issuer ${issuer}: ${what[reason]} (${[reason, ...detailsOf(cause)].join(', ')}). ${wayOut(cause)}`,
  )
  return `Not ready. ${sentences.join(' ')} The API may listen all the same: tokens that cannot be verified get 503 until then.`
}

const what: Readonly<Record<UnavailableReason, string>> = {
  discovery_failed: 'its metadata cannot be had',
  keys_unreachable: 'its key set cannot be had',
  no_usable_key: 'it has no key that may be used',
  status_list_unreachable: 'a status list of it cannot be had',
  issuer_lookup_failed: 'the `issuers` function gave no answer',
  introspection_failed: 'its introspection endpoint gave no answer',
  introspection_busy: 'too many questions wait for its introspection endpoint',
  introspection_paused: 'its introspection endpoint is left alone for now',
  client_refused: 'it refuses the credentials of `introspection.client`',
  live_unsupported: 'it does not introspect tokens of this kind',
  replay_memory_full: 'no more proofs can be remembered',
  revocations_unknown: 'the store does not tell what was revoked',
  replay_store_lost: 'the shared store cannot be asked',
  closed: 'it is not asked any more',
}

const reachable =
  'See that it runs, and can be reached from this host: name resolution, firewall, `http.proxy`, `http.ca`.'
const rightPlace =
  'See that the URL is the right one: it follows from `issuer`, unless `discovery.metadataUrl` or `jwt.keys.uri` says otherwise.'

const waysOut: Readonly<Record<string, string>> = {
  timeout: reachable,
  connection_failed: reachable,
  busy: reachable,
  unreadable: reachable,
  not_allowed: 'It must be https, except on loopback and for `http.insecureHosts`.',
  wrong_status: rightPlace,
  wrong_content: rightPlace,
  malformed: rightPlace,
  redirected: rightPlace,
  too_large: rightPlace,
  wrong_issuer:
    'The metadata there name another issuer: `issuer` must be the same, by every character.',
  url_not_allowed: 'What the metadata name must be https, except for `http.insecureHosts`.',
  no_jwks_uri: 'Its metadata name no `jwks_uri`: give `jwt.keys`, or `jwt: false` to introspect.',
}

function wayOut(cause: unknown): string {
  const { failure } = membersOf(cause)
  const known = typeof failure === 'string' && Object.hasOwn(waysOut, failure)
  return known
    ? (waysOut[failure] as string)
    : 'See that it publishes keys for signatures: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.'
}

/** `connection_failed, ECONNREFUSED, https://as.example.com/jwks`, as far as there is something to say. */
function detailsOf(cause: unknown): string[] {
  const { failure, status, member, url, cause: inner } = membersOf(cause)
  const { code } = membersOf(membersOf(inner)['cause'])
  return [failure, status, member, code, url].filter((one) => one !== undefined).map(String)
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
