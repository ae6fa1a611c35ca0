// An API of two processes under mixed traffic, a part of it hostile, while keys are replaced and
// things fail: no verdict may be wrong, nobody may be taken for somebody else, and nothing may grow.
//   npm run soak [-- --seconds <1200> --rate <200> --report <path>]
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { testAuthorizationServer } from 'scopegate/testing'
import { judge } from './soak/expectation.js'
import { faults } from './soak/faults.js'
import { growth } from './soak/growth.js'
import { hostile } from './soak/hostile.js'
import { keyRing } from './soak/key-ring.js'
import { measures } from './soak/measures.js'
import { plan as planned } from './soak/plan.js'
import { oneOf, population } from './soak/population.js'
import { redis } from './soak/redis.js'
import { report } from './soak/report.js'
import { revocations } from './soak/revocations.js'
import { watchStalls } from './soak/stalls.js'
import { worker } from './soak/worker-process.js'

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1200' },
    rate: { type: 'string', default: '200' },
    report: { type: 'string', default: '.test-results/soak/index.html' },
  },
})
const plan = planned(Number(given.seconds))
const rate = Number(given.rate)
const hostilePart = 0.15
const resource = 'https://api.test'
/** More are not sent before some are answered; what was not sent is counted. */
const mostUnderWay = 256

const as = await testAuthorizationServer({ resource })
const ring = keyRing((keySet) => as.publish(keySet))
ring.current = await ring.rotate()

const [{ introspection, ...issuer }] = as.options.issuers
const asked = { ...introspection, timeoutMs: plan.timeoutMs }
const options = {
  resource,
  issuers: { ...issuer, introspection: { ...asked, breaker: { openSeconds: plan.openSeconds } } },
  http: { timeoutMs: plan.timeoutMs },
  keys: { coolDownSeconds: plan.coolDownSeconds, maxAgeSeconds: plan.keysMaxAgeSeconds },
  // So small that it is full when growth begins to count.
  cache: { maxEntries: 2000, introspectionMaxAgeSeconds: plan.introspectionMaxAgeSeconds },
  revocation: { maxTokenAgeSeconds: plan.tokenSeconds },
  dpop: true,
}
const server = await redis()
/** @type {ReturnType<typeof faults> | undefined} */
let failing
const workers = await Promise.all(
  Array.from({ length: server ? 2 : 1 }, (_, index) =>
    worker(index, { options, redisPort: server?.port }, (stalledMs) => failing?.stalled(stalledMs)),
  ),
)
const store = server ?? inMemory()

/** Without Redis there is one worker, which has a store in its memory. */
function inMemory() {
  const tell = (name, fault) => workers[0].tell(name, fault)
  const fault = (name) => ({
    inject: () => tell('inject', name),
    restore: () => tell('restore', name),
  })
  return {
    memories: 0,
    faults: { refused: fault('refused'), hang: fault('hang'), flush: fault('flush') },
    close: async () => {},
  }
}

const over = new AbortController()
const { signal } = over
// As many as there are pauses at a time.
setMaxListeners(0, signal)
const began = performance.now()
const now = () => performance.now() - began
const seen = measures(plan.seconds)
failing = faults({ plan, as, storeFaults: store.faults, now })
watchStalls(failing.stalled)
const around = { as, ring, plan, now, workers, store, faults: failing, signal }
const revoked = revocations(around)
const tokens = population({ ...around, revocations: revoked })
const attacks = hostile({ ...around, tokens, revocations: revoked })
const shapes = ['jwt', 'jwt', 'opaque', 'dpop']
const underWay = new Set()
let heldBack = 0

