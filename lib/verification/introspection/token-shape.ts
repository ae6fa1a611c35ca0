import type { TokenShapeSettings } from '../../options/introspection-options.ts'

/** Whether a token looks like those of its issuer: one that does not is no question worth asking. */
export function tokenShape({
  prefix,
  minLength,
  maxLength,
  characters,
}: TokenShapeSettings): (token: string) => boolean {
  const known = characters === undefined ? undefined : new Set(characters)
  return (token) =>
    token.length >= minLength &&
    token.length <= maxLength &&
    token.startsWith(prefix) &&
    (known === undefined || everyIsIn(known, token, prefix.length))
}

function everyIsIn(known: ReadonlySet<string>, token: string, from: number): boolean {
  for (let at = from; at < token.length; at++) {
    if (!known.has(token[at] as string)) return false
  }
  return true
}
