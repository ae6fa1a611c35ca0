import type { VerificationKey } from '../../jws/verification-key.ts'
import { importVerificationKey } from '../../jws/verification-key.ts'

/** A key of a key set. One object for as long as the set has the key, whatever refreshes happen. */
export interface HeldKey {
  readonly key: VerificationKey
  /** True once a refresh found it gone: what was verified with it is good no longer. */
  retired: boolean
}

/** The usable keys of one answer, in its order, and by `kid`. */
export interface HeldKeys {
  readonly all: readonly HeldKey[]
  readonly byKid: ReadonlyMap<string | undefined, readonly HeldKey[]>
}

/** Far more than anybody publishes; bounds what one answer can cost. Later ones are ignored. */
const mostKeys = 100
/** Those that cannot be used, or come twice, cost as much to look at. */
const mostEntries = 200

/**
 * The usable keys of a key set (RFC 7517 section 5): entries that cannot be used are passed over,
 * whatever they are. Keys of `before` keep their object, those gone from it are retired.
 * `undefined` when this is no key set.
 */
export function holdKeys(
  jwks: Readonly<Record<string, unknown>>,
  before: HeldKeys | undefined,
): { readonly keys: HeldKeys; readonly changed: boolean } | undefined {
  const entries = jwks['keys']
  if (!Array.isArray(entries)) return undefined
  const known = new Map(before?.all.map((held) => [held.key.identity, held]))
  const all = new Map<string, HeldKey>()
  for (const entry of entries.slice(0, mostEntries)) {
    const key = importVerificationKey(entry)
    if ('fault' in key) continue
    all.set(key.identity, known.get(key.identity) ?? { key, retired: false })
    if (all.size === mostKeys) break
  }
  let changed = before === undefined || all.size !== known.size
  for (const [identity, held] of known) {
    if (all.has(identity)) continue
    held.retired = true
    changed = true
  }
  return { keys: { all: [...all.values()], byKid: byKid([...all.values()]) }, changed }
}

function byKid(all: readonly HeldKey[]): HeldKeys['byKid'] {
  const map = new Map<string | undefined, HeldKey[]>()
  for (const held of all) {
    const same = map.get(held.key.kid)
    if (same === undefined) map.set(held.key.kid, [held])
    else same.push(held)
  }
  return map
}
