// What a DPoP proof adds to a warm request, by the bare signature check of it.
//   npm run bench:proofs
import { createPublicKey, generateKeyPairSync, hash, randomUUID, sign, verify } from 'node:crypto'
import { EmbeddedJWK, jwtVerify } from 'jose'
import { resourceServer } from 'scopegate'
import { dpopKey, testAuthorizationServer } from 'scopegate/testing'
import { requestWith, response } from './requests.js'
import { measure, print, undisturbed, wallTime } from './rounds.js'

const rounds = Number(process.argv[2] ?? 600)
// Few, so that many rounds pass between two things that the machine does besides.
const perRound = 25
const resource = 'https://api.test'
const as = await testAuthorizationServer()
const api = resourceServer({ resource, ...as.options, dpop: { maxRememberedProofs: 10_000_000 } })
await api.ready()
const guard = api.requireScope('orders:read')

const grant = { scope: 'orders:read', expiresInSeconds: 86_400 }
const pad = { permissions: Array.from({ length: 12 }, (_, i) => `permission:${i}:of:the:user`) }
const key = dpopKey()
const bound = await as.token({ ...grant, claims: pad, boundTo: key })
const plain = await as.token({ ...grant, claims: pad })

/** As the testing kit makes them, without what it checks. */
function proofOf({ privateKey, publicJwk }, token) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = encode({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk })
  const input = `${head}.${encode({
    jti: randomUUID(),
    htm: 'GET',
    htu: `${resource}/orders`,
    iat: Math.floor(Date.now() / 1000),
    ath: hash('sha256', token, 'base64url'),
  })}`
  const signature = sign('sha256', Buffer.from(input), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  // Node's parser of HTTP hands over strings in one piece.
  return Buffer.from(`${input}.${signature.toString('base64url')}`).toString('latin1')
}

/** A request with a proof, as Express hands it over. */
function proving(token, proof) {
  const request = requestWith(token)
  request.rawHeaders.splice(-1, 1, `DPoP ${token}`, 'DPoP', proof)
  return request
}

function mustPass(request) {
  let called = false
  guard(request, response, (error) => {
    if (error) throw error
    called = true
  })
  if (!called) throw new Error('next() was not called')
}

/** Made anew for each round: a proof is good for a minute, and once. */
let proofs = []
let newcomers = []
const floor = 'crypto.verify of the proof (the floor)'
const warm = 'warm request without a proof'
const known = 'warm request with a proof of a known key'
const first = 'first request of a new key, its token new, too'
const jose = 'jose jwtVerify with EmbeddedJWK, the proof alone'

function makeProofs() {
  proofs = Array.from({ length: perRound }, () => proofOf(key, bound))
}

const costs = await measure(
  {
    [floor]: {
      calls: perRound,
      run() {
        for (const proof of proofs) {
          const end = proof.lastIndexOf('.')
          const good = verify(
            'sha256',
            Buffer.from(proof.slice(0, end), 'latin1'),
            { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
            Buffer.from(proof.slice(end + 1), 'base64url'),
          )
          if (!good) throw new Error('wrong signature')
        }
      },
    },
    [warm]: {
      calls: perRound,
      run() {
        for (let count = 0; count < perRound; count += 1) mustPass(requestWith(plain))
      },
    },
    [known]: {
      calls: perRound,
      run() {
        for (const proof of proofs) mustPass(proving(bound, proof))
      },
    },
  },
  rounds,
  makeProofs,
  wallTime,
)
print('a proof of a known key, ES256', costs)
const [without, withProof, check] = [warm, known, floor].map((name) => undisturbed(costs[name]))
const added = (withProof - without) / check
console.log(`  added by the proof, in signature checks: ${added.toFixed(2)}`)

// Apart: the garbage that it leaves would be carried away at the cost of the others.
const peer = {
  [jose]: {
    calls: perRound,
    async run() {
      for (const proof of proofs) await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' })
    },
  },
}
print('a peer', await measure(peer, Math.ceil(rounds / 20), makeProofs))

const newKeys = await measure(
  {
    [first]: {
      calls: perRound,
      run() {
        for (const { token, proof } of newcomers) mustPass(proving(token, proof))
      },
    },
    'createPublicKey and two checks': {
      calls: perRound,
      run() {
        for (const { pair, proof } of newcomers) {
          const imported = createPublicKey({ format: 'jwk', key: pair.publicJwk })
          const end = proof.lastIndexOf('.')
          for (let count = 0; count < 2; count += 1) {
            verify(
              'sha256',
              Buffer.from(proof.slice(0, end), 'latin1'),
              { key: imported, dsaEncoding: 'ieee-p1363' },
              Buffer.from(proof.slice(end + 1), 'base64url'),
            )
          }
        }
      },
    },
  },
  Math.ceil(rounds / 20),
  async () => {
    newcomers = await Promise.all(
      Array.from({ length: perRound }, async () => {
        const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        const pair = { privateKey, publicJwk: publicKey.export({ format: 'jwk' }) }
        const { kty, crv, x, y } = pair.publicJwk
        const jkt = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url')
        const token = await as.token({ ...grant, claims: { ...pad, cnf: { jkt } } })
        return { pair, token, proof: proofOf(pair, token) }
      }),
    )
  },
)
print('a proof of a new key, ES256', newKeys)

await Promise.all([api.close(), as.close()])
if (added > 1.3) {
  console.error('a proof of a known key costs more than 1.3 signature checks')
  process.exitCode = 1
}
