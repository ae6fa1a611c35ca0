import { isAscii, isUtf8 } from 'node:buffer'

/** Deeper than any token, key set or metadata document is; keeps recursion over them short. */
const maxDepth = 32

/**
 * The one JSON object that `octets` hold, or `undefined`. Stricter than `JSON.parse`: valid UTF-8
 * without a byte order mark, no member twice at any depth (RFC 7515 section 4, RFC 7519 section 4),
 * no lone surrogates (RFC 7493 section 2.1), at most 32 levels. Deep-frozen. Never throws, so that no error
 * quotes the input.
 */
export function parseJsonObject(octets: Buffer): Record<string, unknown> | undefined {
  const ascii = isAscii(octets)
  if (!ascii && !isUtf8(octets)) return undefined
  const members = countMembers(octets)
  if (members === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(octets.toString(ascii ? 'latin1' : 'utf8'))
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  // JSON.parse keeps the last of two members with one name: then fewer are left than were written.
  return freezeAndCount(value) === members ? value : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Freezes the value at every depth, and counts the members that it has. */
function freezeAndCount(value: object): number {
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value)
      if (typeof item === 'object' && item !== null) count += freezeAndCount(item)
  } else {
    const names = Object.keys(value)
    count = names.length
    for (const name of names) {
      const member = (value as Record<string, unknown>)[name]
      if (typeof member === 'object' && member !== null) count += freezeAndCount(member)
    }
  }
  Object.freeze(value)
  return count
}

const quote = 0x22
const colon = 0x3a
const backslash = 0x5c

/**
 * How many members the text writes down: its colons outside strings, which is exact for every text
 * that `JSON.parse` then takes. `undefined` when it is too deep, or escapes half a character.
 */
function countMembers(octets: Buffer): number | undefined {
  let members = 0
  let depth = 0
  for (let i = 0; i < octets.length; i++) {
    const octet = octets[i]
    if (octet === quote) {
      const end = endOfString(octets, i + 1)
      if (end === undefined) return undefined
      i = end
    } else if (octet === colon) members++
    else if (octet === 0x7b || octet === 0x5b) {
      if (++depth > maxDepth) return undefined
    } else if (octet === 0x7d || octet === 0x5d) depth--
  }
  return members
}

/** Where the closing quote of the string is; `undefined` without one, or with half a surrogate pair. */
function endOfString(octets: Buffer, start: number): number | undefined {
  for (let i = start; i < octets.length; i++) {
    const octet = octets[i]
    if (octet === quote) return i
    if (octet !== backslash) continue
    if (surrogate(octets, i) === 'high' && surrogate(octets, i + 6) === 'low') i += 11
    else if (surrogate(octets, i) !== undefined) return undefined
    else i++
  }
  return undefined
}

/** Which half of a surrogate pair the escape at `at` writes, if it writes one: \uD800 to \uDFFF. */
function surrogate(octets: Buffer, at: number): 'high' | 'low' | undefined {
  if (octets[at] !== backslash || octets[at + 1] !== 0x75) return undefined
  if (octets[at + 2] !== 0x64 && octets[at + 2] !== 0x44) return undefined
  const third = Number.parseInt(String.fromCharCode(octets[at + 3] ?? 0), 16)
  return third >= 12 ? 'low' : third >= 8 ? 'high' : undefined
}
