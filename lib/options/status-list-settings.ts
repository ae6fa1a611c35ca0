import * as v from 'valibot'
import { checkedUrl } from './checked-url.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { seconds, texts } from './rules.ts'
import type { StatusListSettings } from './status-list-options.ts'

const schema = optionsSchema({
  uris: texts,
  // More often would be a fetch for every few requests.
  maxAgeSeconds: v.optional(seconds(86_400, 5), 60),
  staleSeconds: v.optional(seconds(), 300),
})

/**
 * How the status of tokens is looked up in lists; `'ignore'` when it is not.
 *
 * @throws ConfigurationError
 */
export function statusListSettings(
  options: unknown,
  path: string,
  insecureHosts: readonly string[],
): StatusListSettings | 'ignore' {
  if (options === 'ignore') {
    return options
  }
  if (typeof options !== 'object' || options === null) {
    throw mustBe('an object or "ignore"', options, path)
  }
  const { uris, maxAgeSeconds, staleSeconds } = parseOptions(schema, options, path)
  return Object.freeze({
    uris: Object.freeze(
      uris.map((uri, index) => {
        // A prefix with a query would stand for whatever is added to the query.
        const mayHaveQuery = !uri.endsWith('/')
        return checkedUrl(uri, { insecureHosts, mayHaveQuery }, `${path}.uris[${index}]`)
      }),
    ),
    maxAgeMs: maxAgeSeconds,
    staleMs: staleSeconds,
  })
}
