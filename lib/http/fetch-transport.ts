import type { Transport } from './transport.ts'

/** Requests go through the `fetch` of the options, which never follows a redirect. */
export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return {
    async exchange({ url, method, headers, body, end }) {
      const controller = new AbortController()
      end.once('abort', () => controller.abort(end.reason))
      const response = await fetch(url.href, {
        method,
        headers,
        body: body ?? null,
        redirect: 'manual',
        signal: controller.signal,
      })
      // Browsers' `manual` hides a redirect behind status 0; a `fetch` that ignores it followed.
      const redirect = response.type === 'opaqueredirect' || response.redirected
      return {
        status: redirect ? 302 : response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: response.body ?? undefined,
        discard() {
          response.body?.cancel().catch(() => {})
        },
      }
    },
    // Whatever it is that a given `fetch` rejects with, there was no answer; the standard itself
    // tells a dead network by a TypeError, as if it were a bug.
    failureCode: () => 'connection_failed',
    async close() {},
  }
}
