import type { HttpSettings } from '../options/http-options.ts'
import { type HttpClient, httpClient } from './http-client.ts'

/** The clients of a resource server: one, with its connections, for all that share settings. */
export interface HttpClients {
  of(settings: HttpSettings): HttpClient
  close(): Promise<void>
}

export function httpClients(): HttpClients {
  // Issuers that come and go by an `issuers` function bring settings that nobody else holds.
  const bySettings = new WeakMap<HttpSettings, HttpClient>()
  const open = new Set<WeakRef<HttpClient>>()
  const collected = new FinalizationRegistry<WeakRef<HttpClient>>((ref) => open.delete(ref))

  return {
    of(settings) {
      let client = bySettings.get(settings)
      if (!client) {
        client = httpClient(settings)
        bySettings.set(settings, client)
        const ref = new WeakRef(client)
        open.add(ref)
        collected.register(client, ref)
      }
      return client
    },
    async close() {
      await Promise.all([...open].map((ref) => ref.deref()?.close()))
    },
  }
}
