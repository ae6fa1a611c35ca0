import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { nearestName } from '../errors/nearest-name.ts'
import { memberPath, optionsSchema, parseOptions } from './parse-options.ts'
import { callable, oneOf, seconds, text, texts } from './rules.ts'
import {
  isEventType,
  type SecurityEventAction,
  securityEventTypes,
} from './security-event-types.ts'
import type { SecurityEventsOptions, SecurityEventsSettings } from './security-events-options.ts'
import { transmitterEntries, transmitterSettings } from './transmitter-settings.ts'

const textOrTexts = v.union([text, texts], 'a non-empty string or a non-empty array of those')

const schema = optionsSchema({
  ...transmitterEntries,
  audience: textOrTexts,
  subjectIssuer: v.optional(textOrTexts),
  authorization: v.optional(
    v.union(
      [text, callable<(header: string | undefined) => boolean>()],
      'a non-empty string or a function',
    ),
  ),
  actions: v.optional(v.record(v.string(), oneOf('revoke', 'ignore'), 'an object'), {}),
  subjectOf: v.optional(callable<NonNullable<SecurityEventsOptions['subjectOf']>>()),
  onVerification: v.optional(callable<NonNullable<SecurityEventsOptions['onVerification']>>()),
  onEvent: v.optional(callable<NonNullable<SecurityEventsOptions['onEvent']>>()),
  // As long as tokens are remembered to be revoked by default.
  maxAgeSeconds: v.optional(seconds(undefined, 60), 86_400),
})

/**
 * What a receiver of security events goes by.
 *
 * @param options - `SecurityEventsOptions`, not trusted to be of that type
 * @throws ConfigurationError
 */
export function securityEventsSettings(options: unknown): SecurityEventsSettings {
  const given = parseOptions(schema, options, '')
  const audiences = Object.freeze([given.audience].flat())
  const transmitter = transmitterSettings(given, audiences, given.maxAgeSeconds, wellKnownUrl)
  return Object.freeze({
    ...transmitter,
    subjectIssuers: Object.freeze([given.subjectIssuer ?? transmitter.issuer.issuer].flat()),
    authorization: given.authorization,
    actionOf: actions(given.actions),
    subjectOf: given.subjectOf ?? (() => undefined),
    onVerification: given.onVerification ?? (() => undefined),
    onEvent: given.onEvent ?? (() => undefined),
  })
}

/** SSF section 7.2: between host and path of the issuer, whose terminating slash is removed first. */
function wellKnownUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/ssf-configuration${pathname.replace(/\/$/, '')}`
}

function actions(
  given: Readonly<Record<string, SecurityEventAction>>,
): SecurityEventsSettings['actionOf'] {
  const known = [...securityEventTypes.keys()]
  for (const type of Object.keys(given)) {
    const isOpenid = type.startsWith('https://schemas.openid.net/secevent/')
    if (!isEventType(type) || (isOpenid && !securityEventTypes.has(type))) {
      // A misspelt type would leave undone what was meant.
      const near = nearestName(nameOf(type), known.map(nameOf))
      const meant = known.find((one) => nameOf(one) === near)
      throw new ConfigurationError(
        memberPath('actions', type),
        `is no event type that is known here.${meant === undefined ? ' Give its whole URI.' : ` Did you mean "${meant}"?`}`,
      )
    }
  }
  const all = new Map([...securityEventTypes, ...Object.entries(given)])
  return (type) => all.get(type) ?? 'ignore'
}

function nameOf(type: string): string {
  return type.slice(type.lastIndexOf('/') + 1)
}
