// One process of the API under soak: Express and scopegate, told what to do by messages.
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import express from 'express'
import { resourceServer } from 'scopegate'
import { watchStalls } from './stalls.js'

const { options, redisPort } = JSON.parse(process.argv[2])
const { store, faults, disconnect } = await sharedStore()
// Hints at what hostile tokens look like are of no interest here, and one line a refusal costs.
const api = resourceServer({ ...options, store, log: () => {} })
await ready()

const app = express()
app.get('/orders', api.requireScope('orders:read'), (request, response) => {
  const { subject, clientId, source } = api.auth(request)
  response.json({ subject, clientId, source })
})
const server = app.listen(0, '127.0.0.1')
server.keepAliveTimeout = 60_000
await once(server, 'listening')

/** However long it takes: a machine that has much to do is slow to answer. */
async function ready() {
  for (;;) {
    try {
      return await api.ready()
    } catch (error) {
      if (error.code !== 'not_ready') throw error
      await delay((error.retryAfterSeconds ?? 1) * 1000)
    }
  }
}

async function sharedStore() {
  if (redisPort === undefined) {
    const { memoryStore } = await import('scopegate/testing')
    const store = memoryStore()
    const fail = (fault) => ({ inject: () => store.fail(fault), restore: () => store.restore() })
    const flush = { inject: () => store.flush(), restore: () => {} }
    return { store, faults: { refused: fail('refused'), hang: fail('hang'), flush } }
  }
  const { createClient } = await import('redis')
  const { redisStore } = await import('scopegate/redis')
  const socket = { host: '127.0.0.1', port: redisPort, reconnectStrategy: 100 }
  const client = createClient({ socket })
  client.on('error', () => {})
  await client.connect()
  const secret = 'the secret of a store that is for soaks alone'
  return {
    store: redisStore({ client, secret, timeoutMs: 500 }),
    disconnect: () => client.destroy(),
  }
}

/** What an answer to the parent process rests on, by name. */
const answers = {
  revoke: (selector) => api.revoke(selector),
  inject: (fault) => faults[fault].inject(),
  restore: (fault) => faults[fault].restore(),
  sample() {
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const active = process.getActiveResourcesInfo()
    return { rss, heapUsed, handles: active.length, files: openFiles() }
  },
}

/** Files and sockets that are open, those included that keep no process from ending. */
function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}

/** After this nothing is left to do, and the process ends. */
async function close() {
  server.close()
  server.closeIdleConnections()
  await api.close()
  disconnect?.()
}

process.on('message', async ({ id, name, argument }) => {
  try {
    process.send({ id, result: await answers[name](argument) })
  } catch (error) {
    process.send({ id, error: String(error) })
  }
})
process.on('disconnect', close)
watchStalls((stalledMs) => process.connected && process.send({ stalledMs }))
process.send({ port: server.address().port })
