import { kinds, type Revocation } from './revocation.ts'

const texts = ['identity', 'issuer', ...kinds] as const

/**
 * The revocation that another process wrote, or `undefined` for what is none: one of a later version
 * may select by what is not known here, and would revoke too much.
 */
export function readRevocation(entry: Readonly<Record<string, unknown>>): Revocation | undefined {
  const { identity, issuer, issuedUntil, endsAtMs } = entry
  const isWhole =
    Object.keys(entry).every((name) => known.has(name)) &&
    texts.every((name) => entry[name] === undefined || typeof entry[name] === 'string') &&
    Number.isFinite(endsAtMs) &&
    (identity !== undefined || (issuer !== undefined && Number.isFinite(issuedUntil)))
  return isWhole ? (entry as unknown as Revocation) : undefined
}

const known: ReadonlySet<string> = new Set([...texts, 'issuedUntil', 'endsAtMs'])
