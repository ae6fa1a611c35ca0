import type { RefusalCode } from './codes.ts'

/** The stages of the story: where a request can end. */
export type Stage = 'credentials' | 'issuer' | 'verification' | 'proof' | 'policy'

/**
 * Every reason to refuse, in the order of the story: its code, the stage it belongs to, and the
 * sentence a client reads.
 * The sentences are fixed and ASCII: they go into header fields and never carry request data.
 */
const table = {
  no_credentials: ['missing_credentials', 'credentials', 'The request carries no access token.'],

  malformed_credentials: ['invalid_request', 'credentials', 'The credentials are malformed.'],
  repeated_credentials: [
    'invalid_request',
    'credentials',
    'The request carries credentials more than once.',
  ],
  several_methods: [
    'invalid_request',
    'credentials',
    'The access token was sent in more than one way.',
  ],
  token_too_large: ['invalid_request', 'credentials', 'The access token is too large.'],

  unknown_issuer: [
    'invalid_token',
    'issuer',
    'The access token is from an issuer that is not trusted here.',
  ],
  opaque_not_accepted: [
    'invalid_token',
    'issuer',
    'The access token is not in a form accepted here.',
  ],

  malformed_token: ['invalid_token', 'verification', 'The access token is malformed.'],
  not_encrypted: ['invalid_token', 'verification', 'The access token is not encrypted.'],
  undecryptable: ['invalid_token', 'verification', 'The access token cannot be decrypted.'],
  wrong_type: ['invalid_token', 'verification', 'The token is not of the access token type.'],
  unsupported_header: [
    'invalid_token',
    'verification',
    'The access token has a header that is not accepted.',
  ],
  unsupported_algorithm: [
    'invalid_token',
    'verification',
    'The access token is signed with an algorithm that is not accepted.',
  ],
  missing_claim: ['invalid_token', 'verification', 'The access token lacks a required claim.'],
  malformed_claim: ['invalid_token', 'verification', 'The access token has a malformed claim.'],
  not_an_access_token: ['invalid_token', 'verification', 'The token is not an access token.'],
  wrong_issuer: ['invalid_token', 'verification', 'The access token is from another issuer.'],
  wrong_audience: [
    'invalid_token',
    'verification',
    'The access token is meant for another resource.',
  ],
  wrong_client: [
    'invalid_token',
    'verification',
    'The access token was issued to a client not accepted here.',
  ],
  expired: ['invalid_token', 'verification', 'The access token expired.'],
  not_yet_valid: ['invalid_token', 'verification', 'The access token is not valid yet.'],
  unknown_key: ['invalid_token', 'verification', 'The access token is signed with an unknown key.'],
  wrong_signature: ['invalid_token', 'verification', 'The signature of the access token is wrong.'],
  inactive: ['invalid_token', 'verification', 'The access token is not active.'],
  claims_misfit: [
    'invalid_token',
    'verification',
    'The claims of the access token are not as expected.',
  ],

  proof_missing: [
    'invalid_token',
    'proof',
    'The access token is bound to a key that was not proved.',
  ],

  insufficient_scope: ['insufficient_scope', 'policy', 'The access token lacks a required scope.'],
  illegal_scope: ['forbidden', 'policy', 'The request asks for something no scope can grant.'],
  missing_role: ['forbidden', 'policy', 'The access token lacks a required role.'],
  check_failed: ['forbidden', 'policy', 'The request is not permitted.'],
} as const

/** Why a request was refused: a closed union of low cardinality, fit for metrics. */
export type RefusalReason = keyof typeof table

/** Code, stage and sentence of each reason. */
export const refusalReasons: Readonly<
  Record<RefusalReason, readonly [RefusalCode, Stage, string]>
> = Object.freeze(table)
