import type { IssuerKeys } from '../jwt/issuer-keys.ts'
import type { Issuer } from '../verifier.ts'
import { IssuerStatusLists } from './issuer-status-lists.ts'

interface StatusListsPorts {
  readonly clock: () => number
  readonly keysOf: (issuer: Issuer) => IssuerKeys
  /** The longest pause after failures. */
  readonly longestBackOffMs: number
}

/** The status lists of all issuers: those of one say nothing of the tokens of another. */
export interface StatusLists {
  /** Those of an issuer; `undefined` where none are configured. */
  of(issuer: Issuer): IssuerStatusLists | undefined
  /** Fetches no more. */
  close(): void
}

export function statusLists({ clock, keysOf, longestBackOffMs }: StatusListsPorts): StatusLists {
  const byIssuer = new WeakMap<Issuer, IssuerStatusLists>()
  let closed = false

  return {
    of(issuer) {
      const settings = issuer.settings.jwt?.statusList
      if (settings === undefined || settings === 'ignore') return undefined
      let lists = byIssuer.get(issuer)
      if (lists === undefined) {
        const keys = keysOf(issuer)
        const isClosed = (): boolean => closed
        lists = new IssuerStatusLists({
          issuer,
          keys,
          settings,
          clock,
          longestBackOffMs,
          isClosed,
        })
        byIssuer.set(issuer, lists)
      }
      return lists
    },
    close() {
      closed = true
    },
  }
}
