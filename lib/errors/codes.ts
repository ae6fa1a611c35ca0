/**
 * The OAuth error codes that a resource server may send (RFC 6750 section 3.1, RFC 9449 sections
 * 7.1 and 9, RFC 9470 section 3).
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'insufficient_user_authentication'

/**
 * What a `Refusal` is, for programs: an OAuth error code, or one of the two refusals
 * that OAuth has no code for. Part of the contract: codes are added, never renamed.
 */
export type RefusalCode = OAuthErrorCode | 'missing_credentials' | 'forbidden'

/** How each code is answered: the status, the problem's title, and the OAuth code on the wire. */
export const answers: Readonly<
  Record<
    RefusalCode,
    { readonly status: 400 | 401 | 403; readonly title: string; readonly error?: OAuthErrorCode }
  >
> = Object.freeze({
  // RFC 6750 section 3.1: a request without authentication information gets no error code.
  missing_credentials: { status: 401, title: 'Unauthorized' },
  invalid_request: { status: 400, title: 'Bad Request', error: 'invalid_request' },
  invalid_token: { status: 401, title: 'Unauthorized', error: 'invalid_token' },
  insufficient_scope: { status: 403, title: 'Forbidden', error: 'insufficient_scope' },
  forbidden: { status: 403, title: 'Forbidden' },
  // RFC 9449 section 7.1.
  invalid_dpop_proof: { status: 401, title: 'Unauthorized', error: 'invalid_dpop_proof' },
  // RFC 9449 section 9.
  use_dpop_nonce: { status: 401, title: 'Unauthorized', error: 'use_dpop_nonce' },
  // RFC 9470 section 3.
  insufficient_user_authentication: {
    status: 401,
    title: 'Unauthorized',
    error: 'insufficient_user_authentication',
  },
})
