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
  query_token: [
    'invalid_request',
    'credentials',
    'An access token must not be sent in the query of the URL.',
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

  wrong_shape: [
    'invalid_token',
    'verification',
    'The access token does not look like those of its issuer.',
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
  revoked: ['invalid_token', 'verification', 'The access token was revoked.'],
  status_not_accepted: [
    'invalid_token',
    'verification',
    'The access token refers to a status that is not looked up here.',
  ],
  unknown_status_list: [
    'invalid_token',
    'verification',
    'The access token refers to a status list that is not accepted here.',
  ],
  status_out_of_range: [
    'invalid_token',
    'verification',
    'The access token refers to a place beyond the end of its status list.',
  ],
  status_missing: [
    'invalid_token',
    'verification',
    'The access token does not tell where its status is, which is required here.',
  ],
  revoked_by_status: [
    'invalid_token',
    'verification',
    'The access token was revoked or suspended, by its status list.',
  ],
  inactive: ['invalid_token', 'verification', 'The access token is not active.'],
  contradicted: [
    'invalid_token',
    'verification',
    'The authorization server says something else of the access token.',
  ],
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
  not_sender_constrained: [
    'invalid_token',
    'proof',
    'The access token is not bound to a key, which is required here.',
  ],
  not_dpop_bound: ['invalid_token', 'proof', 'The access token is not bound to a DPoP key.'],
  wrong_proof_key: [
    'invalid_token',
    'proof',
    'The access token is bound to another key than that of the DPoP proof.',
  ],
  wrong_certificate: [
    'invalid_token',
    'proof',
    'The access token is bound to another client certificate.',
  ],
  repeated_proof: [
    'invalid_dpop_proof',
    'proof',
    'The request carries more than one DPoP header field.',
  ],
  no_proof: ['invalid_dpop_proof', 'proof', 'The request carries no DPoP proof.'],
  malformed_proof: ['invalid_dpop_proof', 'proof', 'The DPoP proof is malformed.'],
  wrong_proof_type: ['invalid_dpop_proof', 'proof', 'The DPoP proof is not of its type.'],
  unsupported_proof_algorithm: [
    'invalid_dpop_proof',
    'proof',
    'The DPoP proof is signed with an algorithm that is not accepted.',
  ],
  unfit_proof_key: ['invalid_dpop_proof', 'proof', 'The key of the DPoP proof is not accepted.'],
  wrong_proof_signature: [
    'invalid_dpop_proof',
    'proof',
    'The signature of the DPoP proof is wrong.',
  ],
  wrong_proof_method: ['invalid_dpop_proof', 'proof', 'The DPoP proof is for another method.'],
  wrong_proof_target: ['invalid_dpop_proof', 'proof', 'The DPoP proof is for another URI.'],
  proof_not_in_time: [
    'invalid_dpop_proof',
    'proof',
    'The DPoP proof was not made just now: its time is out of the window.',
  ],
  wrong_proof_token: ['invalid_dpop_proof', 'proof', 'The DPoP proof is for another access token.'],
  replayed_proof: ['invalid_dpop_proof', 'proof', 'The DPoP proof was used before.'],
  nonce_missing: ['use_dpop_nonce', 'proof', 'The DPoP proof must carry a nonce of this server.'],
  wrong_nonce: [
    'use_dpop_nonce',
    'proof',
    'The nonce of the DPoP proof is not or no longer of this server.',
  ],

  proof_required: [
    'invalid_token',
    'policy',
    'The access token must be bound to a key in the way that is required here, and proved so.',
  ],
  insufficient_scope: ['insufficient_scope', 'policy', 'The access token lacks a required scope.'],
  insufficient_authentication: [
    'insufficient_user_authentication',
    'policy',
    'A different or more recent authentication of the user is required.',
  ],
  illegal_scope: ['forbidden', 'policy', 'The request asks for something no scope can grant.'],
  missing_role: ['forbidden', 'policy', 'The access token lacks a required role.'],
  missing_authorization_details: [
    'forbidden',
    'policy',
    'The access token lacks the required authorization details.',
  ],
  not_live: [
    'invalid_token',
    'policy',
    'The access token is no longer active at its authorization server.',
  ],
  check_failed: ['forbidden', 'policy', 'The request is not permitted.'],
} as const

/** Why a request was refused: a closed union of low cardinality, fit for metrics. */
export type RefusalReason = keyof typeof table

/** Code, stage and sentence of each reason. */
export const refusalReasons: Readonly<
  Record<RefusalReason, readonly [RefusalCode, Stage, string]>
> = Object.freeze(table)