/** Sends one request, and judges what comes of it. */
async function ask() {
  const isHostile = Math.random() < hostilePart
  const request = (isHostile && (await attacks.request())) || (await tokens.request(oneOf(shapes)))
  const { kind, worker, headers, expected, onAccepted, onRefused } = request
  const sentAt = now()
  const one = { kind, worker: worker.index, sentAt }
  try {
    const answer = await worker.ask(headers)
    const answeredAt = now()
    const judged = () => judge(expected, answer, { sentAt, answeredAt }, failing.excuses)
    let judgement = judged()
    if (judgement === 'wrong' && answer.status === 503) {
      // That somebody was stalled may be told later than what came of it.
      await delay(1000)
      judgement = judged()
    }
    if (judgement === 'right') (answer.status === 200 ? onAccepted : onRefused)?.()
    const detail = judgement === 'wrong' ? answer.headers['www-authenticate'] : undefined
    seen.record({ ...one, answeredAt, judgement, status: answer.status, detail })
  } catch (error) {
    const detail = error.code ?? error.message
    seen.record({ ...one, answeredAt: now(), judgement: 'wrong', status: 0, detail })
  }
}

/** Sends so many a second, whatever becomes of them. */
async function send() {
  const tickMs = 20
  for (let sent = 0; !signal.aborted; ) {
    const due = Math.floor((now() / 1000) * rate)
    for (; sent < due; sent += 1) {
      if (underWay.size >= mostUnderWay) {
        heldBack += 1
        continue
      }
      const asking = ask().finally(() => underWay.delete(asking))
      underWay.add(asking)
    }
    await pause(tickMs / 1000)
  }
}

/** Each key is published for a while before it signs. */
async function rotate() {
  while (await pause(plan.rotateEverySeconds - plan.leadSeconds)) {
    const next = await ring.rotate()
    if (await pause(plan.leadSeconds)) ring.current = next
  }
}

async function sample() {
  while (await pause(plan.sampleEverySeconds)) {
    // What it was asked for is kept by the authorization server of the testing kit.
    as.forgetRequests()
    const at = now()
    await Promise.all(
      workers.map(async (worker) => {
        seen.sample({ at, worker: worker.index, ...(await worker.tell('sample')) })
      }),
    )
  }
}

/** Whether that time has passed, and it is not over. */
function pause(seconds) {
  return delay(seconds * 1000, true, { signal }).catch(() => false)
}

console.log(
  `${workers.length} processes, ${server ? 'Redis' : 'a store in memory'}, ${rate} requests a second for ${plan.seconds} s ...`,
)
const end = setTimeout(() => over.abort(), plan.seconds * 1000)
process.once('SIGINT', () => over.abort())
await Promise.all([send(), rotate(), sample(), failing.run(signal)])
clearTimeout(end)
await Promise.all(underWay)
const endedAlone = await Promise.all(workers.map((worker) => worker.close()))
await Promise.all([as.close(), store.close()])

const grown = growth(seen.samples, plan)
const problems = [
  ...seen.wrong
    .slice(0, 20)
    .map(
      ({ at, kind, worker, judgement, status, took, detail = '' }) =>
        `${(at / 1000).toFixed(1)} s: ${judgement}: ${kind} got ${status} of worker ${worker} after ${took.toFixed(0)} ms ${detail}`,
    ),
  ...grown
    .filter(({ grew, decides }) => grew && decides)
    .map(({ worker, title }) => `worker ${worker}: ${title} grew`),
  ...endedAlone.flatMap((alone, index) => (alone ? [] : [`worker ${index} did not end by itself`])),
  // What was never asked proves nothing.
  ...(plan.isLong ? attacks.kinds : ['unknown kid', 'replayed proof', 'revoked token'])
    .filter((kind) => seen.kinds[kind] === undefined)
    .map((kind) => `there was no ${kind}`),
  ...(failing.windows.length < 2 ? ['hardly anything failed'] : []),
]
const figures = { plan, rate, redis: server !== undefined, workers: workers.length, heldBack }
const path = report(given.report, { ...figures, seen, windows: failing.windows, grown, problems })

const { asked: all, wrong, swaps, unavailable, p50, p99 } = seen.summary()
console.log(
  `${all} requests, ${wrong} wrong verdicts, ${swaps} swaps, ${unavailable} unavailable while something failed, ${heldBack} held back; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(0)} ms`,
)
for (const { worker, title, before, after, unit } of grown) {
  console.log(
    `  worker ${worker}, ${title.padEnd(30)} ${(before / unit).toFixed(1)} then ${(after / unit).toFixed(1)}`,
  )
}
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'nothing is wrong' : 'something is wrong')
console.log(`report: ${path}`)
process.exitCode = problems.length === 0 ? 0 : 1
