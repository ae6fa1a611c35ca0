import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createClient } from 'redis'

/** Where Debian's package has it. */
const path = '/usr/bin/redis-server'

/**
 * A Redis of its own on loopback, that can be made to fail; `undefined` where there is none.
 *
 * `memories` counts how often it forgot all: what was claimed before can be claimed again.
 */
export async function redis() {
  if (!existsSync(path)) return undefined
  const port = await freePort()
  let child = await run(port)
  let memories = 0

  async function end() {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  const faults = {
    pause: {
      inject: async () => void child.kill('SIGSTOP'),
      restore: async () => void child.kill('SIGCONT'),
    },
    kill: {
      async inject() {
        memories += 1
        await end()
      },
      async restore() {
        child = await run(port)
      },
    },
    flush: {
      async inject() {
        memories += 1
        await command(port, ['FLUSHALL'])
      },
      restore: async () => {},
    },
  }

  return {
    port,
    faults,
    get memories() {
      return memories
    },
    close: end,
  }
}

async function run(port) {
  const settings = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1']
  const child = spawn(path, ['--port', String(port), ...settings], { stdio: 'ignore' })
  await command(port, ['PING'])
  return child
}

/** Waits for the server, too. */
async function command(port, words) {
  let tries = 0
  const reconnectStrategy = () => (tries++ < 200 ? 50 : new Error(`no Redis at port ${port}`))
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy } })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand(words)
  } finally {
    client.destroy()
  }
}

/** Below the ports that the system gives to whoever asks for any. */
async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Somebody has it.
    } finally {
      server.close()
    }
  }
}
