// The middleware alone, without a server: what it adds to a request, beside two peers.
//   npm run bench
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { auth } from 'express-oauth2-jwt-bearer'
import { createVerifier } from 'fast-jwt'
import { resourceServer } from 'scopegate'
import { testAuthorizationServer } from 'scopegate/testing'
import { mint, runAll } from './requests.js'
import { measure, print } from './rounds.js'

const rounds = Number(process.argv[2] ?? 11)
const perRound = 1000
const as = await testAuthorizationServer()
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rs', alg: 'RS256', use: 'sig' }
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'es', alg: 'ES256', use: 'sig' }
const ed = generateKeyPairSync('ed25519')
const edJwk = { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed', alg: 'Ed25519', use: 'sig' }
as.publish({ keys: [jwk, ecJwk, edJwk] })

const api = resourceServer({ resource: 'https://api.test', ...as.options })
await api.ready()
const scopegate = api.requireScope('orders:read')
const bearer = auth({
  issuer: as.issuer,
  jwksUri: as.endpoints.jwks,
  audience: 'https://api.test',
  tokenSigningAlg: 'RS256',
})
const verifyFast = createVerifier({
  key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  cache: 10_000,
  allowedIss: as.issuer,
  allowedAud: 'https://api.test',
})
/** The least that a middleware around fast-jwt does: no challenge, no scopes but this one. */
function fastJwt(request, _response, next) {
  const claims = verifyFast(request.headers.authorization.slice(7))
  next(claims.scope.split(' ').includes('orders:read') ? undefined : new Error('scope'))
}

const total = perRound * (rounds + 2)
console.log(`minting ${total} tokens of each kind ...`)
const tokens = {
  RS256: mint({
    issuer: as.issuer,
    privateKey,
    hash: 'sha256',
    header: { alg: 'RS256', kid: 'rs' },
    count: total,
  }),
  ES256: mint({
    issuer: as.issuer,
    privateKey: ec.privateKey,
    hash: 'sha256',
    header: { alg: 'ES256', kid: 'es' },
    count: total,
  }),
  Ed25519: mint({
    issuer: as.issuer,
    privateKey: ed.privateKey,
    hash: null,
    header: { alg: 'Ed25519', kid: 'ed' },
    count: total,
  }),
}
const part = (list, round) => list.slice(round * perRound, (round + 1) * perRound)
const keys = {
  RS256: createPublicKey({ key: jwk, format: 'jwk' }),
  ES256: ec.publicKey,
  Ed25519: ed.publicKey,
}

/** The floor: nothing but the signature check, of a key imported once. */
function bare(alg) {
  return (round) => {
    for (const token of part(tokens[alg], round)) {
      const end = token.lastIndexOf('.')
      const input = Buffer.from(token.slice(0, end), 'latin1')
      const signature = Buffer.from(token.slice(end + 1), 'base64url')
      if (
        !verify(
          alg === 'Ed25519' ? null : 'sha256',
          input,
          { key: keys[alg], dsaEncoding: 'ieee-p1363' },
          signature,
        )
      ) {
        throw new Error('wrong signature')
      }
    }
  }
}

const warm = Array.from({ length: 10 * perRound }, () => tokens.RS256[0])
const costs = await measure(
  {
    scopegate: { calls: warm.length, run: () => runAll(scopegate, warm) },
    'fast-jwt, static PEM, with its cache': {
      calls: warm.length,
      run: () => runAll(fastJwt, warm),
    },
    'express-oauth2-jwt-bearer': {
      calls: perRound,
      run: () => runAll(bearer, warm.slice(0, perRound)),
    },
  },
  rounds,
)
print('warm: one RS256 token again and again', costs)

const cold = await measure(
  {
    'crypto.verify alone (the floor)': { calls: perRound, run: bare('RS256') },
    scopegate: { calls: perRound, run: (round) => runAll(scopegate, part(tokens.RS256, round)) },
    'fast-jwt, static PEM, with its cache': {
      calls: perRound,
      run: (round) => runAll(fastJwt, part(tokens.RS256, round)),
    },
    'express-oauth2-jwt-bearer': {
      calls: perRound,
      run: (round) => runAll(bearer, part(tokens.RS256, round)),
    },
  },
  rounds,
)
print('cold: RS256, every token new', cold)

for (const alg of ['ES256', 'Ed25519']) {
  const other = await measure(
    {
      'crypto.verify alone (the floor)': { calls: perRound, run: bare(alg) },
      scopegate: { calls: perRound, run: (round) => runAll(scopegate, part(tokens[alg], round)) },
    },
    rounds,
  )
  print(`cold: ${alg}, every token new`, other)
  console.log(
    `  ratio to the floor: ${(other.scopegate / other['crypto.verify alone (the floor)']).toFixed(2)}`,
  )
}
console.log(
  `\nRS256 cold, ratio to the floor: ${(cold.scopegate / cold['crypto.verify alone (the floor)']).toFixed(2)}`,
)
const peers = ['fast-jwt, static PEM, with its cache', 'express-oauth2-jwt-bearer']
const lost = peers.filter((peer) => costs.scopegate > costs[peer] || cold.scopegate > cold[peer])
console.log(lost.length === 0 ? 'warm and cold below both peers' : `not below: ${lost.join(', ')}`)
process.exitCode = lost.length === 0 ? 0 : 1

await api.close()
await as.close()
