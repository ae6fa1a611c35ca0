/** What the semantic conventions write for a value that is not told. */
export const other = '_OTHER'

/**
 * A name for one of at most `most` values of each attribute, the first that came: an `issuers`
 * function may know any number, and each would be a time series for ever.
 */
export function bounded(most: number): (attribute: string, value: string) => string {
  const known = new Map<string, Set<string>>()
  return (attribute, value) => {
    let values = known.get(attribute)
    if (!values) {
      values = new Set()
      known.set(attribute, values)
    }
    if (values.has(value)) {
      return value
    }
    if (values.size >= most) {
      return other
    }
    values.add(value)
    return value
  }
}
