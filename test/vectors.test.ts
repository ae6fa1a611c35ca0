import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { isAlgorithm } from '../lib/jws/algorithms.ts'
import { decodeBase64url } from '../lib/jws/base64url.ts'
import { parseCompact } from '../lib/jws/compact.ts'
import { decryptJwe } from '../lib/jws/decrypt-jwe.ts'
import { parseJsonObject } from '../lib/jws/json.ts'
import { importVerificationKey } from '../lib/jws/verification-key.ts'
import { verifySignature } from '../lib/jws/verify-signature.ts'

// The vectors lie beside the project, which does not copy them in.
const root = fileURLToPath(new URL('../../shared/vectors/', import.meta.url))

if (!existsSync(root) && process.env['CI'] === 'true') {
  it('finds the public test vectors, which CI must not skip', () => {
    expect(existsSync(root)).toBe(true)
  })
} else if (!existsSync(root)) {
  console.warn('SKIPPED: the public test vectors are not here, so none was run.')
  describe.skip('public test vectors: SKIPPED, since they are not here', () => {
    it('are not run', () => {})
  })
} else {
  describe('public test vectors', () => {
    wycheproofSignatures()
    wycheproofEncryption()
    cookbook()
    rfcExamples()
    jsonTestSuite()
    fuzzSeeds()
  })
}

// biome-ignore lint/suspicious/noExplicitAny: other people's files, in shapes of their own
type Foreign = any

interface WycheproofTest {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly jws?: unknown
  readonly jwe?: unknown
  readonly pt?: string
}

function readJson(...path: string[]): Foreign {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'))
}

function files(...folder: string[]): string[] {
  return readdirSync(join(root, ...folder))
}

function wycheproof(file: string): { group: Foreign; test: WycheproofTest }[] {
  return readJson('wycheproof', file).testGroups.flatMap((group: Foreign) =>
    group.tests.map((test: WycheproofTest) => ({ group, test })),
  )
}

function keysOf(jwkOrSet: Foreign): Foreign[] {
  return jwkOrSet.keys ?? [jwkOrSet]
}

/** What the verification stage makes of these parts, without its choice of key by `kid`. */
function accepts(token: unknown, jwkOrSet: Foreign): boolean {
  if (typeof token !== 'string') return false
  const jws = parseCompact(token)
  if (jws === undefined) return false
  const { alg, crit } = jws.header
  if (!isAlgorithm(alg) || crit !== undefined) return false
  return keysOf(jwkOrSet)
    .map(importVerificationKey)
    .some((key) => !('fault' in key) && verifySignature(alg, key, jws))
}

function wycheproofSignatures() {
  /** Valid by Wycheproof, under asymmetric keys, and refused here on purpose: `file tcId`. */
  const stricter: Record<string, string> = {
    'json_web_signature_test.json 346': 'PS384 under a key whose alg is PS256 (RFC 8725bis 3.1)',
    'json_web_signature_test.json 350': 'PS384 under a key whose alg is PS256 (RFC 8725bis 3.1)',
    'json_web_signature_test.json 347': 'the alg of the key is ES521, which does not exist',
    'json_web_signature_test.json 351': 'the alg of the key is ES521, which does not exist',
  }

  describe.each([
    ['json_web_signature_test.json', 401],
    ['json_web_key_test.json', 26],
    ['json_web_crypto_test.json', 49],
  ])('Wycheproof %s', (file, count) => {
    const cases = wycheproof(file)
      .filter(({ test }) => test.jws !== undefined)
      .map(({ group, test }) => {
        const key = group.public ?? group.private
        const symmetric = keysOf(key).every((jwk) => jwk.kty === 'oct')
        const id = `${file} ${test.tcId}`
        return { ...test, id, symmetric, accepted: accepts(test.jws, key) }
      })

    it(`has its ${count} signatures`, () => {
      expect(cases).toHaveLength(count)
    })

    it('accepts no invalid one', () => {
      const wrong = cases.filter(({ result, accepted }) => accepted && result !== 'valid')
      expect(wrong.map(({ id, comment }) => `${id} ${comment}`)).toEqual([])
    })

    it('refuses no valid one with an asymmetric algorithm, but those listed with a reason', () => {
      const refused = cases.filter(
        ({ result, accepted, symmetric }) => result === 'valid' && !accepted && !symmetric,
      )
      const listed = Object.keys(stricter).filter((id) => id.startsWith(file))
      expect(refused.map(({ id }) => id).sort()).toEqual(listed.sort())
    })

    it('JT-2: refuses all with a shared secret', () => {
      expect(cases.filter(({ symmetric, accepted }) => symmetric && accepted)).toEqual([])
    })
  })

  const keyFault = (comment: string) => {
    const found = ['json_web_key_test.json', 'json_web_crypto_test.json']
      .flatMap(wycheproof)
      .filter(({ group }) => group.comment === comment)
    expect(found).not.toHaveLength(0)
    return found.flatMap(({ group }) =>
      keysOf(group.public).map((jwk) => {
        const key = importVerificationKey(jwk)
        return 'fault' in key ? key.fault : undefined
      }),
    )
  }

  it('Wycheproof: finds the ROCA keys weak, where bare jose takes them', () => {
    expect(new Set(keyFault('jws_rsa_roca_key'))).toEqual(new Set(['weak']))
  })

  it('Wycheproof: finds the RSA key with exponent 1 weak, where bare jose takes it', () => {
    expect(keyFault('exponentOne')).toEqual(['weak'])
  })

  it('Wycheproof: takes no X25519 key for a verification key', () => {
    const keys = wycheproof('x25519_jwk_test.json').flatMap(({ test }) => {
      const { public: given, private: own } = test as Foreign
      // Some tests give a key of another curve, which may well verify signatures.
      return [given, own].filter(({ crv }) => crv === 'X25519').map(importVerificationKey)
    })
    expect(keys.length).toBeGreaterThan(1000)
    expect(keys.every((key) => 'fault' in key)).toBe(true)
  })
}

