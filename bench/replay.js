// Sends every proof many times at once, over real connections: each may be accepted exactly once.
//   npm run replay [-- <proofs> <times>]
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { resourceServer } from 'scopegate'
import { dpopKey, testAuthorizationServer } from 'scopegate/testing'

const [proofs = 10_000, times = 50] = process.argv.slice(2).map(Number)
/** So many proofs are under way at once, each with all its copies. */
const perBatch = 200
const resource = 'https://api.test'
const as = await testAuthorizationServer()
// So much is under way that the loop may be late; no deadline is what this is about.
const [{ introspection, ...issuer }] = as.options.issuers
const patient = { ...issuer, introspection: { ...introspection, timeoutMs: 60_000 } }
const api = resourceServer({ resource, issuers: patient, dpop: true })
await api.ready()

const server = createServer(async ({ method, url, rawHeaders }, response) => {
  const headers = []
  for (let at = 0; at < rawHeaders.length; at += 2) headers.push(rawHeaders.slice(at, at + 2))
  const result = await api.verify({ method, url, headers })
  response.statusCode = result.response.status
  const outcome = result.refusal ?? result.error ?? { reason: 'accepted' }
  response.end(`${outcome.reason}\n`)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const connections = await Promise.all(Array.from({ length: 16 }, open))

/** A connection that requests are pipelined on; Node's clients cost more than what they ask. */
async function open() {
  const socket = connect(server.address().port, '127.0.0.1').setEncoding('latin1')
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
server.close()
await Promise.all([api.close(), as.close()])

console.log(
  `${proofs} proofs, ${times} times each: ${JSON.stringify(outcomes)} in ${seconds.toFixed(1)} s`,
)
const expected = { accepted: proofs, replayed_proof: proofs * (times - 1) }
if (unlike > 0 || JSON.stringify(sorted(outcomes)) !== JSON.stringify(sorted(expected))) {
  console.error(`expected ${JSON.stringify(expected)}; ${unlike} proofs were not accepted once`)
  process.exitCode = 1
}

function sorted(counts) {
  return Object.entries(counts).sort(([a], [b]) => a.localeCompare(b))
}
