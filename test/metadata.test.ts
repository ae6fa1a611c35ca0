import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import type { ErrorRequestHandler, Express } from 'express'
import request from 'supertest'
import {
  ConfigurationError,
  type ResourceMetadataFields,
  type ResourceServerOptions,
  resourceServer,
} from '../lib/index.ts'
import { majors } from './fixtures/express-majors.ts'
import { parseChallenges } from './fixtures/parse-challenges.ts'
import { rawHttp } from './fixtures/raw-http.ts'

const wellKnown = '/.well-known/oauth-protected-resource'
const issuer = 'https://as.test'

type Options = Partial<ResourceServerOptions>

function server(resource: string, options: Options = {}): ReturnType<typeof resourceServer> {
  return resourceServer({ resource, issuers: [{ issuer }], ...options })
}

describe.each(majors)('with $major', ({ express }) => {
  const errors: unknown[] = []
  const collect: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error)
    response.status(error.status).end()
  }

  /** An app that serves the metadata at the top, and nothing else. */
  function serving(api: ReturnType<typeof server>, fields?: object): Express {
    const app = express()
    app.use(api.resourceMetadata(fields as ResourceMetadataFields | undefined))
    app.use(collect)
    return app
  }

  describe('the place of the document', () => {
    it.each([
      ['https://api.test', wellKnown],
      ['https://api.test/', wellKnown],
      ['https://api.test:8443', wellKnown],
      ['https://api.test/v1', `${wellKnown}/v1`],
      ['https://api.test/v1/', `${wellKnown}/v1/`],
      ['https://api.test/a/b.c', `${wellKnown}/a/b.c`],
      ['https://api.test/a%2Fb', `${wellKnown}/a%2Fb`],
      ['https://api.test/v1?tenant=x', `${wellKnown}/v1?tenant=x`],
      ['https://api.test?tenant=x', `${wellKnown}?tenant=x`],
      ['https://api.test/?tenant=x', `${wellKnown}?tenant=x`],
    ])('PR-1: is made of %s: %s (RFC 9728 section 3.1)', async (resource, path) => {
      const response = await request(serving(server(resource))).get(path)
      expect(response.status).toBe(200)
      // PR-4: identical to the identifier from which the URL was made (RFC 9728 section 3.3).
      expect(response.body.resource).toBe(resource)
    })

    it.each([
      ['the resource itself', '/v1'],
      ['another resource', `${wellKnown}/v2`],
      ['a resource below', `${wellKnown}/v1/x`],
      ['a resource above', wellKnown],
      ['a trailing slash', `${wellKnown}/v1/`],
      ['another case', `${wellKnown}/V1`],
      ['percent-encoding', `${wellKnown}/%761`],
      ['a doubled slash', `/${wellKnown}/v1`],
      ['a dot segment', `${wellKnown}/x/../v1`],
      ['the appended form', `/v1${wellKnown}`],
    ])('PR-1: is nowhere else: %s', async (_, path) => {
      // Not by supertest, which would clean up the path.
      const app = serving(server('https://api.test/v1')).listen(0, '127.0.0.1')
      await once(app, 'listening')
      expect((await rawHttp(app, { target: path })).status).toBe(404)
      app.close()
    })

    it('may be asked for with a query, which counts only if the resource has one', async () => {
      const app = serving(server('https://api.test/v1'))
      await request(app).get(`${wellKnown}/v1?x=y`).expect(200)
      await request(app).get(`${wellKnown}/v1?`).expect(200)
      const other = serving(server('https://api.test/v1?tenant=x'))
      await request(other).get(`${wellKnown}/v1`).expect(404)
      await request(other).get(`${wellKnown}/v1?tenant=y`).expect(404)
      await request(other).get(`${wellKnown}/v1?tenant=x&more`).expect(404)
    })

    it('may be asked for by an absolute URL (RFC 9112 section 3.2.2)', async () => {
      const app = serving(server('https://api.test/v1')).listen(0, '127.0.0.1')
      await once(app, 'listening')
      const target = `http://other.test${wellKnown}/v1`
      const response = await rawHttp(app, { target, lines: ['X-Forwarded-Host: evil.test'] })
      expect(response.status).toBe(200)
      expect(JSON.parse(response.body).resource).toBe('https://api.test/v1')
      app.close()
    })
  })

  describe('the answer', () => {
    it('PR-2, PR-3, PR-6: is the document as JSON, cacheable, for everybody (RFC 9728 section 3.2)', async () => {
      const api = server('https://api.test', { scopesSupported: ['orders:read', 'orders:write'] })
      const response = await request(serving(api)).get(wellKnown)
      expect(response.status).toBe(200)
      expect(response.headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600',
        'access-control-allow-origin': '*',
        'content-length': String(Buffer.byteLength(response.text)),
      })
      expect(response.headers).not.toHaveProperty('www-authenticate')
      expect(JSON.parse(response.text)).toEqual({
        resource: 'https://api.test',
        authorization_servers: [issuer],
        scopes_supported: ['orders:read', 'orders:write'],
        bearer_methods_supported: ['header'],
      })
    })

    it('PR-2: is the same for HEAD, but for the body', async () => {
      const app = serving(server('https://api.test'))
      const get = await request(app).get(wellKnown)
      const head = await request(app).head(wellKnown)
      const { date: _, ...headers } = get.headers
      expect(head).toMatchObject({ status: 200, headers })
      expect(head.text).toBeUndefined()
    })

    it('is a permission for CORS preflights from anywhere', async () => {
      const response = await request(serving(server('https://api.test')))
        .options(wellKnown)
        .set({ origin: 'https://spa.test', 'access-control-request-method': 'GET' })
      expect(response.status).toBe(204)
      expect(response.text).toBe('')
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD',
        // What clients of MCP send along (MCP-Protocol-Version) makes the request preflighted.
        'access-control-allow-headers': '*',
      })
    })

    it.each(['post', 'put', 'patch', 'delete'] as const)(
      'PR-2: is 405 with Allow for %s',
      async (method) => {
        const response = await request(serving(server('https://api.test')))[method](wellKnown)
        expect(response.status).toBe(405)
        expect(response.headers['allow']).toBe('GET, HEAD, OPTIONS')
      },
    )

    it('needs no token, and looks at none', async () => {
      const api = server('https://api.test')
      const app = express()
      app.use(api.resourceMetadata())
      app.use(api.authenticate())
      await request(app).get(wellKnown).expect(200)
      await request(app).get(wellKnown).set('authorization', 'Bearer').expect(200)
      await request(app).get('/').expect(401)
    })

    it('passes everything else on untouched', async () => {
      const app = express()
      app.use(server('https://api.test').resourceMetadata())
      app.all(/.*/, (_request, response) => {
        response.json(Object.keys(response.getHeaders()))
      })
      const response = await request(app).post('/other')
      expect(response.body).toEqual(['x-powered-by'])
    })
  })

  describe('the document', () => {
    const documentOf = async (options: Options, fields?: object): Promise<object> =>
      (await request(serving(server('https://api.test', options), fields)).get(wellKnown)).body

    it('PR-3: lists every configured issuer (RFC 9728 section 2)', async () => {
      const issuers = [{ issuer }, { issuer: 'https://other.test/tenant' }]
      expect(await documentOf({ issuers })).toMatchObject({
        authorization_servers: [issuer, 'https://other.test/tenant'],
      })
      expect(await documentOf({ issuers: { issuer } })).toMatchObject({
        authorization_servers: [issuer],
      })
    })

    it('PR-3: lists the methods that are accepted (RFC 9728 section 2)', async () => {
      expect(await documentOf({ credentials: { formBody: true } })).toMatchObject({
        bearer_methods_supported: ['header', 'body'],
      })
    })

    it('PR-2: has no member without a value (RFC 9728 section 3.2)', async () => {
      const issuers = () => undefined
      expect(await documentOf({ issuers }, { resource_name: undefined, x: [] })).toEqual({
        resource: 'https://api.test',
        bearer_methods_supported: ['header'],
      })
    })

    it('PR-3: has the fields of the application, localised and others (RFC 9728 section 2.1)', async () => {
      const fields = {
        resource_name: 'Orders',
        'resource_name#de': 'Bestellungen',
        resource_documentation: 'https://docs.test',
        resource_policy_uri: 'https://docs.test/policy',
        resource_tos_uri: 'https://docs.test/terms',
        jwks_uri: 'https://api.test/jwks',
        resource_signing_alg_values_supported: ['ES256'],
        x_extension: { a: 1 },
      }
      expect(await documentOf({}, fields)).toMatchObject(fields)
    })

    it('PR-7: has the signed metadata of the application (RFC 9728 section 2.2)', async () => {
      const signed = { signed_metadata: 'eyJhbGciOiJFUzI1NiJ9.e30.AA' }
      expect(await documentOf({}, signed)).toMatchObject(signed)
    })

    it('lists the authorization servers that the application names where a function trusts them', async () => {
      const fields = { authorization_servers: ['https://a.test', 'https://b.test'] }
      expect(await documentOf({ issuers: () => undefined }, fields)).toMatchObject(fields)
    })

    it.each([
      ['resource', 'https://other.test'],
      ['resource', undefined],
      ['scopes_supported', ['a']],
      ['bearer_methods_supported', ['query']],
      ['authorization_servers', ['https://other.test']],
    ])('cannot contradict the options: %s throws at once', (name, value) => {
      const api = server('https://api.test')
      expect(() => api.resourceMetadata({ [name]: value })).toThrow(ConfigurationError)
      expect(() => api.resourceMetadata({ [name]: value })).toThrow(
        `resourceMetadata.${name}: is made from the options of resourceServer(); set it there.`,
      )
    })

    it.each<[string, unknown, string]>([
      ['resource_name', 7, 'must be a string, not 7.'],
      ['resource_name#de', null, 'must be a string, not null.'],
      ['jwks_uri', ['https://api.test/jwks'], 'must be a string, not an array.'],
      [
        'resource_signing_alg_values_supported',
        'ES256',
        'must be an array of strings, not "ES256".',
      ],
      ['resource_signing_alg_values_supported', ['ES256', 7], 'must be an array of strings'],
      ['resourceName', 'Orders', 'there is no such field. Did you mean `resource_name`?'],
      ['scopesSupported', ['a'], 'there is no such field. Did you mean `scopes_supported`?'],
    ])('cannot hold %s: %p', (name, value, message) => {
      const api = server('https://api.test')
      const call = () => api.resourceMetadata({ [name]: value })
      expect(call).toThrow(ConfigurationError)
      expect(call).toThrow(message)
      expect(call).toThrow(`resourceMetadata${name.includes('#') ? `["${name}"]` : `.${name}`}: `)
    })

    it('cannot hold what JSON cannot say', () => {
      const api = server('https://api.test')
      const loop: Record<string, unknown> = {}
      loop['loop'] = loop
      for (const extension of [10n, loop]) {
        expect(() => api.resourceMetadata({ extension })).toThrow(
          'resourceMetadata: must be made of what JSON can say',
        )
      }
    })

    it('is made once: what happens to the fields later does not matter', async () => {
      const api = server('https://api.test')
      const fields: Record<string, string> = { resource_name: 'before' }
      const app = serving(api, fields)
      fields['resource_name'] = 'after'
      expect((await request(app).get(wellKnown)).body.resource_name).toBe('before')
    })
  })

  describe('several resources', () => {
    it('PR-4: have documents of their own, and challenges that lead there (RFC 9728 section 3.3)', async () => {
      const orders = server('https://api.test/orders')
      const invoices = server('https://api.test/invoices')
      const plain = server('https://api.test/plain')
      const app = express()
      app.use(orders.resourceMetadata({ resource_name: 'Orders' }), invoices.resourceMetadata())
      app.use('/orders', express.Router().use(orders.authenticate()))
      app.use('/invoices', express.Router().get('/:id', invoices.requireScope('invoices')))
      app.use('/plain', plain.authenticate())

      for (const [name, path, scope] of [
        ['orders', '/orders/1', undefined],
        ['invoices', '/invoices/1', 'invoices'],
      ] as const) {
        const { headers } = await request(app).get(path)
        const [challenge] = parseChallenges(headers['www-authenticate'] as string)
        const url = new URL(challenge?.params['resource_metadata'] ?? '')
        expect(url.href).toBe(`https://api.test${wellKnown}/${name}`)
        expect(challenge?.params['scope']).toBe(scope)
        const { body } = await request(app).get(url.pathname)
        expect(body.resource).toBe(`https://api.test/${name}`)
      }
      const { headers } = await request(app).get('/plain')
      expect(headers['www-authenticate']).toBe('Bearer realm="https://api.test/plain"')
    })
  })

  describe('metadataUrl', () => {
    it('PR-5: is what challenges say, while the document stays where it is served', async () => {
      const api = server('https://api.test/v1', { metadataUrl: 'https://cdn.test/metadata' })
      const app = express()
      app.use(api.resourceMetadata(), api.authenticate())
      const { headers } = await request(app).get('/')
      expect(headers['www-authenticate']).toBe(
        'Bearer resource_metadata="https://cdn.test/metadata"',
      )
      await request(app).get(`${wellKnown}/v1`).expect(200)
    })

    it.each(['http://cdn.test/metadata', '/metadata', 'https://cdn.test/#x', ''])(
      'is an absolute https URL, not %p',
      (metadataUrl) => {
        expect(() => server('https://api.test', { metadataUrl })).toThrow(/^metadataUrl: must be/)
      },
    )
  })

  describe('a mount path', () => {
    it.each(['/.well-known', wellKnown, `${wellKnown}/v1`, `${wellKnown}/`])(
      'above the document will do: %s',
      async (mount) => {
        const app = express()
        app.use(mount, server('https://api.test/v1').resourceMetadata())
        app.use(collect)
        await request(app).get(`${wellKnown}/v1`).expect(200)
        // In any case that the router takes, which is the client's choice.
        await request(app).get(`${wellKnown}/v1`.toUpperCase()).expect(404)
        await request(app).get('/').expect(404)
        expect(errors).toEqual([])
      },
    )

    it('in a router of the top will do', async () => {
      const app = express()
      app.use(express.Router().use(server('https://api.test/v1').resourceMetadata()))
      await request(app).get(`${wellKnown}/v1`).expect(200)
    })

    it.each([
      ['/api', `/api${wellKnown}`],
      ['/v1', '/v1/anything'],
      ['/.well-known/oauth', '/.well-known/oauth/x'],
      [`${wellKnown}/v1/x`, `${wellKnown}/v1/x`],
    ])('that cannot match is a mistake that shows: %s', async (mount, path) => {
      const app = express()
      const router = express.Router()
      router.use(server('https://api.test/v1').resourceMetadata())
      app.use(mount, router)
      app.use(collect)
      await request(app).get(path).expect(500)
      const [error] = errors.splice(0) as ConfigurationError[]
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error?.message).toBe(
        `resourceMetadata() is mounted under "${mount}" but answers at "${wellKnown}/v1", which never comes by there: mount it at the top with app.use(api.resourceMetadata()).`,
      )
    })
  })
})
