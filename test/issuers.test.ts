import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { UnavailableValue } from '../lib/errors/unavailable-value.ts'
import {
  type IssuerDirectory,
  type IssuerDirectorySettings,
  issuerDirectory,
} from '../lib/issuers/issuer-directory.ts'
import type { DiscoveryOutcome, KnownIssuer } from '../lib/issuers/known-issuer.ts'
import type { Selection } from '../lib/issuers/selected.ts'
import { wellKnownUrls } from '../lib/issuers/well-known-urls.ts'
import type { IssuerOptions, IssuerSettings } from '../lib/options/issuer-options.ts'
import { issuerSettings } from '../lib/options/issuer-settings.ts'
import type { AuthorizationServerMetadata } from '../lib/verification/verifier.ts'
import { ScriptedHttp, settled } from './fixtures/scripted-http.ts'
import { clientCertificate, clientKey } from './fixtures/tls.ts'

const one = 'https://one.example.com'
const two = 'https://two.example.com/tenant'
const startMs = 1_700_000_000_000
const keys = { coolDownMs: 30_000, maxAgeMs: 600_000, staleMs: 3_600_000 }
const introspection = {
  client: { method: 'client_secret_basic', clientId: 'api', clientSecret: 'secret' },
} as const

let now: number
let http: ScriptedHttp
let discoveries: DiscoveryOutcome[]

beforeEach(() => {
  now = startMs
  http = new ScriptedHttp()
  discoveries = []
})

function settings(options: IssuerOptions): IssuerSettings {
  return issuerSettings(options, 'issuers[0]', {
    resource: 'https://api.example.com',
    http: { timeoutMs: 5000, insecureHosts: [] },
  })
}

function directoryOf(
  issuers: IssuerDirectorySettings['issuers'],
  more: Partial<IssuerDirectorySettings> = {},
): IssuerDirectory {
  return issuerDirectory({
    issuers,
    httpFor: () => http,
    clock: () => now,
    keys,
    onDiscovery: (discovery) => discoveries.push(discovery),
    ...more,
  })
}

function listOf(...options: IssuerOptions[]): IssuerDirectory {
  return directoryOf(options.map(settings))
}

function segment(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  )
}

function jwt(claims: unknown, header: object = { alg: 'ES256', typ: 'at+jwt' }): string {
  return `${segment(header)}.${segment(claims)}.c2ln`
}

function jwe(header: object = {}): string {
  return `${segment({ alg: 'ECDH-ES', enc: 'A128GCM', ...header })}..aXY.Y2lwaGVy.dGFn`
}

/** Whose and how, or the reason, in one line. */
function said(selection: Selection): string {
  if ('verdict' in selection) return `${selection.verdict}: ${selection.reason}`
  const how = selection.jws ? 'jwt' : selection.encrypted ? 'jwe' : 'introspection'
  return `${selection.issuer.settings.issuer} ${how}`
}

function select(directory: IssuerDirectory, token: string): string {
  const selection = directory.select(token)
  if (selection instanceof Promise) throw new Error('not synchronous')
  return said(selection)
}

function decryptionKey(kid?: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), ...(kid && { kid }) }
}

