import { isTexts } from '../options/is-texts.ts'
import { type AuthorizationDetailsRequirement, detailsLists } from './authorization-details.ts'

/** An object of `authorization_details`; its other members are not of a known type. */
type Granted = Readonly<Record<string, unknown>>

/**
 * Whether the token holds the authorization details: in one object, since members of several
 * belong to different grants (RFC 9396 section 2).
 *
 * @param claim - `authorization_details`, of the JWT (RFC 9396 section 9.1) or of the introspection
 *   response (section 9.2)
 * @param resource - what this API is called in `locations`
 */
export function isGranted(
  requirement: AuthorizationDetailsRequirement,
  claim: unknown,
  resource: string,
): boolean {
  return grantedIn(claim).some((granted) => covers(granted, requirement, resource))
}

/** None when the claim is malformed: nobody can tell then what was meant. */
function grantedIn(claim: unknown): readonly Granted[] {
  return Array.isArray(claim) && claim.every(hasType) ? claim : []
}

function hasType(one: unknown): boolean {
  return typeof (one as { type?: unknown } | null)?.type === 'string'
}

function covers(
  granted: Granted,
  required: AuthorizationDetailsRequirement,
  resource: string,
): boolean {
  const { identifier, locations = granted['locations'] === undefined ? undefined : [resource] } =
    required
  return (
    granted['type'] === required.type &&
    isReadable(granted) &&
    (identifier === undefined || granted['identifier'] === identifier) &&
    detailsLists.every((name) =>
      isContained(name === 'locations' ? locations : required[name], granted[name]),
    )
  )
}

/** What uses a common member in another form (RFC 9396 section 2.2) grants nothing. */
function isReadable({ identifier, ...others }: Granted): boolean {
  return (
    (identifier === undefined || typeof identifier === 'string') &&
    detailsLists.every((name) => others[name] === undefined || isTexts(others[name]))
  )
}

function isContained(required: readonly string[] | undefined, granted: unknown): boolean {
  return (
    required === undefined ||
    (isTexts(granted) && required.every((value) => granted.includes(value)))
  )
}
