import type { Attributes } from '@opentelemetry/api'
import { other } from './bounded.ts'

/** An event of any channel, before anything is known of its members. */
export type ChannelEvent = Readonly<Record<string, unknown>>

/**
 * The members of events that are told, and as which attributes: closed unions, and names of the
 * options. Members without a row, such as `fingerprint` and `remoteAddress`, are told to nobody.
 */
const told: Readonly<Record<string, string>> = {
  resource: 'scopegate.resource',
  issuer: 'scopegate.issuer',
  verdict: 'scopegate.verdict',
  stage: 'scopegate.stage',
  source: 'scopegate.source',
  cache: 'scopegate.cache',
  outcome: 'scopegate.outcome',
  state: 'scopegate.state',
  operation: 'scopegate.operation',
  kind: 'scopegate.kind',
  by: 'scopegate.revoked_by',
  origin: 'scopegate.origin',
}

/** The attributes of an event, after the semantic conventions where those have a word for it. */
export function attributesOf(
  event: ChannelEvent,
  name: (attribute: string, value: string) => string = (_, value) => value,
): Attributes {
  const attributes: Attributes = {}
  const add = (attribute: string, value: unknown) => {
    if (typeof value === 'string') {
      attributes[attribute] = name(attribute, value)
    }
  }
  for (const member of Object.keys(told)) {
    add(told[member] as string, event[member])
  }
  // An error is what nobody could do; that something was refused is what scopegate is for.
  if (isFailure(event)) {
    add('error.type', event['reason'] ?? other)
  } else {
    add('scopegate.reason', event['reason'])
  }
  add('server.address', hostOf(event['uri']))
  return attributes
}

/** Whether the event tells that something could not be done. */
export function isFailure({ verdict, outcome }: ChannelEvent): boolean {
  return verdict === 'unavailable' || outcome === 'unavailable' || outcome === 'failed'
}

/** Of a URL its host alone: tenants and keys may be in the rest. */
function hostOf(uri: unknown): string | undefined {
  return typeof uri === 'string' && URL.canParse(uri) ? new URL(uri).hostname : undefined
}
