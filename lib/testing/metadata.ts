/** Where the endpoints of the test authorization server are, as absolute URLs. */
export interface EndpointUrls {
  jwks: string
  readonly introspection: string
  readonly statusList: string
  /** RFC 8414 section 3: the well-known path between host and path of the issuer. */
  readonly oauthMetadata: string
  /** OpenID Connect Discovery section 4: the well-known path after the path of the issuer. */
  readonly openidMetadata: string
  /** SSF section 7.2: as the first. */
  readonly ssfMetadata: string
}

/** The metadata document, the same in both places (RFC 8414 section 2). */
export function metadata(
  issuer: string,
  endpoints: Pick<EndpointUrls, 'jwks' | 'introspection'>,
): Record<string, unknown> {
  const base = issuer.replace(/\/$/, '')
  return {
    issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: endpoints.jwks,
    introspection_endpoint: endpoints.introspection,
    introspection_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
    ],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    // Says nothing about access tokens, whatever they are signed with.
    id_token_signing_alg_values_supported: ['RS256'],
  }
}

/** What a transmitter of security events tells of itself (SSF section 7.1). */
export function ssfMetadata(
  issuer: string,
  { jwks }: Pick<EndpointUrls, 'jwks'>,
): Record<string, unknown> {
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: jwks,
    delivery_methods_supported: ['urn:ietf:rfc:8935'],
  }
}

/** The URLs for an issuer, which may have a path and a terminating slash. */
export function endpointUrls(origin: string, path: string): EndpointUrls {
  // RFC 8414 section 3.1: a terminating slash is removed first.
  const base = path.replace(/\/$/, '')
  return {
    jwks: `${origin}${base}/jwks`,
    introspection: `${origin}${base}/introspect`,
    statusList: `${origin}${base}/statuslists/1`,
    oauthMetadata: `${origin}/.well-known/oauth-authorization-server${base}`,
    openidMetadata: `${origin}${base}/.well-known/openid-configuration`,
    ssfMetadata: `${origin}/.well-known/ssf-configuration${base}`,
  }
}
