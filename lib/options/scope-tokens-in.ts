import { LRUCache } from 'lru-cache'

/** The tokens of one API carry a few combinations of scopes, which cached verdicts then share. */
const known = new LRUCache<string, readonly string[]>({ max: 1000 })
const longestKnown = 1024

/** The scope-tokens of a space-separated string (RFC 6749 section 3.3), each once, frozen. */
export function scopeTokensIn(text: string): readonly string[] {
  let tokens = known.get(text)
  if (tokens === undefined) {
    tokens = Object.freeze([...new Set(text.split(' '))].filter((token) => token !== ''))
    if (text.length <= longestKnown) {
      known.set(text, tokens)
    }
  }
  return tokens
}
