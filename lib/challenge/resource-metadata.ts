import { ConfigurationError } from '../errors/configuration-error.ts'
import type { Answer } from './answer.ts'
import { checkMetadataFields } from './check-metadata-fields.ts'

/** Members of the document that the application may set (RFC 9728 section 2). */
export interface ResourceMetadataFields {
  /** Only where `issuers` is a function; otherwise it is the configured issuers. */
  authorization_servers?: readonly string[]
  resource_name?: string
  resource_documentation?: string
  resource_policy_uri?: string
  resource_tos_uri?: string
  jwks_uri?: string
  resource_signing_alg_values_supported?: readonly string[]
  /** Signed by the application; consumers that support it prefer its values. */
  signed_metadata?: string
  /** Localised members (`resource_name#de`) and registered extensions. */
  [extension: string]: unknown
}

export interface ResourceDescription {
  readonly resource: string
  /** `undefined` where nobody can list them: only then the application may. */
  readonly authorizationServers: readonly string[] | undefined
  readonly scopesSupported: readonly string[] | undefined
  readonly bearerMethods: readonly string[]
  readonly authorizationDetailsTypes: readonly string[]
  /** The algorithms of proofs; `undefined` where DPoP is off. */
  readonly dpopAlgorithms: readonly string[] | undefined
  /** Whether every token must be bound to a DPoP key. */
  readonly isDpopRequired: boolean
  readonly bindsCertificates: boolean
}

/** Set by scopegate from its options, so that the document cannot contradict what is enforced. */
const own = [
  'resource',
  'scopes_supported',
  'bearer_methods_supported',
  'authorization_details_types_supported',
  'dpop_signing_alg_values_supported',
  'dpop_bound_access_tokens_required',
  'tls_client_certificate_bound_access_tokens',
]

/**
 * The protected resource metadata document (RFC 9728 section 2), as JSON.
 *
 * @throws ConfigurationError for a member that the options determine, or that cannot be right
 */
export function resourceMetadataDocument(
  description: ResourceDescription,
  fields: ResourceMetadataFields,
): string {
  const names = description.authorizationServers ? [...own, 'authorization_servers'] : own
  checkMetadataFields(fields, names)
  const document: Record<string, unknown> = {
    resource: description.resource,
    authorization_servers: description.authorizationServers,
    scopes_supported: description.scopesSupported,
    bearer_methods_supported: description.bearerMethods,
    authorization_details_types_supported: description.authorizationDetailsTypes,
    dpop_signing_alg_values_supported: description.dpopAlgorithms,
    dpop_bound_access_tokens_required: description.isDpopRequired || undefined,
    tls_client_certificate_bound_access_tokens: description.bindsCertificates || undefined,
    ...fields,
  }
  // RFC 9728 section 3.2: parameters with zero values are omitted.
  const present = Object.entries(document).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  try {
    return JSON.stringify(Object.fromEntries(present))
  } catch {
    throw new ConfigurationError(
      'resourceMetadata',
      'must be made of what JSON can say: no bigint, and nothing that contains itself.',
    )
  }
}

/** The answer to a request for the document: GET, HEAD, and CORS preflights from anywhere. */
export function answerMetadata(method: string, document: string): Answer {
  if (method === 'OPTIONS') {
    return {
      status: 204,
      headers: [
        ['Access-Control-Allow-Origin', '*'],
        ['Access-Control-Allow-Methods', 'GET, HEAD'],
        ['Access-Control-Allow-Headers', '*'],
        ['Access-Control-Max-Age', '86400'],
      ],
    }
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, headers: [['Allow', 'GET, HEAD, OPTIONS']] }
  }
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/json'],
      ['Access-Control-Allow-Origin', '*'],
      // RFC 9728 section 7.10.
      ['Cache-Control', 'public, max-age=3600'],
    ],
    body: document,
  }
}
