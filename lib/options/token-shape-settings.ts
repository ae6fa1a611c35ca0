import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import type { TokenAlphabet, TokenShapeSettings } from './introspection-options.ts'
import { mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { tokenPrefix, wholeNumber } from './rules.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const alphanumeric = `${letters}0123456789`

const alphabets: Readonly<Record<TokenAlphabet, string>> = Object.freeze({
  hex: '0123456789abcdefABCDEF',
  alphanumeric,
  base64url: `${alphanumeric}-_`,
  base64: `${alphanumeric}+/=`,
})

// RFC 6750 section 2.1: other characters occur in no token.
const charactersRule = 'characters of a token: letters, digits and -._~+/='
const characters = v.pipe(
  v.string(charactersRule),
  v.regex(/^[A-Za-z0-9\-._~+/=]+$/, charactersRule),
)
const charactersSchema = optionsSchema({ characters })

const schema = optionsSchema({
  prefix: v.optional(tokenPrefix),
  minLength: v.optional(wholeNumber(1, 65_536)),
  maxLength: v.optional(wholeNumber(1, 65_536)),
  alphabet: v.optional(v.unknown()),
})

/**
 * What opaque tokens look like: a shape that some tokens have, and others have not.
 *
 * @throws ConfigurationError
 */
export function tokenShapeSettings(options: unknown, path: string): TokenShapeSettings {
  const { prefix = '', minLength = 1, maxLength, alphabet } = parseOptions(schema, options, path)
  if (Object.keys(options as object).length === 0) {
    throw new ConfigurationError(path, 'says nothing of the tokens. Leave it out.')
  }
  if (maxLength !== undefined && maxLength < Math.max(minLength, prefix.length)) {
    throw new ConfigurationError(
      `${path}.maxLength`,
      'is less than `minLength`, or than the prefix is long: no token would fit.',
    )
  }
  return Object.freeze({
    prefix,
    minLength,
    maxLength: maxLength ?? Number.POSITIVE_INFINITY,
    characters: alphabet === undefined ? undefined : charactersOf(alphabet, `${path}.alphabet`),
  })
}

function charactersOf(alphabet: unknown, path: string): string {
  if (typeof alphabet === 'object' && alphabet !== null) {
    return parseOptions(charactersSchema, alphabet, path).characters
  }
  if (typeof alphabet === 'string' && Object.hasOwn(alphabets, alphabet)) {
    return alphabets[alphabet as TokenAlphabet]
  }
  const names = Object.keys(alphabets).map((name) => `"${name}"`)
  throw mustBe(`${names.join(', ')} or { characters }`, alphabet, path)
}
