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
  | 'resource'
  | 'metadataUrl'
  | 'scopesSupported'
  | 'authorizationDetailsTypesSupported'
  | 'issuers'
  | 'credentials'
  | 'schemes'
  | 'dpop'
  | 'mtls'
  | 'senderConstrained'
>

/** How one resource server says no, and how it describes itself. */
export interface Challenger {
  answer(outcome: RefusalValue | UnavailableValue): Answer
  /** The metadata document and the request target it is served at; challenges then point to it. */
  describe(fields: ResourceMetadataFields): {
    /** As it is now: routes are added also after it was mounted. */
    readonly document: () => string
    readonly target: string
  }
  /** From now on the document lists these types of authorization details, too. */
  listDetailsTypes(types: readonly string[]): void
}

export function challenger(settings: ChallengerSettings): Challenger {
  const url = metadataUrl(settings.resource)
  const { dpop } = settings
  const challenged = { schemes: settings.schemes, algs: dpop ? [...dpop.algorithms].join(' ') : '' }
  const detailsTypes = new Set(settings.authorizationDetailsTypesSupported)
  let protection: Protection =
    settings.metadataUrl === undefined
      ? { realm: settings.resource }
      : { resourceMetadata: settings.metadataUrl }

  return {
    answer: (outcome) =>
      outcome.verdict === 'refused'
        ? answerRefusal(outcome, protection, challenged)
        : answerUnavailable(outcome),
    describe(fields) {
      const written = () => resourceMetadataDocument(description(settings, detailsTypes), fields)
      let document = written()
      let listed = detailsTypes.size
      protection = { resourceMetadata: settings.metadataUrl ?? url.href }
      return {
        document() {
          if (listed !== detailsTypes.size) {
            listed = detailsTypes.size
            document = written()
          }
          return document
        },
        target: url.href.slice(url.origin.length),
      }
    },
    listDetailsTypes(types) {
      for (const type of types) detailsTypes.add(type)
    },
  }
}

function description(
  settings: ChallengerSettings,
  detailsTypes: ReadonlySet<string>,
): ResourceDescription {
  const { resource, issuers, scopesSupported, credentials, dpop, mtls } = settings
  return {
    resource,
    authorizationServers:
      typeof issuers === 'function' ? undefined : issuers.map(({ issuer }) => issuer),
    scopesSupported,
    bearerMethods: credentials.formBody ? ['header', 'body'] : ['header'],
    authorizationDetailsTypes: [...detailsTypes],
    dpopAlgorithms: dpop && [...dpop.algorithms],
    isDpopRequired: settings.senderConstrained === 'required' && !mtls,
    bindsCertificates: mtls !== undefined,
  }
}