function wycheproofEncryption() {
  describe.each([
    ['json_web_encryption_test.json', 139],
    ['json_web_crypto_test.json', 34],
  ])('Wycheproof %s', (file, count) => {
    it(`opens exactly the valid ones of its ${count} JWEs, but none with RSA1_5`, async () => {
      const cases = wycheproof(file).filter(({ test }) => test.jwe !== undefined)
      expect(cases).toHaveLength(count)
      for (const { group, test } of cases) {
        const keys = keysOf(group.private)
        // RSA1_5 is not supported: its failures tell the plaintext (RFC 8725 section 3.2).
        const supported = keys.every(({ alg }) => alg !== 'RSA1_5')
        const opened = typeof test.jwe === 'string' ? await decryptJwe(test.jwe, keys) : undefined
        const expected = test.result === 'valid' && supported
        expect([test.tcId, opened !== undefined]).toEqual([test.tcId, expected])
        if (expected && test.pt !== undefined) expect(opened?.toString('hex')).toBe(test.pt)
      }
    })
  })
}

function cookbook() {
  describe('JOSE cookbook (RFC 7520, RFC 7797, RFC 8037)', () => {
    it.each([
      ['jws', '4_1.rsa_v15_signature.json'],
      ['jws', '4_2.rsa-pss_signature.json'],
      ['jws', '4_3.ecdsa_signature.json'],
      ['curve25519', 'jws.json'],
    ])('verifies %s/%s', (folder, file) => {
      const { input, output } = readJson('jose-cookbook', folder, file)
      const { d, p, q, dp, dq, qi, ...publicKey } = input.key
      expect(accepts(output.compact, publicKey)).toBe(true)
      const payload = output.compact.split('.')[1]
      expect(decodeBase64url(payload)?.toString()).toBe(input.payload)
      // The payload is text: a signature, but no JWT.
      expect(parseCompact(output.compact)?.payload()).toBeUndefined()
      expect(importVerificationKey(input.key)).toEqual({ fault: 'private' })
    })

    it.each([
      ['jws', '4_4.hmac-sha2_integrity_protection.json'],
      ['jws', '4_5.signature_with_detached_content.json'],
      ['rfc7797', 'hmac-sha2_b64_false.json'],
    ])('refuses %s/%s, which is keyed by a shared secret', (folder, file) => {
      const { input, output } = readJson('jose-cookbook', folder, file)
      expect(accepts(output.compact, input.key)).toBe(false)
    })

    it('reads nothing from a payload that is not encoded (RFC 7797)', () => {
      const { output } = readJson('jose-cookbook', 'rfc7797', 'hmac-sha2_b64_false.json')
      expect(parseCompact(output.compact)?.payload()).toBeUndefined()
    })

    it('imports the public keys, and those only', () => {
      const faults = files('jose-cookbook', 'jwk').map((file) => {
        const key = importVerificationKey(readJson('jose-cookbook', 'jwk', file))
        return [file.slice(0, 3), 'fault' in key ? key.fault : 'good']
      })
      expect(Object.fromEntries(faults)).toEqual({
        '3_1': 'good',
        '3_2': 'private',
        '3_3': 'good',
        '3_4': 'private',
        '3_5': 'symmetric',
        '3_6': 'symmetric',
      })
    })

    it('opens every compact JWE, but those with RSA1_5 or a password', async () => {
      const opened: string[] = []
      const closed: string[] = []
      const all = [
        ...files('jose-cookbook', 'jwe').map((file) => ['jwe', file] as const),
        ['curve25519', 'ecdh-es.json'] as const,
      ]
      for (const [folder, file] of all) {
        const { input, output } = readJson('jose-cookbook', folder, file)
        if (output.compact === undefined) continue
        const plaintext = await decryptJwe(output.compact, input.key ? [input.key] : [])
        if (plaintext === undefined) closed.push(input.alg)
        else {
          expect(plaintext.toString()).toBe(input.plaintext)
          opened.push(input.alg)
        }
      }
      expect(closed).toEqual(['RSA1_5', 'PBES2-HS512+A256KW'])
      expect(opened).toHaveLength(8)
    })
  })
}

