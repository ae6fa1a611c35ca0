import { parseCompact } from '../jws/compact.ts'
import { ToldOnce } from '../observability/told-once.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import type { LogRecord } from '../options/log-record.ts'

/** Longer than any issuer identifier: what comes from anybody is looked at in short. */
const longestIssuer = 500

/**
 * Tells the operators, once each, of tokens whose issuer is one of the list but for a slash, the
 * scheme or the case. Nobody can verify such tokens, so nothing of them is quoted.
 */
export function hintAtIssuer(
  issuers: readonly IssuerSettings[],
  log: (record: LogRecord) => void,
): (token: string) => void {
  const alike = new Map(issuers.map(({ issuer }) => [essence(issuer), issuer]))
  const told = new ToldOnce()

  return function hint(token) {
    const iss = parseCompact(token)?.payload()?.['iss']
    if (typeof iss !== 'string' || iss.length > longestIssuer) return
    const issuer = alike.get(essence(iss))
    if (issuer === undefined) return
    const seen = difference(iss, issuer)
    if (told.has(`${seen} ${issuer}`)) return
    told.add(`${seen} ${issuer}`)
    log(
      Object.freeze({
        level: 'warn',
        code: 'unknown_issuer',
        message:
          'A token came whose `iss` is almost that of this issuer. If its tokens are like that, write `issuer` in the same way, by every character; anybody can send such a token.',
        details: Object.freeze({ issuer, seen, expected: issuer, option: 'issuers[].issuer' }),
      }),
    )
  }
}

function essence(issuer: string): string {
  return issuer
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
}

/** In our own words. */
function difference(iss: string, issuer: string): string {
  const has = (one: string): boolean => one.endsWith('/')
  const differs = [
    ...(has(iss) === has(issuer) ? [] : [has(iss) ? 'a slash at the end' : 'no slash at the end']),
    ...(schemeOf(iss) === schemeOf(issuer) ? [] : [`${schemeOf(iss) || 'no scheme'}`]),
  ]
  return differs.length === 0 ? 'letters of another case' : differs.join(', ')
}

function schemeOf(issuer: string): string {
  return /^https?/i.exec(issuer)?.[0].toLowerCase() ?? ''
}
