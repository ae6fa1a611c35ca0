/**
 * A member of something foreign, such as what somebody else's code rejects with; `undefined` also
 * where looking at it throws: whatever an error is made of, telling it must not fail.
 */
export function memberOf(foreign: unknown, name: string): unknown {
  try {
    return Object(foreign)[name]
  } catch {
    return undefined
  }
}