describe('selecting the issuer of a list', () => {
  it('RFC 9068 section 4: goes by the exact iss of a JWT-shaped token', () => {
    const directory = listOf({ issuer: one }, { issuer: two })
    expect(select(directory, jwt({ iss: one }))).toBe(`${one} jwt`)
    expect(select(directory, jwt({ iss: two }))).toBe(`${two} jwt`)
  })

  it.each([
    [`${one}/`],
    [one.toUpperCase()],
    ['https://one.example.com:443'],
    ['https://unknown.example.com'],
    [''],
    [undefined],
    [null],
    [1],
    [[one]],
    [{ toString: () => one }],
    ['__proto__'],
  ])('JT-4: refuses the iss %j, which is nobody exactly, and fetches nothing', (iss) => {
    for (const directory of [listOf({ issuer: one }), listOf({ issuer: one }, { issuer: two })]) {
      expect(select(directory, jwt({ iss }))).toBe('refused: unknown_issuer')
    }
    expect(http.asked).toEqual([])
  })

  it.each([['{"iss":'], ['[]'], ['"text"'], [`{"iss":"${one}","iss":"${one}"}`]])(
    'refuses a JWT whose payload is %j as malformed',
    (payload) => {
      expect(select(listOf({ issuer: one }), jwt(payload))).toBe('refused: malformed_token')
    },
  )

  it('parses nothing where the one issuer introspects everything', () => {
    const directory = listOf({ issuer: one, jwt: false, introspection })
    for (const token of ['opaque', jwt({ iss: two }), jwt('{'), jwe()]) {
      expect(select(directory, token)).toBe(`${one} introspection`)
    }
  })

  it('introspects the JWTs of an issuer with jwt: false beside issuers whose JWTs are verified', () => {
    const directory = listOf({ issuer: one }, { issuer: two, jwt: false, introspection })
    expect(select(directory, jwt({ iss: two }))).toBe(`${two} introspection`)
    expect(select(directory, jwt({ iss: one }))).toBe(`${one} jwt`)
    // Whichever stands first.
    const reversed = listOf({ issuer: two, jwt: false, introspection }, { issuer: one })
    expect(select(reversed, jwt({ iss: one }))).toBe(`${one} jwt`)
    expect(select(reversed, jwt({ iss: 'https://x.example' }))).toBe('refused: unknown_issuer')
  })

  it('introspects opaque tokens beside JWTs, and refuses them without introspection', () => {
    expect(select(listOf({ issuer: one, introspection }), 'opaque')).toBe(`${one} introspection`)
    expect(select(listOf({ issuer: one, introspection }), jwt({ iss: one }))).toBe(`${one} jwt`)
    expect(select(listOf({ issuer: one }), 'opaque')).toBe('refused: opaque_not_accepted')
  })

  it.each([
    ['two segments', `${segment({ alg: 'ES256' })}.e30`],
    ['no alg', jwt({ iss: one }, { typ: 'at+jwt' })],
    ['an alg that is no string', jwt({ iss: one }, { alg: 1 })],
    ['a header that is no object', `${segment('[]')}.e30.c2ln`],
  ])('takes a token with %s for opaque', (_, token) => {
    expect(select(listOf({ issuer: one }), token)).toBe('refused: opaque_not_accepted')
    expect(select(listOf({ issuer: one, introspection }), token)).toBe(`${one} introspection`)
  })

  it('JT-13: never takes a respelled JWT for opaque, which would be shown to the introspection endpoint', () => {
    const [header, payload, signature] = jwt({ iss: one }).split('.')
    const respelled = `${header}.${payload}=.${signature}`
    expect(select(listOf({ issuer: one, introspection }), respelled)).toBe(
      'refused: malformed_token',
    )
  })

  it('gives opaque tokens to the issuer of the longest prefix, else to the one without prefixes', () => {
    const three = 'https://three.example.com'
    // Prefixes of different issuers do not overlap; options see to that. The directory needs not know.
    const directory = listOf(
      { issuer: one, introspection, opaquePrefixes: ['a_', 'b_'] },
      { issuer: two, introspection, opaquePrefixes: ['a_long_'] },
      { issuer: three, introspection },
    )
    expect(select(directory, 'a_token')).toBe(`${one} introspection`)
    expect(select(directory, 'b_token')).toBe(`${one} introspection`)
    expect(select(directory, 'a_long_token')).toBe(`${two} introspection`)
    expect(select(directory, 'c_token')).toBe(`${three} introspection`)
  })

  it('refuses an opaque token of no known prefix: it is never tried at issuers in turn', () => {
    const directory = listOf(
      { issuer: one, introspection, opaquePrefixes: ['a_'] },
      { issuer: two, introspection, opaquePrefixes: ['b_'] },
    )
    expect(select(directory, 'c_token')).toBe('refused: opaque_not_accepted')
    expect(select(directory, 'A_token')).toBe('refused: opaque_not_accepted')
    expect(select(directory, 'c_a_token')).toBe('refused: opaque_not_accepted')
  })

  it('counts five-part tokens as opaque unless decryption keys are set', () => {
    const decryptionKeys = [decryptionKey()]
    expect(select(listOf({ issuer: one, introspection }), jwe())).toBe(`${one} introspection`)
    const directory = listOf({ issuer: one, introspection, jwt: { decryptionKeys } })
    expect(select(directory, jwe())).toBe(`${one} jwe`)
    // Five parts alone do not make a JWE (RFC 7516 section 4.1).
    expect(select(directory, `${segment({ alg: 'dir' })}....`)).toBe(`${one} introspection`)
    expect(select(directory, 'a.b.c.d.e')).toBe(`${one} introspection`)
    for (const token of [`${jwe()}.AA`, jwe().slice(0, jwe().lastIndexOf('.'))]) {
      expect(select(directory, token)).toBe(`${one} introspection`)
    }
  })

  it('gives an encrypted token to whom its header names, else to the holder of its kid, never to several in turn', () => {
    const directory = listOf(
      { issuer: one, jwt: { decryptionKeys: [decryptionKey('k1'), decryptionKey('both')] } },
      { issuer: two, jwt: { decryptionKeys: [decryptionKey('k2'), decryptionKey('both')] } },
      { issuer: 'https://three.example.com' },
    )
    // RFC 7519 section 5.3.
    expect(select(directory, jwe({ iss: two }))).toBe(`${two} jwe`)
    expect(select(directory, jwe({ iss: 'https://x.example' }))).toBe('refused: unknown_issuer')
    expect(select(directory, jwe({ iss: 'https://three.example.com' }))).toBe(
      'refused: opaque_not_accepted',
    )
    expect(select(directory, jwe({ kid: 'k1' }))).toBe(`${one} jwe`)
    expect(select(directory, jwe({ kid: 'k2' }))).toBe(`${two} jwe`)
    expect(select(directory, jwe({ kid: 'both' }))).toBe('refused: undecryptable')
    expect(select(directory, jwe({ kid: 'k3' }))).toBe('refused: undecryptable')
    expect(select(directory, jwe())).toBe('refused: undecryptable')
    // That the token names no key is not the name of a key without one.
    const nameless = listOf(
      { issuer: one, jwt: { decryptionKeys: [decryptionKey()] } },
      { issuer: two, jwt: { decryptionKeys: [decryptionKey('k2')] } },
    )
    expect(select(nameless, jwe())).toBe('refused: undecryptable')
  })
})

