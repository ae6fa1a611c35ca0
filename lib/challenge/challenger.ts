import type { RefusalValue } from '../errors/refusal-value.ts'
import type { UnavailableValue } from '../errors/unavailable-value.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import { type Answer, answerRefusal, answerUnavailable } from './answer.ts'
import { metadataUrl } from './metadata-url.ts'
import {
  type ResourceDescription,
  type ResourceMetadataFields,
  resourceMetadataDocument,
} from './resource-metadata.ts'
import type { Protection } from './www-authenticate.ts'

export type ChallengerSettings = Pick<
  ResourceServerSettings,
  'resource' | 'metadataUrl' | 'scopesSupported' | 'issuers' | 'credentials'
>

/** How one resource server says no, and how it describes itself. */
export interface Challenger {
  answer(outcome: RefusalValue | UnavailableValue): Answer
  /** The metadata document and the request target it is served at; challenges then point to it. */
  describe(fields: ResourceMetadataFields): { readonly document: string; readonly target: string }
}

export function challenger(settings: ChallengerSettings): Challenger {
  const url = metadataUrl(settings.resource)
  let protection: Protection =
    settings.metadataUrl === undefined
      ? { realm: settings.resource }
      : { resourceMetadata: settings.metadataUrl }

  return {
    answer: (outcome) =>
      outcome.verdict === 'refused'
        ? answerRefusal(outcome, protection)
        : answerUnavailable(outcome),
    describe(fields) {
      const document = resourceMetadataDocument(description(settings), fields)
      protection = { resourceMetadata: settings.metadataUrl ?? url.href }
      return { document, target: url.href.slice(url.origin.length) }
    },
  }
}

function description(settings: ChallengerSettings): ResourceDescription {
  const { resource, issuers, scopesSupported, credentials } = settings
  return {
    resource,
    authorizationServers:
      typeof issuers === 'function' ? undefined : issuers.map(({ issuer }) => issuer),
    scopesSupported,
    bearerMethods: credentials.formBody ? ['header', 'body'] : ['header'],
  }
}
