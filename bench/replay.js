// Sends every proof many times at once, over real connections: each may be accepted exactly once.
//   npm run replay [-- <proofs> <times>]         to one process
//   npm run replay -- redis [<proofs> <times>]   to two processes that share a Redis of their own
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { dpopKey, testAuthorizationServer } from 'scopegate/testing'
import { replayApi } from './replay-api.js'
import { redis as startRedis } from './soak/redis.js'

const shared = process.argv[2] === 'redis'
const [proofs = 10_000, times = 50] = process.argv.slice(shared ? 3 : 2).map(Number)
/** So many proofs are under way at once, each with all its copies. */
const perBatch = shared ? 20 : 200
const resource = 'https://api.test'
const as = await testAuthorizationServer()
// So much is under way that the loop may be late; no deadline is what this is about.
const [{ introspection, ...issuer }] = as.options.issuers
const patient = { ...issuer, introspection: { ...introspection, timeoutMs: 60_000 } }
const given = { resource, issuers: patient }
const redis = shared ? await startRedis() : undefined
if (shared && !redis) {
  console.error('There is no redis-server: install it, or run it without `redis`.')
  process.exit(process.env.CI ? 1 : 0)
}
const apis = redis ? await Promise.all([forked(), forked()]) : [await replayApi(given)]
const connections = await Promise.all(
  Array.from({ length: 16 }, (_, index) => open(apis[index % apis.length].port)),
)

/** The API in a process of its own. */
async function forked() {
  const child = fork(join(import.meta.dirname, 'replay-api.js'), [
    JSON.stringify({ ...given, redisPort: redis.port }),
  ])
  const ended = once(child, 'exit')
  const [port] = await once(child, 'message')
  return {
    port,
    async close() {
      child.send('close')
      await ended
    },
  }
}

/** A connection that requests are pipelined on; Node's clients cost more than what they ask. */
async function open(port) {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  await once(socket, 'connect')
  const waiting = []
  let text = ''
  socket.on('data', (more) => {
    const lines = (text + more).split('\n')
    text = lines.pop()
    // The body is one word on a line of its own, which no header line is.
    for (const line of lines) if (/^[a-z_]+$/.test(line)) waiting.shift()(line)
  })
  return {
    socket,
    ask: (request) =>
      new Promise((resolve) => {
        waiting.push(resolve)
        socket.write(request)
      }),
  }
}

let turn = 0
function send({ Authorization, DPoP }) {
  turn = (turn + 1) % connections.length
  const lines = [`GET /orders HTTP/1.1`, 'Host: api.test', `Authorization: ${Authorization}`]
  return connections[turn].ask([...lines, `DPoP: ${DPoP}`, '', ''].join('\r\n'))
}

const key = dpopKey()
const grant = { scope: 'orders:read', expiresInSeconds: 3600, boundTo: key }
const tokens = [await as.token(grant), await as.opaque(grant)]
const began = performance.now()
/** @type {Record<string, number>} */
const outcomes = {}
let unlike = 0
for (let sent = 0; sent < proofs; sent += perBatch) {
  const batch = Array.from({ length: Math.min(perBatch, proofs - sent) }, (_, index) => {
    const token = tokens[index % tokens.length]
    return key.headers({ method: 'GET', url: `${resource}/orders`, token })
  })
  // Copy by copy, so that the copies of one proof are spread over all that is under way.
  const copies = Array.from({ length: times }, () => batch.map(send))
  const answers = await Promise.all(copies.map((answers) => Promise.all(answers)))
  for (const outcome of answers.flat()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  for (const index of batch.keys()) {
    if (answers.filter((answer) => answer[index] === 'accepted').length !== 1) unlike += 1
  }
}
const seconds = (performance.now() - began) / 1000
for (const { socket } of connections) socket.destroy()
await Promise.all([...apis.map((api) => api.close()), as.close()])
await redis?.close()

console.log(
  `${proofs} proofs, ${times} times each, to ${apis.length} process${apis.length > 1 ? 'es' : ''}: ${JSON.stringify(outcomes)} in ${seconds.toFixed(1)} s`,
)
const expected = { accepted: proofs, replayed_proof: proofs * (times - 1) }
if (unlike > 0 || JSON.stringify(sorted(outcomes)) !== JSON.stringify(sorted(expected))) {
  console.error(`expected ${JSON.stringify(expected)}; ${unlike} proofs were not accepted once`)
  process.exitCode = 1
}

function sorted(counts) {
  return Object.entries(counts).sort(([a], [b]) => a.localeCompare(b))
}
