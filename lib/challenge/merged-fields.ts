import type { Answer } from './answer.ts'

/** Header fields by name; those sent more than once as a list. */
export function mergedFields(headers: Answer['headers']): Record<string, string | string[]> {
  const merged: Record<string, string | string[]> = {}
  for (const [name, value] of headers) {
    const before = merged[name]
    merged[name] = before === undefined ? value : [before, value].flat()
  }
  return merged
}
