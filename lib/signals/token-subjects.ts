import { ConfigurationError } from '../errors/configuration-error.ts'
import type { ClaimSet } from '../options/issuer-options.ts'
import type { SecurityEventsSettings, TokenSubject } from '../options/security-events-options.ts'
import { isObject } from './judge-signal.ts'

/** All tokens of an issuer with this one member. */
export type Selected = { readonly issuer: string } & (
  | { readonly subject: string }
  | { readonly session: string }
  | { readonly jti: string }
)

/** What a plain identifier stands for; for some events it may be either. */
export type Meant = 'subject' | 'session' | 'either'

type Settings = Pick<SecurityEventsSettings, 'subjectIssuers' | 'subjectOf' | 'ends'>

/** Bounds the revocations that one event can cause, however its identifiers are nested. */
const mostIdentifiers = 100

/**
 * The tokens that a subject identifier (RFC 9493) stands for, all of them together; none when that
 * cannot be told here, as where it is of an issuer that the transmitter has no say about.
 */
export async function tokenSubjects(
  identifier: unknown,
  meant: Meant,
  settings: Settings,
): Promise<readonly Selected[]> {
  if (!isObject(identifier)) return []
  const told: unknown = await settings.subjectOf(identifier)
  if (told !== undefined) return selectedBy(told, settings)
  // Besides the one that holds them all.
  if (countOf(identifier) - 1 > mostIdentifiers) return []
  switch (formatOf(identifier)) {
    case 'complex':
      return complex(identifier, settings)
    case 'aliases': {
      // RFC 9493 section 3.2.8: identifiers of one subject, none of which is of this format.
      const { identifiers } = identifier
      if (!Array.isArray(identifiers)) return []
      const each = identifiers.filter((one) => formatOf(one) !== 'aliases')
      return (await Promise.all(each.map((one) => tokenSubjects(one, meant, settings)))).flat()
    }
    default:
      return simple(identifier, meant, settings)
  }
}

/**
 * SSF section 3.3: all members describe one principal. Those that no token shows (device, tenant)
 * are left aside, so that rather more tokens are refused than were meant.
 */
async function complex(
  { user, session }: ClaimSet,
  settings: Settings,
): Promise<readonly Selected[]> {
  const users = formatOf(user) === 'complex' ? [] : await tokenSubjects(user, 'subject', settings)
  const sessions =
    formatOf(session) === 'complex' ? [] : await tokenSubjects(session, 'session', settings)
  const [first, second] = settings.ends === 'session' ? [sessions, users] : [users, sessions]
  return first.length > 0 ? first : second
}

/** The identifier and all that it is made of, at any depth. */
function countOf(identifier: unknown): number {
  return partsOf(identifier).reduce<number>((count, part) => count + countOf(part), 1)
}

function partsOf(identifier: unknown): readonly unknown[] {
  const { identifiers, user, session } = Object(identifier) as ClaimSet
  switch (formatOf(identifier)) {
    case 'complex':
      return [user, session].filter(isObject)
    case 'aliases':
      return Array.isArray(identifiers) ? identifiers : []
    default:
      return []
  }
}

function simple(identifier: ClaimSet, meant: Meant, settings: Settings): readonly Selected[] {
  const { iss, sub, id, jti } = identifier
  switch (formatOf(identifier)) {
    case 'iss_sub': // RFC 9493 section 3.2.3
      return select(iss, meant === 'session' ? { session: sub } : { subject: sub }, settings)
    case 'opaque': {
      // RFC 9493 section 3.2.5
      const issuer = onlyIssuer(settings)
      return [
        ...(meant === 'session' ? [] : select(issuer, { subject: id }, settings)),
        ...(meant === 'subject' ? [] : select(issuer, { session: id }, settings)),
      ]
    }
    case 'jwt_id': // SSF section 3.5.1
      return select(iss, { jti }, settings)
    default:
      return []
  }
}

/** About the subjects of other issuers the transmitter has no say. */
function select(
  issuer: unknown,
  member: Readonly<Record<string, unknown>>,
  { subjectIssuers }: Settings,
): readonly Selected[] {
  const [value] = Object.values(member)
  return subjectIssuers.includes(issuer as string) && typeof value === 'string' && value !== ''
    ? [{ issuer, ...member } as Selected]
    : []
}

/** @throws ConfigurationError for what names nobody */
function selectedBy(told: unknown, settings: Settings): readonly Selected[] {
  const { subject, session, issuer = onlyIssuer(settings) } = Object(told) as TokenSubject
  const texts = [subject, session].filter((one) => one !== undefined)
  const areTexts = texts.every((one) => typeof one === 'string' && one !== '')
  if (texts.length === 0 || !areTexts || typeof issuer !== 'string') {
    throw new ConfigurationError(
      'subjectOf',
      'must give undefined or `{ subject }`, `{ session }` or both, and the `issuer` where there are several.',
    )
  }
  const bySession = session !== undefined && (subject === undefined || settings.ends === 'session')
  return [bySession ? { issuer, session } : { issuer, subject: subject as string }]
}

/** Identifiers without an issuer of their own are understood where there is only one. */
function onlyIssuer({ subjectIssuers }: Settings): string | undefined {
  return subjectIssuers.length === 1 ? subjectIssuers[0] : undefined
}

/** Drafts had `subject_type`, with hyphens, and no format where there are several members. */
function formatOf(identifier: unknown): string | undefined {
  if (!isObject(identifier)) return undefined
  const { format, subject_type: drafted, user, session } = identifier
  if (typeof format === 'string') return format
  if (typeof drafted === 'string') return drafted.replaceAll('-', '_')
  return isObject(user) || isObject(session) ? 'complex' : undefined
}
