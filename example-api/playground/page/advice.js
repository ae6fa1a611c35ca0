// @ts-check

/**
 * What to do about each reason: one or two sentences for the developer of the client.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const adviceByReason = {
  no_credentials:
    'Get an access token and send it in the Authorization header. The challenge names no error: nothing went wrong yet.',

  malformed_credentials:
    'Send exactly "Authorization: Bearer" and one token. A new token would not help; mend the client.',
  repeated_credentials:
    'Send the token once. Look for a proxy or a library that adds a second one.',
  several_methods: 'Send the token in the Authorization header only, not in the body as well.',
  query_token:
    'Send the token in the Authorization header. What is in a URL ends up in logs and histories.',
  token_too_large:
    'Ask for fewer scopes, or have the authorization server put less into the token.',

  unknown_issuer:
    'The API does not trust whoever issued this token. Get one from an authorization server that its metadata lists.',
  opaque_not_accepted:
    'The API takes JWTs only. Ask the authorization server for a token that names this API as its resource.',

  malformed_token: 'The token was damaged on its way. Compare what was issued with what was sent.',
  not_encrypted: 'The API takes encrypted tokens only; the authorization server has to be told.',
  undecryptable: 'The token was encrypted for a key the API does not have. Get a new one.',
  wrong_type: 'This is another kind of token, perhaps an ID token. Send the access token.',
  unsupported_header:
    'The token brings its own key or an extension. No access token from a trusted issuer looks like this.',
  unsupported_algorithm:
    'The token is signed in a way that the API does not take. The two sides have to agree on an algorithm.',
  missing_claim: 'The token lacks a claim that access tokens must have (RFC 9068).',
  malformed_claim:
    'A claim has a value of the wrong type; the authorization server has to mend it.',
  not_an_access_token: 'This is an ID, refresh or logout token. Send the access token.',
  wrong_issuer: 'The token names another issuer than the one that answered for it. Get a new one.',
  wrong_audience:
    'The token is good, but for another API. Ask for one with "resource" set to the identifier of this API (RFC 8707).',
  wrong_client: 'The API does not take tokens of this client. Ask those who run the API.',
  expired:
    'Its time is over. Use the refresh token to get a new one; without one, begin a new authorization request (here: press Good, or get another).',
  not_yet_valid: 'The token is for later. Wait a little, or set the clocks right.',
  unknown_key:
    'No published key fits: its key was rotated away, or the API has not seen the new one yet. Get a new token; if it is new already, try again in a few seconds.',
  wrong_signature:
    'Somebody changed the token after it was signed, so nothing in it can be believed. Send it exactly as it was issued.',
  revoked:
    'The API was told to refuse this token from now on: somebody logged out, or an account was closed. Get a new one.',
  revoked_by_status:
    'The authorization server revoked or suspended this token, and says so in its status list. Get a new one.',
  status_not_accepted:
    'The token wants its status looked up in a way that the API does not know. Those who run the API have to configure it.',
  unknown_status_list:
    'The token names a status list that the API does not take. Those who run the API have to add it.',
  status_out_of_range:
    'The status list of the token has no entry for it, so nobody can say that it is good. The authorization server has to mend it.',
  status_missing:
    'The API takes only tokens whose status can be looked up. Get one that names its status list.',
  wrong_shape:
    'This looks like no token of the authorization server, so that was not even asked. Look whether it was cut off or mixed up.',
  inactive:
    'The authorization server says no more than that this token is not good: unknown, expired or revoked. Get a new one.',
  contradicted:
    'The authorization server says something else of the token than the token itself. Get a new one; those who run the API have to look.',
  claims_misfit: 'The claims are not what the API expects. Compare them with its documentation.',

  proof_missing:
    'The token is bound to a key. Send the proof of that key (DPoP or mutual TLS) along with it.',

  not_sender_constrained:
    'The API takes only tokens that are bound to a key. Get one with a DPoP proof, or over mutual TLS.',
  not_dpop_bound:
    'This token is bound to no DPoP key, so it is no use to prove one. Send it as Bearer, or get one with a proof.',
  wrong_proof_key:
    'The proof was made with another key than the one the token is bound to. Only the client that got the token can use it.',
  wrong_certificate:
    'The connection has another client certificate than the one the token is bound to. Use the one it was got with.',
  repeated_proof:
    'Send one DPoP header field. Look for a proxy or a library that adds a second one.',
  no_proof:
    'A token in the DPoP scheme needs a proof with every request, in the DPoP header field.',
  malformed_proof: 'The proof is no JWT with htm, htu, iat, jti and ath. Let a library make it.',
  wrong_proof_type: 'The typ of a proof is dpop+jwt; this is another kind of JWT.',
  unsupported_proof_algorithm:
    'The challenge lists in algs what proofs may be signed with. Make a key for one of these.',
  unfit_proof_key:
    'The key in the proof is private, weak, or not for this algorithm. Make a new one, and get a token for it.',
  wrong_proof_signature:
    'The proof was changed after it was signed, or signed with another key than the one in it. Make a new one.',
  wrong_proof_method: 'Each proof is for one method. Make one for each request.',
  wrong_proof_target:
    'Each proof is for one URI, without query and fragment. Make one for each request, for the public address of the API.',
  proof_not_in_time:
    'The proof is too old, or from the future. Make it just before the request, and set the clock right; a nonce of the API helps too.',
  wrong_proof_token:
    'Each proof carries the hash of the token that it goes with (ath). Make one for this token.',
  replayed_proof:
    'A proof is good once. Somebody sent it again; a client makes a new one for each request, also when it tries again.',
  nonce_missing:
    'Send the request once more, with a new proof that carries the nonce of the DPoP-Nonce field. Libraries do that by themselves.',
  wrong_nonce:
    'The nonce is too old or of another server. Send the request once more, with the one that came in the DPoP-Nonce field.',
  proof_required:
    'This route takes only tokens that are bound to a key. Get one with a DPoP proof (here: as the app with a key).',
  insufficient_scope:
    'The token is good but lacks the scope that the challenge names. Get one that has it: a person is asked for that scope and keeps what was granted; a machine only has to ask.',
  insufficient_authentication:
    'The token is good, but the login behind it is too weak or too old. Begin a new authorization request with the acr_values and the max_age of the challenge; a refresh would not help.',
  illegal_scope: 'No scope can grant this. Look at the path of the request.',
  missing_role:
    'The person has not the role that this needs. Asking for consent again would not help: log in as somebody who has it.',
  missing_authorization_details:
    'No scope can grant this. Ask the person for these very authorization details (RFC 9396); the client has to know which the API wants.',
  not_live: 'The token was taken back before it expired. Get a new one.',
  check_failed:
    'The API’s own rule says no, whatever the scopes are: this is for others. Another token of the same kind would not help.',

  no_usable_key: 'The API holds no key to check the signature with. Keep the token and try again.',
  status_list_unreachable:
    'The API cannot look up now whether the token was revoked. Keep it and try again.',
  keys_unreachable:
    'The API needs the keys of the authorization server and cannot get them now. Keep the token and try again.',
  discovery_failed:
    'The API cannot read the metadata of the authorization server now. Keep the token and try again.',
  issuer_lookup_failed: 'The API cannot find out now who issued the token. Keep it and try again.',
  introspection_failed:
    'Only the authorization server knows this token, and it does not answer. Keep the token and try again after Retry-After: nobody is logged out.',
  introspection_busy:
    'Too many tokens that nobody knows are being asked about. Keep the token and try again after Retry-After.',
  introspection_paused:
    'Only the authorization server knows this token, and it is left alone for a while because it did not answer. Keep the token and try again after Retry-After: nobody is logged out.',
  client_refused:
    'The authorization server refuses the API itself when it asks. Those who run the API have to look; keep the token.',
  live_unsupported:
    'The authorization server does not tell about tokens of this kind. Those who run the API have to look; keep the token.',
  replay_memory_full:
    'The API remembers as many proofs as it can and takes no more just now. Keep the token and try again after Retry-After, with a new proof.',
  revocations_unknown:
    'The API cannot tell now which tokens were revoked, so it takes none. Keep the token and try again after Retry-After.',
  replay_store_lost:
    'The API cannot tell now whether the proof was used before, so it counts as used. Keep the token and try again after Retry-After, with a new proof.',
  closed: 'The API is shutting down. Try again; another instance may answer.',
}

/** @type {Readonly<Record<number, string>>} */
const adviceByStatus = {
  400: 'The request cannot be read. Mend it before it is sent again.',
  401: 'Get a new access token.',
  403: 'The token is good, but not for this.',
  404: 'What the path names is not there, or no longer. That is no verdict on the token.',
  409: 'The API says no because of what it holds, not because of the token: send something else.',
  503: 'Nobody can tell now. Keep the token and try again after Retry-After.',
}

/**
 * @param {{ reason?: string | undefined, status: number }} ended
 * @returns {string | undefined} nothing where nothing is to be done
 */
export function adviceFor({ reason, status }) {
  return (reason && adviceByReason[reason]) || adviceByStatus[status] || byClass(status)
}

/** @param {number} status */
function byClass(status) {
  if (status < 400) {
    return undefined
  }
  return status < 500 ? 'Mend the request.' : 'The fault is not in the request. Try again later.'
}
