// What a remembered verdict costs: bytes an entry, for access tokens with 600 bytes of claims.
//   npm run bench:memory
import { generateKeyPairSync, sign } from 'node:crypto'
import { resourceServer } from 'scopegate'
import { requestWith, response } from './requests.js'

const entries = Number(process.argv[2] ?? 20_000)
const claimBytes = 600
const target = 1126
const { gc } = globalThis
if (gc === undefined) {
  console.error('run it as: npm run bench:memory')
  process.exit(2)
}

const issuer = 'https://as.test'
const resource = 'https://api.test'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'ed', alg: 'Ed25519', use: 'sig' }
const encode = (text) => Buffer.from(text).toString('base64url')
const head = encode(JSON.stringify({ alg: 'Ed25519', typ: 'at+jwt', kid: 'ed' }))
const now = Math.floor(Date.now() / 1000)

/** Claims as authorization servers write them, exactly 600 bytes, most of them of this token alone. */
function claims(index) {
  const of = (padding) =>
    JSON.stringify({
      iss: issuer,
      aud: resource,
      sub: `auth0|${String(index).padStart(24, '0')}`,
      client_id: 'n8qk2c0w5Vb1xJ7zR3tYpL9mD4sG6hUe',
      iat: now,
      exp: now + 3600,
      auth_time: now,
      jti: `${String(index).padStart(12, '0')}-4f5e-8b1a`,
      sid: `session-${String(index).padStart(16, '0')}`,
      scope: 'openid profile orders:read orders:write',
      roles: ['customer', 'reviewer'],
      tenant: { id: `tenant-${index % 100}`, region: 'eu-central' },
      email: `user-${index}@example.com`,
      note: 'x'.repeat(padding),
    })
  return of(claimBytes - of(0).length)
}

function token(index) {
  const input = `${head}.${encode(claims(index))}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

/** Bytes in use, on the heap and beside it, once all garbage is gone. */
function bytesInUse() {
  for (let times = 0; times < 4; times += 1) {
    gc()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function api(maxEntries) {
  return resourceServer({
    resource,
    issuers: { issuer, discovery: false, jwt: { keys: { jwks: { keys: [jwk] } } } },
    cache: { maxEntries },
  })
}

/** Presents every token twice: locally verified ones are admitted on second sight. */
function fill(server, count) {
  const middleware = server.requireScope('orders:read')
  for (let index = 0; index < count; index += 1) {
    const presented = token(index)
    for (let times = 0; times < 2; times += 1) {
      middleware(requestWith(presented), response, (error) => {
        if (error) throw error
      })
    }
  }
  const { good } = server.health().cache
  if (good !== count) throw new Error(`${good} of ${count} verdicts are remembered`)
}

// Whatever is made only once is made now.
const warmed = api(1000)
fill(warmed, 1000)
await warmed.close()

const before = bytesInUse()
const server = api(entries)
const empty = bytesInUse()
fill(server, entries)
const full = bytesInUse()

const each = (full - before) / entries
console.log(`${entries} remembered verdicts, ${claimBytes} bytes of claims each`)
console.log(
  `  room for them, before the first   ${((empty - before) / entries).toFixed(0).padStart(6)} bytes an entry`,
)
console.log(
  `  all in all                        ${each.toFixed(0).padStart(6)} bytes an entry (at most ${target})`,
)
await server.close()
console.log(
  `  left after close()                ${((bytesInUse() - before) / entries).toFixed(0).padStart(6)} bytes an entry`,
)
process.exitCode = each <= target ? 0 : 1