describe('selecting the issuer that a function knows', () => {
  let asked: string[]
  let answer: (iss: string) => IssuerSettings | undefined | Promise<IssuerSettings | undefined>
  let directory: IssuerDirectory

  beforeEach(() => {
    asked = []
    answer = (iss) => (iss.startsWith('https://t') ? settings({ issuer: iss }) : undefined)
    directory = open()
  })

  function open(more: Partial<IssuerDirectorySettings> = {}): IssuerDirectory {
    return directoryOf(async (iss) => {
      asked.push(iss)
      return answer(iss)
    }, more)
  }

  async function issuerOf(iss: string): Promise<KnownIssuer> {
    const selection = await directory.select(jwt({ iss }))
    if ('verdict' in selection) throw new Error(selection.reason)
    return selection.issuer as KnownIssuer
  }

  it('asks once about an unknown iss, coalesced, and is synchronous from then on', async () => {
    const all = await Promise.all(
      Array.from({ length: 1000 }, () => directory.select(jwt({ iss: two }))),
    )
    expect(new Set(all.map(said))).toEqual(new Set([`${two} jwt`]))
    expect(select(directory, jwt({ iss: two }))).toBe(`${two} jwt`)
    expect(asked).toEqual([two])
    expect([...directory.all()].map((issuer) => issuer.settings.issuer)).toEqual([two])
  })

  it('remembers for a minute that an issuer is unknown, and never fetches for one', async () => {
    expect(said(await directory.select(jwt({ iss: one })))).toBe('refused: unknown_issuer')
    now += 59_999
    expect(select(directory, jwt({ iss: one }))).toBe('refused: unknown_issuer')
    expect(asked).toEqual([one])
    now += 1
    await directory.select(jwt({ iss: one }))
    expect(asked).toEqual([one, one])
    expect(http.asked).toEqual([])
  })

  it('refuses opaque tokens, malformed ones and those without a sound iss, asking about none', () => {
    expect(select(directory, 'opaque')).toBe('refused: opaque_not_accepted')
    expect(select(directory, jwe())).toBe('refused: opaque_not_accepted')
    expect(select(directory, jwt('{'))).toBe('refused: malformed_token')
    expect(select(directory, jwt({}))).toBe('refused: unknown_issuer')
    expect(select(directory, jwt({ iss: [two] }))).toBe('refused: unknown_issuer')
    expect(select(directory, jwt({ iss: `https://t${'x'.repeat(3000)}` }))).toBe(
      'refused: unknown_issuer',
    )
    expect(asked).toEqual([])
  })

  it('goes by the header iss of an encrypted token (RFC 7519 section 5.3)', async () => {
    answer = (issuer) =>
      settings({ issuer, ...(issuer === two && { jwt: { decryptionKeys: [decryptionKey()] } }) })
    expect(said(await directory.select(jwe({ iss: two })))).toBe(`${two} jwe`)
    expect(said(await directory.select(jwe({ iss: one })))).toBe('refused: opaque_not_accepted')
  })

  it('promise 1: is unavailable when the function fails, and asks again after a second', async () => {
    const cause = new Error('database down')
    answer = () => Promise.reject(cause)
    const verdict = await directory.select(jwt({ iss: two }))
    expect(verdict).toMatchObject({ verdict: 'unavailable', reason: 'issuer_lookup_failed', cause })
    answer = (issuer) => settings({ issuer })
    now += 999
    expect(directory.select(jwt({ iss: two }))).toEqual(verdict)
    expect(verdict).toMatchObject({ retryAfterSeconds: 1 })
    expect(asked).toEqual([two])
    now += 1
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
  })

  it('promise 1: is unavailable when the function does not answer in time', async () => {
    directory = open({ lookupTimeoutMs: 1 })
    answer = () => new Promise(() => {})
    expect(said(await directory.select(jwt({ iss: two })))).toBe(
      'unavailable: issuer_lookup_failed',
    )
    now += 1000
    answer = (issuer) => settings({ issuer })
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
  })

  it('remembers a failure no longer than a second, also when the clock is set back or the issuer forgotten', async () => {
    answer = () => Promise.reject(new Error('database down'))
    for (const after of [() => (now -= 60_000), () => directory.forget(two)]) {
      await directory.select(jwt({ iss: two }))
      after()
    }
    answer = (issuer) => settings({ issuer })
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
    expect(asked).toEqual([two, two, two])
  })

  it('remembers the failures of a bounded number of issuers', async () => {
    directory = open({ mostIssuers: 2 })
    answer = () => Promise.reject(new Error('database down'))
    for (const i of [0, 1, 2]) await directory.select(jwt({ iss: `https://made-up-${i}` }))
    asked = []
    for (const i of [2, 0]) await directory.select(jwt({ iss: `https://made-up-${i}` }))
    expect(asked).toEqual(['https://made-up-0'])
  })

  it('never trusts another issuer than it asked about', async () => {
    answer = () => settings({ issuer: one })
    const verdict = (await directory.select(jwt({ iss: two }))) as UnavailableValue
    expect(verdict).toMatchObject({
      reason: 'issuer_lookup_failed',
      cause: { code: 'invalid_configuration' },
    })
    expect(String(verdict.cause)).not.toContain(two)
    expect([...directory.all()]).toEqual([])
  })

  it('forgets an issuer on demand: what rests on it holds no longer, and the function is asked anew', async () => {
    const issuer = await issuerOf(two)
    expect(directory.forget(two)).toBe(true)
    expect(issuer.forgotten).toBe(true)
    answer = () => undefined
    expect(said(await directory.select(jwt({ iss: two })))).toBe('refused: unknown_issuer')
    expect(directory.forget(two)).toBe(false)
    answer = (iss) => settings({ issuer: iss })
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
  })

  it('does not remember an answer that was on its way when the issuer was forgotten', async () => {
    let first = true
    answer = async (issuer) => {
      if (!first) return undefined
      first = false
      directory.forget(two)
      return settings({ issuer })
    }
    expect(said(await directory.select(jwt({ iss: two })))).toBe('refused: unknown_issuer')
    expect(asked).toEqual([two, two])
  })

  it('does not ask again because another issuer was forgotten meanwhile', async () => {
    answer = async (issuer) => {
      if (asked.length === 1) directory.forget(one)
      return settings({ issuer })
    }
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
    expect(asked).toEqual([two])
  })

  it('promise 1: is unavailable in time, and asks no more, however often the issuer is forgotten meanwhile', async () => {
    directory = open({ lookupTimeoutMs: 20 })
    answer = async (issuer) => {
      await new Promise(setImmediate)
      directory.forget(two)
      return settings({ issuer })
    }
    expect(said(await directory.select(jwt({ iss: two })))).toBe(
      'unavailable: issuer_lookup_failed',
    )
    await settled()
    const askedInTime = asked.length
    await settled()
    expect(asked).toHaveLength(askedInTime)
  })

  it('trusts no issuer that it evicted, and holds no more than it may', async () => {
    directory = open({ mostIssuers: 2 })
    const evicted = await issuerOf('https://t1.example')
    const kept = await issuerOf('https://t2.example')
    await issuerOf('https://t3.example')
    expect(evicted.forgotten).toBe(true)
    expect(kept.forgotten).toBe(false)
    expect([...directory.all()]).toHaveLength(2)
    // Made-up issuers push out no real one.
    for (let i = 0; i < 5; i++) await directory.select(jwt({ iss: `https://made-up-${i}` }))
    expect(kept.forgotten).toBe(false)
    // Nor are more of them remembered.
    asked = []
    for (const i of [4, 0]) await directory.select(jwt({ iss: `https://made-up-${i}` }))
    expect(asked).toEqual(['https://made-up-0'])
  })

  it('asks again in the background when the answer is old, and forgets whom the function no longer knows', async () => {
    const issuer = await issuerOf(two)
    answer = () => undefined
    now += 480_000
    expect(select(directory, jwt({ iss: two }))).toBe(`${two} jwt`)
    await settled()
    expect(asked).toEqual([two, two])
    expect(issuer.forgotten).toBe(true)
    expect(select(directory, jwt({ iss: two }))).toBe('refused: unknown_issuer')
  })

  it('waits for the new answer when the old one is past its age', async () => {
    await issuerOf(two)
    answer = () => undefined
    now += 600_000
    expect(said(await directory.select(jwt({ iss: two })))).toBe('refused: unknown_issuer')
  })

  it('takes over changed options with the metadata it holds', async () => {
    serve(two)
    const before = await issuerOf(two)
    await before.metadata()
    answer = (issuer) => settings({ issuer, audience: 'https://other.example' })
    now += 480_000
    expect(await issuerOf(two)).toBe(before)
    await settled()
    const after = await issuerOf(two)
    expect(after).not.toBe(before)
    expect(before.forgotten).toBe(true)
    expect(after.settings.audiences).toEqual(['https://other.example'])
    expect(after.metadata()).toMatchObject({ jwks_uri: `${two}/jwks` })
  })

  it('takes over the client, on which the keys rest, unless it is to be another one', async () => {
    directory = open({ httpFor: () => new ScriptedHttp() })
    answer = (issuer) => settings({ issuer, http: { insecureHosts: ['a.example'] } })
    const before = await issuerOf(two)
    async function renewed(): Promise<KnownIssuer> {
      now += 480_000
      await issuerOf(two)
      await settled()
      return issuerOf(two)
    }
    const same = await renewed()
    expect(same).not.toBe(before)
    expect(same.http).toBe(before.http)
    answer = (issuer) => settings({ issuer, http: { insecureHosts: ['b.example'] } })
    expect((await renewed()).http).not.toBe(before.http)
  })

  it('takes over no metadata that were found elsewhere', async () => {
    serve(two)
    await (await issuerOf(two)).metadata()
    const metadataUrl = 'https://mirror.example/metadata'
    serve(two, { jwks_uri: `${two}/mirrored` }, metadataUrl)
    answer = (issuer) => settings({ issuer, discovery: { metadataUrl } })
    now += 480_000
    await issuerOf(two)
    await settled()
    expect(await (await issuerOf(two)).metadata()).toMatchObject({ jwks_uri: `${two}/mirrored` })
  })

  it('takes over no metadata whose URLs may be asked no longer', async () => {
    const plain = 'http://keys.internal/jwks'
    serve(two, { jwks_uri: plain })
    answer = (issuer) => settings({ issuer, http: { insecureHosts: ['keys.internal'] } })
    expect(await (await issuerOf(two)).metadata()).toMatchObject({ jwks_uri: plain })
    answer = (issuer) => settings({ issuer })
    now += 480_000
    await issuerOf(two)
    await settled()
    expect(await (await issuerOf(two)).metadata()).toMatchObject({ verdict: 'unavailable' })
  })

  it('does not bring back an issuer that was forgotten while the function was asked again', async () => {
    await issuerOf(two)
    answer = async (issuer) => {
      directory.forget(two)
      return settings({ issuer })
    }
    now += 480_000
    const old = await issuerOf(two)
    await settled()
    expect(old.forgotten).toBe(true)
    expect([...directory.all()]).toEqual([])
    answer = () => undefined
    expect(said(await directory.select(jwt({ iss: two })))).toBe('refused: unknown_issuer')
  })

  it('does not heed a late answer about what was forgotten and asked anew', async () => {
    await issuerOf(two)
    let late: (value: undefined) => void = () => {}
    answer = () => new Promise((resolve) => (late = resolve))
    now += 480_000
    await issuerOf(two)
    directory.forget(two)
    answer = (issuer) => settings({ issuer })
    const anew = await issuerOf(two)
    late(undefined)
    await settled()
    expect(anew.forgotten).toBe(false)
    expect(select(directory, jwt({ iss: two }))).toBe(`${two} jwt`)
  })

  it('keeps an issuer while the function fails, for a bounded time', async () => {
    await issuerOf(two)
    answer = () => Promise.reject(new Error('database down'))
    now += 600_000
    expect(said(await directory.select(jwt({ iss: two })))).toBe(`${two} jwt`)
    now = startMs + 600_000 + 3_600_000
    expect(said(await directory.select(jwt({ iss: two })))).toBe(
      'unavailable: issuer_lookup_failed',
    )
  })

  it('asks nobody after close', async () => {
    directory.close()
    expect(select(directory, jwt({ iss: two }))).toBe('unavailable: closed')
    expect(asked).toEqual([])
  })

  it('asks nobody about known issuers after close, nor those for their metadata', async () => {
    const known = await issuerOf(two)
    const late = directory.select(jwt({ iss: 'https://t1.example' }))
    directory.close()
    const answered = await late
    const issuers = [known, ...('verdict' in answered ? [] : [answered.issuer])]
    for (const issuer of issuers) {
      expect(await issuer.metadata()).toMatchObject({ reason: 'closed' })
    }
    expect(issuers).toHaveLength(2)
    now += 600_000
    await directory.select(jwt({ iss: two }))
    await settled()
    expect(asked).toEqual([two, 'https://t1.example'])
    expect(http.asked).toEqual([])
  })

  it('asks an issuer that was forgotten for nothing more', async () => {
    serve(two)
    const issuer = await issuerOf(two)
    directory.forget(two)
    expect(await issuer.metadata()).toMatchObject({ verdict: 'unavailable' })
    expect(http.asked).toEqual([])
  })
})

