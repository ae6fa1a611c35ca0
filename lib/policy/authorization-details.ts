/**
 * Authorization details that one object of the token's `authorization_details` must hold (RFC 9396
 * section 2.2), compared character by character. What is not named here is not judged, whatever
 * the token says of it, but for `locations`: they are an audience, so that an object with locations
 * counts only where this API's `resource` is one of them, unless the requirement names its own.
 */
export interface AuthorizationDetailsRequirement {
  type: string
  /** All of these must be granted; so with the other lists. */
  actions?: readonly string[]
  locations?: readonly string[]
  datatypes?: readonly string[]
  privileges?: readonly string[]
  identifier?: string
}

/** The members that hold lists (RFC 9396 section 2.2). */
export const detailsLists: readonly DetailsList[] = [
  'actions',
  'locations',
  'datatypes',
  'privileges',
]
type DetailsList = 'actions' | 'locations' | 'datatypes' | 'privileges'

/** All that a requirement can name. */
export const detailsMembers: readonly string[] = ['type', ...detailsLists, 'identifier']

/** Whether a member can be required with this value: an empty one would ask for nothing. */
export function isRequirable(name: string, value: unknown): boolean {
  return isDetailsList(name)
    ? Array.isArray(value) && value.length > 0 && [...value].every(isName)
    : isName(value)
}

export function isDetailsList(name: string): name is DetailsList {
  return (detailsLists as readonly string[]).includes(name)
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