function rfcExamples() {
  describe('examples of the RFCs', () => {
    const { vectors } = readJson('rfc-examples', 'rfc-examples.json')
    const vector = (id: string) => vectors.find((one: Foreign) => one.id === id)

    it.each(['rfc7515-a2-rs256', 'rfc7515-a3-es256', 'rfc7515-a4-es512', 'rfc8037-a4-eddsa'])(
      'verifies %s',
      (id) => {
        expect(accepts(vector(id).token, vector(id).jwk)).toBe(true)
      },
    )

    it.each(['rfc7515-a1-hs256', 'rfc7515-a5-none', 'rfc7515-e-crit-negative'])(
      'refuses %s',
      (id) => {
        const keys = vectors.flatMap(({ jwk }: Foreign) => (jwk ? [jwk] : []))
        expect(accepts(vector(id).token, { keys })).toBe(false)
      },
    )

    it('finds the claims of RFC 7515 appendix A.2, and none in a payload that is text', () => {
      expect(parseCompact(vector('rfc7515-a2-rs256').token)?.payload()?.['iss']).toBe('joe')
      expect(parseCompact(vector('rfc7515-a4-es512').token)?.payload()).toBeUndefined()
    })

    it.each(['rfc7638-3.1-thumbprint', 'rfc8037-a3-thumbprint', 'rfc9449-resource-request'])(
      'has the thumbprint of %s',
      (id) => {
        expect(importVerificationKey(vector(id).jwk)).toMatchObject({ thumbprint: vector(id).jkt })
      },
    )

    it('verifies the DPoP proof of RFC 9449 section 7.1 with the key in its header', () => {
      const { dpop } = vector('rfc9449-resource-request')
      expect(accepts(dpop, parseCompact(dpop)?.header['jwk'])).toBe(true)
    })
  })
}

function jsonTestSuite() {
  describe('JSONTestSuite', () => {
    const folder = ['JSONTestSuite', 'test_parsing']
    const cases = files(...folder).map((file) => ({
      file,
      octets: readFileSync(join(root, ...folder, file)),
    }))
    const kind = (prefix: string) => cases.filter(({ file }) => file.startsWith(prefix))
    const asMember = (octets: Buffer) =>
      Buffer.concat([Buffer.from('{"v":'), octets, Buffer.from('}')])
    const names = (found: { file: string }[]) => found.map(({ file }) => file)
    const isObject = (value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)

    it('has its 318 files', () => {
      expect(cases).toHaveLength(318)
    })

    it('n_: takes none, neither whole nor as a member', () => {
      const taken = kind('n_').filter(
        ({ octets }) =>
          parseJsonObject(octets) !== undefined || parseJsonObject(asMember(octets)) !== undefined,
      )
      expect(names(taken)).toEqual([])
    })

    it('y_: takes all as a member, and whole where they are objects, but with a member twice', () => {
      const refused = kind('y_').filter(({ octets }) => {
        const value = JSON.parse(octets.toString())
        const whole = parseJsonObject(octets)
        const member = parseJsonObject(asMember(octets))
        if (isObject(value)) expect(whole).toEqual(member?.['v'])
        else expect(whole).toBeUndefined()
        if (member !== undefined) expect(member).toEqual({ v: value })
        return member === undefined
      })
      expect(names(refused)).toEqual([
        'y_object_duplicated_key.json',
        'y_object_duplicated_key_and_value.json',
      ])
    })

    it('i_: takes numbers of any size; no lone surrogates, other encodings or deep nesting', () => {
      const taken = kind('i_').filter(({ octets }) => parseJsonObject(asMember(octets)))
      expect(names(taken).every((file) => file.startsWith('i_number_'))).toBe(true)
      expect(taken).toHaveLength(kind('i_number_').length)
      expect(names(kind('i_').filter(({ octets }) => parseJsonObject(octets)))).toEqual([])
    })
  })
}

