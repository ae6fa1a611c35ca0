import { andThen } from '../and-then.ts'
import { refuse } from '../errors/refusal-value.ts'
import { parseCompact } from '../jws/compact.ts'
import { encryptedHeader } from './encrypted-header.ts'
import type { IssuerMemory } from './issuer-memory.ts'
import type { IssuerDirectory, Selection } from './selected.ts'

/** The issuers that a function knows. Opaque tokens name no issuer to ask it about. */
export function lookedUpIssuers(memory: IssuerMemory): IssuerDirectory {
  function select(token: string): Selection | Promise<Selection> {
    const jws = parseCompact(token)
    if (jws === undefined) return encrypted(token)
    const claims = jws.payload()
    if (claims === undefined) return refuse('malformed_token')
    const iss = claims['iss']
    if (typeof iss !== 'string') return refuse('unknown_issuer')
    return andThen(memory.find(iss), (issuer): Selection => {
      if ('verdict' in issuer) return issuer
      return issuer.settings.jwt === undefined ? { issuer } : { issuer, jws }
    })
  }

  function encrypted(token: string): Selection | Promise<Selection> {
    const iss = encryptedHeader(token)?.iss
    if (iss === undefined) return refuse('opaque_not_accepted')
    return andThen(memory.find(iss), (issuer): Selection => {
      if ('verdict' in issuer) return issuer
      const decrypts = issuer.settings.jwt?.decryptionKeys.length
      return decrypts ? { issuer, encrypted: true } : refuse('opaque_not_accepted')
    })
  }

  return {
    select,
    find: (issuer) => memory.find(issuer),
    all: () => memory.all(),
    forget: (issuer) => memory.forget(issuer),
    close: () => memory.close(),
  }
}
