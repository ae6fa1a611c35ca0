import { ToldOnce } from '../observability/told-once.ts'
import type { ClaimSet, IssuerSettings } from '../options/issuer-options.ts'
import type { LogRecord } from '../options/log-record.ts'

/** Where authorization servers write what a token may do, other than in `scope`. */
const otherSources = [
  'scope',
  'scp',
  'scopes',
  'permissions',
  'roles',
  'authorities',
  'groups',
  'cognito:groups',
  'realm_access',
  'resource_access',
]

/**
 * Tells the operators, once an issuer, that a verified token without any scope has a claim that may
 * be where its authorization server writes them.
 */
export function hintAtScopeSource(
  log: (record: LogRecord) => void,
): (claims: ClaimSet, issuer: Pick<IssuerSettings, 'issuer' | 'scopeClaims'>) => void {
  const told = new ToldOnce()
  return function hint(claims, { issuer, scopeClaims }) {
    // Where a function reads them, only that function knows from where.
    if (scopeClaims.length === 0 || told.has(issuer)) return
    const seen = otherSources.filter((name) => !scopeClaims.includes(name) && isThere(claims[name]))
    if (seen.length === 0) return
    told.add(issuer)
    log(
      Object.freeze({
        level: 'warn',
        code: 'no_scope_source',
        message:
          'A token of this issuer has no scope, but a claim that may hold what it grants. If it does, name that claim in `scopesFrom`, or require it as a role.',
        details: Object.freeze({
          issuer,
          seen: Object.freeze(seen),
          expected: scopeClaims,
          option: 'issuers[].scopesFrom',
        }),
      }),
    )
  }
}

function isThere(claim: unknown): boolean {
  return typeof claim === 'string' || typeof claim === 'object'
    ? claim !== null && Object.keys(claim).length > 0
    : false
}
