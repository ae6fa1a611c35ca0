import { type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { type CompactJws, parseCompact } from '../jws/compact.ts'
import type { IssuerSettings } from '../options/issuer-options.ts'
import { type EncryptedHeader, encryptedHeader } from './encrypted-header.ts'
import { KnownIssuer, type KnownIssuerSettings } from './known-issuer.ts'
import type { IssuerDirectory, Selected } from './selected.ts'

/** The issuers of a list. Nothing is looked up or fetched to select one. */
export function listedIssuers(
  list: readonly IssuerSettings[],
  around: KnownIssuerSettings,
): IssuerDirectory {
  const all = list.map((settings) => new KnownIssuer(settings, around))
  const byIdentifier = new Map<unknown, KnownIssuer>(all.map((one) => [one.settings.issuer, one]))
  const decrypting = all.filter(({ settings }) => settings.jwt?.decryptionKeys.length)
  const introspecting = all.filter(({ settings }) => settings.introspection !== undefined)
  const prefixes = introspecting
    .flatMap((issuer) => issuer.settings.opaquePrefixes.map((prefix) => ({ prefix, issuer })))
    .sort((a, b) => b.prefix.length - a.prefix.length)
  const withoutPrefixes = introspecting.find(({ settings }) => !settings.opaquePrefixes.length)
  const [first] = all
  const onlyIntrospected =
    all.length === 1 && first?.settings.jwt === undefined ? first && { issuer: first } : undefined

  function select(token: string): Selected | RefusalValue {
    if (onlyIntrospected !== undefined) return onlyIntrospected
    const jws = parseCompact(token)
    if (jws !== undefined) return jwtShaped(jws)
    const header = decrypting.length > 0 ? encryptedHeader(token) : undefined
    return header === undefined ? opaque(token) : encrypted(token, header)
  }

  /** The issuer that the token names, before anything proves it (RFC 9068 section 4). */
  function jwtShaped(jws: CompactJws): Selected | RefusalValue {
    const claims = jws.payload()
    if (claims === undefined) return refuse('malformed_token')
    const issuer = byIdentifier.get(claims['iss'])
    if (issuer === undefined) return refuse('unknown_issuer')
    return issuer.settings.jwt === undefined ? { issuer } : { issuer, jws }
  }

  /** Never by trial: whoever decrypts a token may have no right to it. */
  function encrypted(token: string, { iss, kid }: EncryptedHeader): Selected | RefusalValue {
    if (iss !== undefined) {
      const issuer = byIdentifier.get(iss)
      if (issuer === undefined) return refuse('unknown_issuer')
      return decrypting.includes(issuer) ? { issuer, encrypted: true } : opaque(token)
    }
    const [issuer, another] =
      decrypting.length === 1 ? decrypting : decrypting.filter((one) => holdsKey(one, kid))
    if (issuer === undefined || another !== undefined) return refuse('undecryptable')
    return { issuer, encrypted: true }
  }

  function opaque(token: string): Selected | RefusalValue {
    const issuer =
      prefixes.find(({ prefix }) => token.startsWith(prefix))?.issuer ?? withoutPrefixes
    return issuer === undefined ? refuse('opaque_not_accepted') : { issuer }
  }

  return {
    select,
    find: (issuer) => byIdentifier.get(issuer) ?? refuse('unknown_issuer'),
    all: () => all,
    forget: () => false,
    close() {
      for (const issuer of all) issuer.close()
    },
  }
}

function holdsKey({ settings }: KnownIssuer, kid: string | undefined): boolean {
  return (
    kid !== undefined && settings.jwt?.decryptionKeys.some((key) => key['kid'] === kid) === true
  )
}
