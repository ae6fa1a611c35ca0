/** A deep-frozen copy of JSON-like data, so that what its owner does to it later has no effect. */
export function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) {
    return value
  }
  const copy = Array.isArray(value)
    ? value.map(frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, frozenCopy(member)]))
  return Object.freeze(copy) as Value
}