function fuzzSeeds() {
  const { vectors } = readJson('jwt_verify_lib-fuzz', 'jwt_parse_vectors.json')

  describe('fuzz seeds of jwt_verify_lib', () => {
    it('takes apart what Envoy takes apart, and nothing that is malformed by its account', () => {
      for (const { name, jwt, reference_status: status } of vectors) {
        if (typeof jwt !== 'string') continue
        const jws = parseCompact(jwt)
        const whole = jws?.payload() !== undefined && jws.signature() !== undefined
        if (status === 'Ok') expect([name, whole]).toEqual([name, true])
        if (/BadFormat|BadBase64|BadJson|BadAlg/.test(status)) {
          expect([name, whole]).toEqual([name, false])
        }
      }
    })

    it('never throws on a key set, nor accepts a token that is keyed by a shared secret', () => {
      const sets = files('jwt_verify_lib-fuzz').filter((file) => file.startsWith('jwks_'))
      expect(sets).toHaveLength(6)
      const accepted = sets.filter((file) => {
        const text = readFileSync(join(root, 'jwt_verify_lib-fuzz', file), 'utf8')
        const jwt = /jwt: "([^"]*)"/.exec(text)?.[1]
        const jwks = /jwks: '([^']*)'/.exec(text)?.[1] ?? '{}'
        return accepts(jwt, parseJsonObject(Buffer.from(jwks)) ?? {})
      })
      expect(accepted).toEqual(['jwks_ec.txt', 'jwks_okp.txt', 'jwks_rsa.txt'])
    })
  })

  describe('fuzz seeds of mod_auth_openidc', () => {
    const seeds = (folder: string) =>
      files('mod_auth_openidc-fuzz', folder).map((file) => ({
        file,
        octets: readFileSync(join(root, 'mod_auth_openidc-fuzz', folder, file)),
      }))
    const jwks = seeds('jwks').map(({ file, octets }) => ({ file, value: parseJsonObject(octets) }))
    const allKeys = jwks.flatMap(({ value }) => (value ? keysOf(value) : []))

    it('verifies the two good tokens under all the keys together, and no other', () => {
      const accepted = seeds('jwt').filter(({ octets }) => {
        return accepts(octets.toString('latin1').trim(), { keys: allKeys })
      })
      expect(accepted.map(({ file }) => file)).toEqual(['es256-kid-valid', 'rs256-x5t-valid'])
    })

    it('opens no JWE without its key, and never rejects', async () => {
      for (const { octets } of seeds('jwt')) {
        expect(await decryptJwe(octets.toString('latin1').trim(), [])).toBeUndefined()
      }
    })

    it('finds the good keys of each set and the fault of each other', () => {
      const found = jwks.map(({ file, value }) => {
        const keys = Array.isArray(value?.['keys']) ? value['keys'] : [value]
        return [
          file,
          keys.map((jwk) => {
            const key = importVerificationKey(jwk)
            return 'fault' in key ? key.fault : 'good'
          }),
        ]
      })
      expect(Object.fromEntries(found)).toEqual({
        'ec-p256': ['good'],
        'ec-short-coords': ['malformed'],
        empty: ['malformed'],
        'not-a-jwks': ['malformed'],
        oct: ['symmetric'],
        'rsa-public': ['good'],
        'set-bad-kty': ['unsupported'],
        'set-empty': [],
        'set-good-then-bad': ['good', 'symmetric', 'unsupported'],
        'set-rsa-ec-oct': ['good', 'good', 'symmetric'],
        'set-x5c-real': ['malformed'],
        'x5c-garbage': ['malformed'],
      })
    })

    it('reads the JSON and base64 seeds without a throw', () => {
      const read = seeds('json').filter(({ octets }) => parseJsonObject(octets))
      expect(read.map(({ file }) => file)).toEqual(['empty-object', 'token-response'])
      for (const { octets } of seeds('base64')) decodeBase64url(octets.toString('latin1'))
    })
  })
}
