// What type-checks and what does not. Compiled by `npx tsc -p test`, never run.

import { expectTypeOf } from 'expect-type'
import * as v from 'valibot'
import type {
  ClientAuthentication,
  ClientAuthenticationSettings,
} from '../../lib/options/client-authentication.ts'
import type { HttpOptions } from '../../lib/options/http-options.ts'
import type { IssuerOptions, IssuerSettings } from '../../lib/options/issuer-options.ts'
import type { ResourceServerOptions } from '../../lib/options/resource-server-options.ts'
import { resourceServerSettings } from '../../lib/options/resource-server-settings.ts'
import type { StandardSchema } from '../../lib/options/standard-schema.ts'

const issuer = 'https://as.example.com'
const resource = 'https://api.example.com'
const client: ClientAuthentication = {
  method: 'client_secret_basic',
  clientId: 'api',
  clientSecret: 'secret',
}
const uri = `${issuer}/jwks`
const endpoint = `${issuer}/introspect`
const issuers: IssuerOptions[] = []

// The claims are inferred from the schema, and from nothing else.
declare function claimsOf<Claims extends object = object>(
  options: ResourceServerOptions<Claims>,
): Claims
const schema = v.object({ sub: v.string(), tenant: v.pipe(v.string(), v.transform(Number)) })
expectTypeOf(claimsOf({ resource, issuers, claims: schema })).toEqualTypeOf<{
  sub: string
  tenant: number
}>()
interface Claims {
  readonly sub: string
}
declare const handmade: StandardSchema<Claims>
expectTypeOf(claimsOf({ resource, issuers, claims: handmade })).toEqualTypeOf<Claims>()
expectTypeOf(claimsOf({ resource, issuers })).toEqualTypeOf<object>()
expectTypeOf(
  claimsOf({ resource, issuers: () => undefined, scopeHierarchy: (scope) => [scope] }),
).toEqualTypeOf<object>()
// @ts-expect-error claims are an object
claimsOf({ resource, issuers, claims: v.string() })
// @ts-expect-error the schema is of no standard
claimsOf({ resource, issuers, claims: { parse: () => ({}) } })
// Options of certain claims are options of any.
expectTypeOf<ResourceServerOptions<Claims>>().toExtend<ResourceServerOptions<object>>()

// The required ones are required, and there are no others.
claimsOf({ resource, issuers: { issuer } })
claimsOf({ resource, issuers: async (iss) => (iss === issuer ? { issuer } : undefined) })
// @ts-expect-error no issuers
claimsOf({ resource })
// @ts-expect-error no resource
claimsOf({ issuers })
// @ts-expect-error an option one level off
claimsOf({ resource, issuers, audience: 'x' })
// @ts-expect-error a misspelt option of an issuer
claimsOf({ resource, issuers: [{ issuer, jwt: { algorithm: ['RS256'] } }] })
// @ts-expect-error an option of a later version
claimsOf({ resource, issuers, store: {} })
// @ts-expect-error an unknown algorithm
claimsOf({ resource, issuers: [{ issuer, jwt: { algorithms: ['HS256'] } }] })
// @ts-expect-error null is not absent
claimsOf({ resource, issuers, cache: null })

// jwt: false needs introspection.
accept({ issuer, jwt: false, introspection: { client } })
// @ts-expect-error nothing is left to verify tokens with
accept({ issuer, jwt: false })
// @ts-expect-error it is false or an object
accept({ issuer, jwt: true })

// Prefixes need introspection.
accept({ issuer, introspection: { client }, opaquePrefixes: ['x'] })
// @ts-expect-error opaque tokens could not be verified
accept({ issuer, opaquePrefixes: ['x'] })

// Without discovery, what it would find must be given.
accept({ issuer, discovery: false, jwt: { keys: { uri } } })
accept({ issuer, discovery: false, jwt: { keys: { uri } }, introspection: { client, endpoint } })
accept({ issuer, discovery: false, jwt: false, introspection: { client, endpoint } })
accept({ issuer, discovery: { metadataUrl: `${issuer}/metadata` } })
// @ts-expect-error no keys
accept({ issuer, discovery: false })
// @ts-expect-error no keys
accept({ issuer, discovery: false, jwt: { profile: 'plain' } })
// @ts-expect-error no endpoint
accept({ issuer, discovery: false, jwt: { keys: { uri } }, introspection: { client } })
// @ts-expect-error no keys for signed answers
accept({ issuer, discovery: false, jwt: false, introspection: signed })
// @ts-expect-error it is false or an object
accept({ issuer, discovery: true })

// Keys come from one place.
// @ts-expect-error inline or fetched
accept({ issuer, jwt: { keys: { uri, jwks: { keys: [] } } } })

// `audience: 'none'` without `clients` cannot be told from another string by a type: it is found
// when the program starts.
accept({ issuer, audience: 'none' })

// A fetch replaces what the other transports are configured with.
reach({ fetch, timeoutMs: 1 })
reach({ ca: 'PEM', clientCertificate: { cert: 'PEM', key: 'PEM' }, proxy: 'http://proxy' })
// @ts-expect-error the certificate authorities would be ignored
reach({ fetch, ca: 'PEM' })
// @ts-expect-error the certificate would be ignored
reach({ fetch, clientCertificate: { cert: 'PEM', key: 'PEM' } })
// @ts-expect-error the proxy would be ignored
reach({ fetch, proxy: 'http://proxy' })

// A client has what its method needs.
authenticateAs({ method: 'bearer', token: async () => 'x' })
// @ts-expect-error no secret
authenticateAs({ method: 'client_secret_post', clientId: 'x' })
// @ts-expect-error encoding is for Basic
authenticateAs({ method: 'client_secret_post', clientId: 'x', clientSecret: 'y', encoding: 'raw' })
// @ts-expect-error no key
authenticateAs({ method: 'private_key_jwt', clientId: 'x' })
// @ts-expect-error no such method
authenticateAs({ method: 'client_secret_jwt', clientId: 'x', clientSecret: 'y' })

// Settings are complete and cannot be written to.
expectTypeOf<ClientAuthenticationSettings>().toExtend<ClientAuthentication>()
expectTypeOf<
  Extract<ClientAuthenticationSettings, { method: 'client_secret_basic' }>['encoding']
>().toEqualTypeOf<'form' | 'raw'>()
const settings = resourceServerSettings({})
// @ts-expect-error read-only
settings.clock = () => 0
declare const one: IssuerSettings
// @ts-expect-error read-only
one.introspection!.client.method = 'bearer'

declare function accept(options: IssuerOptions): void
declare function reach(options: HttpOptions): void
declare function authenticateAs(options: ClientAuthentication): void
declare const signed: { client: ClientAuthentication; endpoint: string; signedResponse: true }

// Proofs of possession: off, on, or as told.
claimsOf({ resource, issuers, dpop: true, mtls: true, senderConstrained: 'required' })
claimsOf({ resource, issuers, dpop: { nonce: 'required', nonceSecret: ['a', 'b'] } })
claimsOf({ resource, issuers, publicUrl: ['https://a.test', 'https://b.test/v1'] })
// @ts-expect-error the peers that are trusted are named
claimsOf({ resource, issuers, mtls: { forwarded: { format: 'rfc9440' } } })
// @ts-expect-error this format comes without a name of its own
claimsOf({ resource, issuers, mtls: { forwarded: { format: 'pem', trustedPeers: ['10.0.0.1'] } } })
// @ts-expect-error a misspelt word
claimsOf({ resource, issuers, senderConstrained: 'always' })
