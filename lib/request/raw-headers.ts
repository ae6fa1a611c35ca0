/** Header fields in any of the usual forms; repeated fields are lists or repeated pairs. */
export type HeaderFields =
  | readonly (readonly [name: string, value: string])[]
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>

/** Header fields as names and values in turn, nothing merged that was apart. */
export function rawHeaders(fields: HeaderFields): readonly string[] {
  const raw: string[] = []
  if (Symbol.iterator in fields) {
    for (const [name, value] of fields as Iterable<readonly [string, string]>) {
      raw.push(name, value)
    }
    return raw
  }
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') {
      raw.push(name, value)
    } else if (Array.isArray(value)) {
      for (const one of value) {
        raw.push(name, one)
      }
    }
  }
  return raw
}
