// The API of `npm run replay`, in this process or, forked, in one of its own.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createClient } from 'redis'
import { resourceServer } from 'scopegate'
import { redisStore } from 'scopegate/redis'

/**
 * Answers with the outcome of each request, in one word.
 *
 * @param {{ resource: string, issuers: object, redisPort?: number }} given
 */
export async function replayApi({ resource, issuers, redisPort }) {
  const client =
    redisPort &&
    createClient({ socket: { host: '127.0.0.1', port: redisPort } }).on('error', () => {})
  await client?.connect()
  // So much is under way that the loop may be late; no deadline is what this is about.
  const store =
    client && redisStore({ client, secret: 'shared by the processes of a test', timeoutMs: 60_000 })
  const api = resourceServer({ resource, issuers, dpop: true, ...(store && { store }) })
  await api.ready()
  const server = createServer(async ({ method, url, rawHeaders }, response) => {
    const headers = []
    for (let at = 0; at < rawHeaders.length; at += 2) headers.push(rawHeaders.slice(at, at + 2))
    const result = await api.verify({ method, url, headers })
    response.statusCode = result.response.status
    const outcome = result.refusal ?? result.error ?? { reason: 'accepted' }
    response.end(`${outcome.reason}\n`)
  })
  // One process may wait for long while the other one is busy.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    async close() {
      server.close()
      await api.close()
      await client?.close()
    },
  }
}

if (process.send) {
  const api = await replayApi(JSON.parse(process.argv[2]))
  process.send(api.port)
  process.once('message', async () => {
    await api.close()
    process.disconnect()
  })
}
