import type { RefusalReason } from '../../errors/refusal-reasons.ts'
import type { JoseHeader } from '../../jws/compact.ts'
import type { ClaimSet, IssuerSettings, JwtSettings } from '../../options/issuer-options.ts'
import { rfc9068Claims } from './judge-kind.ts'

/** What was seen in a token that its issuer signed, what was expected, and where to look. */
export interface ConfigurationHint {
  readonly message: string
  readonly seen: unknown
  readonly expected: unknown
  readonly option: string
}

/** A token that was refused though its issuer signed it, and by what it was judged. */
export interface SignedToken {
  readonly header: JoseHeader
  readonly claims: ClaimSet
  readonly issuer: IssuerSettings
  readonly jwt: JwtSettings
}

/** The reasons that smell of a configuration which does not fit the authorization server. */
export const configurationHints: Readonly<
  Partial<Record<RefusalReason, (token: SignedToken) => ConfigurationHint>>
> = Object.freeze({
  wrong_type: ({ header: { typ }, jwt }) => ({
    message:
      'A token that this issuer signed is not of the access token type. If its access tokens are like that, set `jwt.profile` to "plain"; else clients send tokens of another kind.',
    seen: typ === undefined ? 'no typ' : shown(typ, /^[A-Za-z0-9/+.-]{1,40}$/),
    expected: jwt.profile === 'plain' ? ['at+jwt', 'JWT', 'no typ'] : ['at+jwt'],
    option: 'issuers[].jwt.profile',
  }),
  unsupported_algorithm: ({ header: { alg }, jwt }) => ({
    message:
      'A token that this issuer signed has an algorithm that is not accepted. If its access tokens are like that, add it to `jwt.algorithms`.',
    // It verified with a key of the issuer: it is one of the table.
    seen: alg,
    expected: [...jwt.algorithms],
    option: 'issuers[].jwt.algorithms',
  }),
  missing_claim({ claims, issuer: { audiences }, jwt }) {
    const plain = audiences ? ['iss', 'exp', 'aud'] : ['iss', 'exp']
    const expected = jwt.profile === 'plain' ? plain : rfc9068Claims
    return {
      message:
        'A token that this issuer signed lacks required claims. If its access tokens are like that, set `jwt.profile` to "plain", and `audience` to "none" where they have no `aud`.',
      seen: { missing: expected.filter((name) => claims[name] === undefined) },
      expected,
      option: 'issuers[].jwt.profile',
    }
  },
  status_not_accepted: ({ jwt }) => ({
    message:
      'A token that this issuer signed has a `status` claim. Name its status lists in `jwt.statusList.uris`, so that what was revoked is refused; if the claim is of another kind, and tokens may be accepted whatever it says, set `jwt.statusList` to "ignore".',
    seen: jwt.statusList === undefined ? 'a status claim' : 'a status claim without status_list',
    expected: 'tokens without a status claim, or jwt.statusList',
    option: 'issuers[].jwt.statusList',
  }),
  unknown_status_list: ({ claims, jwt }) => ({
    message:
      'A token that this issuer signed names a status list that is not configured. If its lists are there, add the address to `jwt.statusList.uris`, or one that ends in "/" for all below it.',
    seen: shown(
      Object(Object(claims['status']).status_list).uri,
      /^https?:\/\/[A-Za-z0-9\-._~:/]{1,200}$/,
    ),
    expected: Object(jwt.statusList).uris,
    option: 'issuers[].jwt.statusList',
  }),
  not_an_access_token: ({ issuer: { scopeClaims } }) => ({
    message:
      'A token that this issuer signed has no mark of an access token, or one of another kind. Clients may send ID tokens; if its access tokens are like that, name a claim of theirs in `scopesFrom` or `rolesFrom`.',
    seen: 'no access token',
    expected: ['client_id', ...scopeClaims],
    option: 'issuers[].scopesFrom',
  }),
  wrong_audience: ({ claims: { aud }, issuer: { audiences } }) => ({
    message:
      'A token that this issuer signed is for another audience. If it is meant for this API, set `audience` to what the authorization server writes.',
    seen: [aud]
      .flat()
      .slice(0, 5)
      .map((one) => shown(one, /^(?!eyJ)[\x21-\x7E]{1,100}$/)),
    expected: audiences,
    option: 'issuers[].audience',
  }),
})

/** The text itself only where it is of a harmless form: what is in tokens may come from anybody. */
function shown(value: unknown, harmless: RegExp): string {
  return typeof value === 'string' && harmless.test(value) ? value : 'something that is not shown'
}
