import type { JsonWebKeySet } from '../../options/issuer-options.ts'
import { holdKeys } from './held-keys.ts'
import type { KeySet } from './key-set.ts'

/** A key set that was given in the options, where it was found usable: it never changes. */
export function inlineKeySet(jwks: JsonWebKeySet): KeySet {
  const keys = holdKeys({ keys: jwks.keys }, undefined)?.keys
  const state = Object.freeze({ keys: keys?.all.length ?? 0, failing: false })
  return {
    keys: () => keys,
    use: () => undefined,
    again: () => undefined,
    version: 0,
    failing: false,
    failure: undefined,
    closed: false,
    waitMs: () => 0,
    state: () => state,
  }
}
