// Prints what an API on the packed scopegate answers, in an ESM project.
import { once } from 'node:events'
import express from 'express'
import 'scopegate/augment'
import { ConfigurationError, Refusal, resourceServer } from 'scopegate'
import { observe } from 'scopegate/opentelemetry'
import { redisStore } from 'scopegate/redis'
import { securityEvents } from 'scopegate/signals'
import { testAuthorizationServer } from 'scopegate/testing'

const as = await testAuthorizationServer()
const api = resourceServer({ resource: as.resource, ...as.options })
const app = express()
app.get('/orders', api.requireScope('orders:read'), (request, response) => {
  response.json({ subject: api.auth(request).subject, source: api.auth(request).source })
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')

async function ask(token) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/orders`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  })
  return [response.status, await response.json()]
}

const answers = {
  jwt: await ask(await as.token({ scope: 'orders:read' })),
  opaque: await ask(await as.opaque({ scope: 'orders:read' })),
  lacking: (await ask(await as.token({ scope: 'other' })))[0],
  missing: (await ask())[0],
  classes: [
    typeof ConfigurationError,
    typeof Refusal,
    typeof observe,
    typeof redisStore,
    typeof securityEvents,
  ],
}
server.close()
server.closeAllConnections()
await api.close()
await as.close()
console.log(JSON.stringify(answers))
