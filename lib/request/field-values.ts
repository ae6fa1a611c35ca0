/**
 * The values of a header field, one for each time it was sent. Reads the raw list, since Node
 * merges or drops repeated fields elsewhere (and `headersDistinct` crashes on `__proto__` in
 * Node before 20.20.2, 22.22.2 and 24.14.1).
 *
 * @param name - in lower case
 */
export function fieldValues(rawHeaders: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] as string
    if (field.length === name.length && field.toLowerCase() === name) {
      values ??= []
      values.push(rawHeaders[index + 1] as string)
    }
  }
  return values ?? none
}

const none: readonly string[] = Object.freeze([])
