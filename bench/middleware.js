// The middleware alone, without a server: what it adds to a request, beside two peers.
//   npm run bench
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { auth } from 'express-oauth2-jwt-bearer'
import { createVerifier } from 'fast-jwt'
import { resourceServer } from 'scopegate'
import { testAuthorizationServer } from 'scopegate/testing'
import { mint, runAll, runAllAtOnce } from './requests.js'
import { measure, print, ratio, unmeasured } from './rounds.js'

const rounds = Number(process.argv[2] ?? 150)
const perRound = 100
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
// One that has seen none of the tokens, for a second series.
const later = resourceServer({ resource: 'https://api.test', ...as.options })
await later.ready()
const newcomer = later.requireScope('orders:read')
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

const total = perRound * (rounds + unmeasured)
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

const floor = 'crypto.verify alone (the floor)'
const fast = 'fast-jwt, static PEM, with its cache'
const slow = 'express-oauth2-jwt-bearer'
const warm = Array.from({ length: 10 * perRound }, () => tokens.RS256[0])

/** What runs at once is measured apart from what does not, whose garbage would be laid at its door. */
const again = await measure(
  {
    scopegate: { calls: warm.length, run: () => runAllAtOnce(scopegate, warm) },
    [fast]: { calls: warm.length, run: () => runAllAtOnce(fastJwt, warm) },
  },
  rounds,
)
print('warm: one RS256 token again and again', again)
const againLater = await measure(
  {
    scopegate: { calls: perRound, run: () => runAll(scopegate, warm.slice(0, perRound)) },
    [slow]: { calls: perRound, run: () => runAll(bearer, warm.slice(0, perRound)) },
  },
  rounds,
)
print('the same, awaited', againLater)

const cold = await measure(
  {
    [floor]: { calls: perRound, run: bare('RS256') },
    scopegate: { calls: perRound, run: (at) => runAllAtOnce(scopegate, part(tokens.RS256, at)) },
    [fast]: { calls: perRound, run: (at) => runAllAtOnce(fastJwt, part(tokens.RS256, at)) },
  },
  rounds,
)
print('cold: RS256, every token new', cold)
console.log(`  ratio to the floor: ${ratio(cold, 'scopegate', floor).toFixed(2)}`)
const coldLater = await measure(
  {
    scopegate: { calls: perRound, run: (at) => runAll(newcomer, part(tokens.RS256, at)) },
    [slow]: { calls: perRound, run: (at) => runAll(bearer, part(tokens.RS256, at)) },
  },
  rounds,
)
print('the same, awaited', coldLater)

for (const alg of ['ES256', 'Ed25519']) {
  const other = await measure(
    {
      [floor]: { calls: perRound, run: bare(alg) },
      scopegate: { calls: perRound, run: (at) => runAllAtOnce(scopegate, part(tokens[alg], at)) },
    },
    rounds,
  )
  print(`cold: ${alg}, every token new`, other)
  console.log(`  ratio to the floor: ${ratio(other, 'scopegate', floor).toFixed(2)}`)
}

console.log('\nscopegate by its peers, the median of the rounds (below 1: it costs less)')
const outcomes = [
  [fast, ratio(again, 'scopegate', fast), ratio(cold, 'scopegate', fast)],
  [slow, ratio(againLater, 'scopegate', slow), ratio(coldLater, 'scopegate', slow)],
]
for (const [peer, warmer, colder] of outcomes) {
  console.log(`  ${peer.padEnd(40)} warm ${warmer.toFixed(2)}, cold RS256 ${colder.toFixed(2)}`)
}
const won = outcomes.every(([, warmer, colder]) => warmer < 1 && colder < 1)
console.log(won ? 'warm and cold below both peers' : 'not below both peers')
process.exitCode = won ? 0 : 1

await api.close()
await later.close()
await as.close()
