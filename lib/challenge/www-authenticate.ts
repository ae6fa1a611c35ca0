import type { RefusalValue, Scheme } from '../errors/refusal-value.ts'

/** Where a challenge sends the client: the metadata document, or the realm when there is none. */
export type Protection = { readonly resourceMetadata: string } | { readonly realm: string }

/** The schemes of a resource server, Bearer first, and the `algs` of the challenge for DPoP. */
export interface ChallengedSchemes {
  readonly schemes: readonly Scheme[]
  /** The algorithms of proofs, space-separated (RFC 9449 section 7.1). */
  readonly algs: string
}

/**
 * The values of the WWW-Authenticate fields, one for each scheme: every one that is accepted with a
 * 401, and otherwise the one that was used. The scheme that was used tells of the error.
 */
export function challenges(
  refusal: RefusalValue,
  protection: Protection,
  { schemes, algs }: ChallengedSchemes,
): readonly string[] {
  const used = schemes.filter((scheme) => (refusal.schemes ?? ['Bearer']).includes(scheme))
  // Whoever came in a way that is not accepted here is told of the error in the one that is.
  const telling = used.length > 0 ? used : schemes.slice(0, 1)
  return (refusal.status === 401 ? schemes : telling).map((scheme) =>
    challenge(scheme, [
      ...place(protection),
      // RFC 9449 section 7.2: the error goes with the scheme that was used.
      ...(telling.includes(scheme) ? errorParams(refusal) : []),
      ...listParam('scope', refusal.scopes),
      ...(scheme === 'DPoP' ? [['algs', algs] as const] : []),
    ]),
  )
}

type Param = readonly [name: string, value: string]

function place(protection: Protection): readonly Param[] {
  return [
    'realm' in protection
      ? ['realm', protection.realm]
      : // RFC 9728 section 5.1: the URL of the metadata, not the resource.
        ['resource_metadata', protection.resourceMetadata],
  ]
}

function errorParams({ error, message, acrValues, maxAgeSeconds }: RefusalValue): readonly Param[] {
  // RFC 6750 section 3.1: no error information when nothing was presented.
  return error === undefined
    ? []
    : [
        ['error', error],
        ['error_description', message],
        // RFC 9470 section 3.
        ...listParam('acr_values', acrValues),
        ...(maxAgeSeconds === undefined ? [] : [['max_age', String(maxAgeSeconds)] as const]),
      ]
}

function listParam(name: string, values: readonly string[] | undefined): readonly Param[] {
  return values && values.length > 0 ? [[name, values.join(' ')]] : []
}

/**
 * A challenge always has an auth-param, and each at most once (RFC 6750 section 3, RFC 9449
 * section 7.1).
 */
function challenge(scheme: Scheme, params: readonly Param[]): string {
  return `${scheme} ${params.map(([name, value]) => `${name}="${legal(value)}"`).join(', ')}`
}

/**
 * RFC 6750 section 3 allows no quotes, backslashes, controls or non-ASCII in any attribute, so
 * that escaping never comes up: what is illegal is replaced.
 */
function legal(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}
