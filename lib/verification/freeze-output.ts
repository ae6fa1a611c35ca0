/**
 * The same value with all its plain objects and arrays frozen, at every depth. Everything else in
 * it is left alone: what an application's schema made (dates, maps, typed arrays, instances) may
 * be shared with others, or be impossible to freeze. The value may be of any depth, and contain
 * itself.
 */
export function freezeOutput<T extends object>(value: T): T {
  const seen = new Set<object>()
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (!isPlain(next) || seen.has(next)) continue
    seen.add(next)
    // Not `Object.values`: that would call getters.
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(next))) {
      waiting.push(value)
    }
    Object.freeze(next)
  }
  return value
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  // Not compared with `Object.prototype`: a schema may come from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
