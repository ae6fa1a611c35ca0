// A team's own test, in a CommonJS project with Jest as it comes: no flags, no configuration.
const express = require('express')
const request = require('supertest')
const { resourceServer } = require('scopegate')
const { testAuthorizationServer } = require('scopegate/testing')

let as, api, app

beforeAll(async () => {
  as = await testAuthorizationServer()
  api = resourceServer({ resource: 'https://api.test', ...as.options })
  app = express()
  app.get('/orders', api.requireScope('orders:read'), (_request, response) => response.json([]))
})

afterAll(async () => {
  await api.close()
  await as.close()
})

test('lets a JWT with the scope in', async () => {
  const token = await as.token({ scope: 'orders:read' })
  await request(app).get('/orders').auth(token, { type: 'bearer' }).expect(200, [])
})

test('lets an opaque token with the scope in', async () => {
  const token = await as.opaque({ scope: 'orders:read' })
  await request(app).get('/orders').auth(token, { type: 'bearer' }).expect(200, [])
})

test('asks for the scope that is lacking', async () => {
  const token = await as.token({ scope: 'orders:write' })
  await request(app)
    .get('/orders')
    .auth(token, { type: 'bearer' })
    .expect(403)
    .expect('www-authenticate', /error="insufficient_scope".*scope="orders:read"/)
})

test('is unavailable, not unauthorized, while the authorization server is down', async () => {
  as.fail('introspection', 'down')
  const token = await as.opaque({ scope: 'orders:read' })
  await request(app)
    .get('/orders')
    .auth(token, { type: 'bearer' })
    .expect(503)
    .expect('retry-after', /^\d+$/)
})