function metadataUrl(issuer: string): string {
  return wellKnownUrls(issuer)[0] as string
}

function serve(issuer: string, members: object = {}, url: string = metadataUrl(issuer)): void {
  http.on(url, {
    body: {
      issuer,
      jwks_uri: `${issuer}/jwks`,
      introspection_endpoint: `${issuer}/introspect`,
      ...members,
    },
  })
}

describe('discovery', () => {
  function issuerWith(options: IssuerOptions): KnownIssuer {
    return [...listOf(options).all()][0] as KnownIssuer
  }

  async function failureOf(issuer: KnownIssuer): Promise<unknown> {
    const verdict = (await issuer.metadata()) as UnavailableValue
    expect(verdict).toMatchObject({ verdict: 'unavailable', reason: 'discovery_failed' })
    return verdict.cause
  }

  async function jwksUri(issuer: KnownIssuer): Promise<string | undefined> {
    return ((await issuer.metadata()) as AuthorizationServerMetadata).jwks_uri
  }

  it.each([
    [
      'https://as.example',
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/.well-known/openid-configuration',
    ],
    [
      'https://as.example/',
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/.well-known/openid-configuration',
    ],
    [
      'https://as.example:8443/a/b/',
      'https://as.example:8443/.well-known/oauth-authorization-server/a/b',
      'https://as.example:8443/a/b/.well-known/openid-configuration',
      'https://as.example:8443/.well-known/openid-configuration/a/b',
    ],
  ])(
    'asks for the metadata of %s at its well-known places in order (RFC 8414 section 3.1)',
    async (issuer, ...urls) => {
      await failureOf(issuerWith({ issuer }))
      expect(http.asked).toEqual(urls)
      for (const url of urls) {
        http.answers.clear()
        serve(issuer, { jwks_uri: 'https://as.example/keys' }, url)
        expect(await jwksUri(issuerWith({ issuer }))).toBe('https://as.example/keys')
      }
    },
  )

  it('asks nobody when all that is needed was given, or discovery is off', () => {
    const given = issuerWith({ issuer: one, jwt: { keys: { uri: `${one}/keys` } } })
    expect(given.metadata()).toEqual({ issuer: one })
    const off = issuerWith({
      issuer: one,
      jwt: false,
      introspection: { ...introspection, endpoint: `${one}/introspect` },
      discovery: false,
    })
    expect(off.metadata()).toEqual({ issuer: one })
    expect(off.state()).toEqual({ issuer: one, needed: false, failing: false })
    expect(http.asked).toEqual([])
  })

  it('asks only at a given metadataUrl, and still for exactly this issuer', async () => {
    const url = 'https://mirror.example.com/metadata'
    serve(two, {}, url)
    expect(await jwksUri(issuerWith({ issuer: two, discovery: { metadataUrl: url } }))).toBe(
      `${two}/jwks`,
    )
    const cause = await failureOf(issuerWith({ issuer: one, discovery: { metadataUrl: url } }))
    expect(cause).toEqual({ failure: 'wrong_issuer', url })
    expect(http.asked).toEqual([url, url])
  })

  it.each([
    [`${one}/`],
    ['https://ONE.example.com'],
    ['https://evil.example'],
    [undefined],
    [[one]],
  ])('RFC 8414 section 3.3: does not take metadata that name the issuer %j', async (named) => {
    serve(one, { issuer: named })
    expect(await failureOf(issuerWith({ issuer: one }))).toMatchObject({ failure: 'wrong_issuer' })
    expect(discoveries).toMatchObject([{ issuer: one, outcome: 'failed', reason: 'wrong_issuer' }])
  })

  it('goes on to the next place after a foreign, broken or missing document', async () => {
    const [first, second, third] = wellKnownUrls(two) as [string, string, string]
    http.on(first, { body: '<html>', type: 'text/html' })
    serve(two, { issuer: one }, second)
    serve(two, {}, third)
    expect(await jwksUri(issuerWith({ issuer: two }))).toBe(`${two}/jwks`)
  })

  it('does not ask at other places of a host that cannot be reached', async () => {
    http.on(metadataUrl(two), { fail: 'timeout' })
    expect(await failureOf(issuerWith({ issuer: two }))).toMatchObject({ failure: 'timeout' })
    expect(http.asked).toHaveLength(1)
  })

  it.each([
    ['http://internal.example/jwks'],
    ['https://user:secret@as.example/jwks'],
    ['file:///etc/passwd'],
    ['/jwks'],
    [7],
  ])('JT-12: does not take %j for a jwks_uri (RFC 8725bis section 3.10)', async (uri) => {
    serve(one, { jwks_uri: uri })
    expect(await failureOf(issuerWith({ issuer: one }))).toEqual({
      failure: 'url_not_allowed',
      url: metadataUrl(one),
      member: 'jwks_uri',
    })
  })

  it.each([
    ['http://127.0.0.1:9000/admin'],
    ['http://localhost/admin'],
    ['http://a.localhost'],
    ['http://[::1]:9000'],
  ])(
    'JT-12: does not take %j, a service of this host, from an issuer elsewhere (RFC 8725bis section 3.10)',
    async (url) => {
      serve(one, { jwks_uri: url })
      expect(await failureOf(issuerWith({ issuer: one }))).toMatchObject({ member: 'jwks_uri' })
      serve(one, { introspection_endpoint: url })
      expect(await failureOf(issuerWith({ issuer: one, introspection }))).toMatchObject({
        failure: 'url_not_allowed',
        member: 'introspection_endpoint',
      })
    },
  )

  it('takes http URLs on listed hosts, and on loopback from an issuer that is http itself', async () => {
    const insecureHosts = ['internal.example', 'localhost:8080']
    for (const uri of ['http://localhost:8080/jwks', 'http://internal.example/jwks']) {
      serve(one, { jwks_uri: uri })
      expect(await jwksUri(issuerWith({ issuer: one, http: { insecureHosts } }))).toBe(uri)
    }
    const local = 'http://localhost:8080'
    for (const uri of ['http://127.0.0.1:9000/jwks', `${local}/jwks`, `${one}/jwks`]) {
      serve(local, { jwks_uri: uri })
      expect(await jwksUri(issuerWith({ issuer: local }))).toBe(uri)
    }
    serve(local, { jwks_uri: 'http://internal.example/jwks' })
    await failureOf(issuerWith({ issuer: local }))
  })

  it('shows the place it asked without the query, which may be a key', async () => {
    const shown = 'https://mirror.example.com/metadata'
    const url = `${shown}?key=SECRET`
    const answers = [
      { fail: 'timeout' },
      { body: { issuer: two } },
      { body: { issuer: one, jwks_uri: 'gopher://x' } },
    ] as const
    for (const answer of answers) {
      http.on(url, answer)
      const issuer = issuerWith({ issuer: one, discovery: { metadataUrl: url } })
      expect(await failureOf(issuer)).toMatchObject({ url: shown })
    }
    expect(new Set(http.asked)).toEqual(new Set([url]))
  })

  it('does not mind what the metadata say about things that are not needed', async () => {
    serve(one, { introspection_endpoint: 'gopher://x', jwks_uri: `${one}/jwks` })
    expect(await issuerWith({ issuer: one }).metadata()).toEqual({
      issuer: one,
      jwks_uri: `${one}/jwks`,
    })
    // Signed answers need keys also where no JWT is verified (RFC 9701 section 5).
    const signed = { ...introspection, signedResponse: true } as const
    serve(one)
    expect(await issuerWith({ issuer: one, jwt: false, introspection: signed }).metadata()).toEqual(
      { issuer: one, jwks_uri: `${one}/jwks`, introspection_endpoint: `${one}/introspect` },
    )
    serve(one, { jwks_uri: 'gopher://x', introspection_endpoint: null })
    expect(await issuerWith({ issuer: one, jwt: false, introspection }).metadata()).toEqual({
      issuer: one,
    })
  })

  it('prefers the alias for mutual TLS, where the client authenticates by certificate (RFC 8705 section 5)', async () => {
    const alias = 'https://mtls.one.example.com/introspect'
    serve(one, { mtls_endpoint_aliases: { introspection_endpoint: alias } })
    const http = { clientCertificate: { cert: clientCertificate, key: clientKey } }
    const client = { method: 'tls_client_auth', clientId: 'api' } as const
    const byCertificate = issuerWith({ issuer: one, http, introspection: { client } })
    const bySecret = issuerWith({ issuer: one, introspection })
    expect(await byCertificate.metadata()).toMatchObject({ introspection_endpoint: alias })
    expect(await bySecret.metadata()).toMatchObject({
      introspection_endpoint: `${one}/introspect`,
    })
    serve(one, { mtls_endpoint_aliases: { introspection_endpoint: 'http://plain.example' } })
    await failureOf(issuerWith({ issuer: one, http, introspection: { client } }))
  })

  it('makes one discovery for 1,000 concurrent requests, and is synchronous from then on', async () => {
    serve(one)
    const issuer = issuerWith({ issuer: one })
    await Promise.all(Array.from({ length: 1000 }, () => issuer.metadata()))
    expect(http.asked).toHaveLength(1)
    expect(issuer.metadata()).not.toBeInstanceOf(Promise)
    expect(issuer.state()).toMatchObject({ needed: true, fetchedAt: startMs, failing: false })
  })

  it('promise 1: is unavailable while it fails, with back-off and Retry-After, and then recovers', async () => {
    const issuer = issuerWith({ issuer: one })
    http.on(metadataUrl(one), { fail: 'connection_failed' })
    await failureOf(issuer)
    now += 100
    expect(await issuer.metadata()).toMatchObject({ retryAfterSeconds: 1 })
    expect(http.asked).toHaveLength(1)
    expect(issuer.state()).toMatchObject({ failing: true, reason: 'connection_failed' })
    serve(one)
    now += 900
    expect(await jwksUri(issuer)).toBe(`${one}/jwks`)
  })

  it('refreshes in the background, at the place where it was found, and holds the last for a bounded time', async () => {
    const issuer = issuerWith({ issuer: two })
    const second = wellKnownUrls(two)[1] as string
    serve(two, {}, second)
    await issuer.metadata()
    http.asked.length = 0
    now += 480_000
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${two}/jwks` })
    await settled()
    expect(http.asked).toEqual([second])
    http.on(second, { fail: 'timeout' })
    const fetched = now
    now = fetched + 600_000
    expect(await jwksUri(issuer)).toBe(`${two}/jwks`)
    now = fetched + 600_000 + 3_600_000 - 1
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${two}/jwks` })
    await settled()
    now += 1
    await failureOf(issuer)
  })

  it('rediscovers in the background after a doubt, once per cool-down', async () => {
    serve(one)
    const issuer = issuerWith({ issuer: one })
    await issuer.metadata()
    serve(one, { jwks_uri: `${one}/moved` })
    issuer.doubtMetadata()
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/jwks` })
    expect(http.asked).toHaveLength(1)
    now += 30_000
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/jwks` })
    await settled()
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/moved` })
    expect(http.asked).toHaveLength(2)
    issuer.doubtMetadata()
    for (let i = 0; i < 100; i++) expect(issuer.metadata()).toHaveProperty('jwks_uri')
    expect(http.asked).toHaveLength(2)
    now += 30_000
    serve(one, { jwks_uri: `${one}/again` })
    issuer.doubtMetadata()
    expect(await issuer.metadata(true)).toMatchObject({ jwks_uri: `${one}/again` })
    now += 30_000
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/again` })
    expect(http.asked).toHaveLength(3)
  })

  it('after a doubt, waits for the discovery that runs, and begins none of its own', async () => {
    serve(one)
    const issuer = issuerWith({ issuer: one })
    await issuer.metadata()
    now += 30_000
    // Nobody doubts.
    expect(issuer.metadata(true)).toMatchObject({ jwks_uri: `${one}/jwks` })
    expect(http.asked).toHaveLength(1)
    http.hold()
    serve(one, { jwks_uri: `${one}/moved` })
    issuer.doubtMetadata()
    const waiting = [issuer.metadata(true), issuer.metadata(true)]
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/jwks` })
    http.release()
    const moved = { issuer: one, jwks_uri: `${one}/moved` }
    expect(await Promise.all(waiting)).toEqual([moved, moved])
    expect(http.asked).toHaveLength(2)
  })

  it('promise 1: after a doubt is unavailable while discovery fails, though metadata are held', async () => {
    serve(one)
    const issuer = issuerWith({ issuer: one })
    await issuer.metadata()
    http.on(metadataUrl(one), { fail: 'timeout' })
    now += 30_000
    issuer.doubtMetadata()
    for (const _ of [1, 2]) {
      expect(await issuer.metadata(true)).toMatchObject({
        reason: 'discovery_failed',
        cause: { failure: 'timeout' },
      })
      expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/jwks` })
    }
    expect(http.asked).toHaveLength(2)
    serve(one)
    now += 1000
    expect(issuer.metadata()).toMatchObject({ jwks_uri: `${one}/jwks` })
    expect(await issuer.metadata(true)).toMatchObject({ jwks_uri: `${one}/jwks` })
  })

  it('does not take an answer that comes after close', async () => {
    serve(one)
    const directory = listOf({ issuer: one })
    const [issuer] = [...directory.all()] as [KnownIssuer]
    http.hold()
    const waiting = issuer.metadata()
    directory.close()
    http.release()
    expect(await waiting).toMatchObject({ reason: 'closed' })
  })

  it('tells the failure that says most', async () => {
    const [first, second] = wellKnownUrls(two) as [string, string, string]
    http.on(first, { body: '<html>', type: 'text/html' })
    serve(two, { issuer: one }, second)
    expect(await failureOf(issuerWith({ issuer: two }))).toEqual({
      failure: 'wrong_issuer',
      url: second,
    })
  })

  it('asks for nothing after close, and holds what it has', async () => {
    serve(one)
    const directory = listOf({ issuer: one }, { issuer: two })
    const [first, second] = [...directory.all()] as [KnownIssuer, KnownIssuer]
    await first.metadata()
    directory.close()
    expect(await jwksUri(first)).toBe(`${one}/jwks`)
    expect(await second.metadata()).toMatchObject({ reason: 'closed' })
    expect(http.asked).toHaveLength(1)
  })
})
