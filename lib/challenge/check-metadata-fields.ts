import { ConfigurationError } from '../errors/configuration-error.ts'
import { distance } from '../errors/nearest-name.ts'
import { isPlainObject } from '../options/is-plain-object.ts'
import { isTexts } from '../options/is-texts.ts'
import { mustTake } from '../options/must-take.ts'
import { memberPath, mustBe } from '../options/parse-options.ts'

// RFC 9728 section 2
const texts = [
  'resource_name',
  'resource_documentation',
  'resource_policy_uri',
  'resource_tos_uri',
  'jwks_uri',
  'signed_metadata',
]
const lists = ['authorization_servers', 'resource_signing_alg_values_supported']

/**
 * The fields are ones that the application may set, of the right types, and none is a registered
 * one in another spelling. Any other name is an extension, of any type.
 *
 * @param determined - the names that the options decide
 * @throws ConfigurationError
 */
export function checkMetadataFields(fields: unknown, determined: readonly string[]): void {
  if (!isPlainObject(fields)) {
    throw mustTake('resourceMetadata()', 'an object of metadata fields', fields)
  }
  for (const [name, value] of Object.entries(fields as object)) {
    const path = memberPath('resourceMetadata', name)
    if (determined.includes(name)) {
      throw new ConfigurationError(
        path,
        'is made from the options of resourceServer(); set it there.',
      )
    }
    // RFC 9728 section 2.1: `resource_name#de`
    const [member = ''] = name.split('#', 1)
    const respelt = [...determined, ...texts, ...lists].find((one) => distance(one, member) === 0)
    if (respelt !== undefined && respelt !== member) {
      throw new ConfigurationError(path, `there is no such field. Did you mean \`${respelt}\`?`)
    }
    checkType(member, value, path)
  }
}

function checkType(member: string, value: unknown, path: string): void {
  if (value === undefined) {
    return
  }
  if (texts.includes(member) && typeof value !== 'string') {
    throw mustBe('a string', value, path)
  }
  if (lists.includes(member) && !isTexts(value)) {
    throw mustBe('an array of strings', value, path)
  }
}
