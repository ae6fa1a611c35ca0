import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

const script = join(import.meta.dirname, 'worker.js')

/**
 * Starts a process of the API.
 *
 * @param {number} index
 * @param {object} given - what the worker is to be
 * @param {(milliseconds: number) => void} onStall
 */
export async function worker(index, given, onStall) {
  const child = fork(script, [JSON.stringify(given)], { execArgv: ['--expose-gc'] })
  const ended = once(child, 'exit')
  const [{ port }] = await Promise.race([once(child, 'message'), ended.then(endedEarly)])
  const agent = new Agent({ keepAlive: true, maxSockets: 96 })
  const waiting = new Map()
  let asked = 0
  child.on('message', ({ id, error, result, stalledMs }) => {
    if (stalledMs !== undefined) return onStall(stalledMs)
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(error))
  })

  return {
    index,
    /** Kids of which it is known that it has the key. */
    knows: new Set(),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** Has it do something, and resolves to what came of it. */
    tell(name, argument) {
      asked += 1
      const id = asked
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        child.send({ id, name, argument })
      })
    },
    /** The answer to a request over a connection that is kept. */
    ask(headers) {
      return new Promise((resolve, reject) => {
        const asking = request({ host: '127.0.0.1', port, path: '/orders', agent, headers })
        asking.on('error', reject)
        asking.on('response', (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (more) => {
            text += more
          })
          response.on('error', reject)
          response.on('end', () => {
            resolve({ status: response.statusCode, headers: response.headers, body: text })
          })
        })
        asking.end()
      })
    },
    /** Resolves to whether it ended by itself. */
    async close() {
      agent.destroy()
      child.disconnect()
      const tooLate = setTimeout(() => child.kill('SIGKILL'), 10_000)
      const [, signal] = await ended
      clearTimeout(tooLate)
      return signal === null
    },
  }
}

function endedEarly([code]) {
  throw new Error(`a worker ended with ${code} before it listened`)
}
