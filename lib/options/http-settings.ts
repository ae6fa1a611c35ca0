import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { checkCertificate, checkKeyPair } from './checked-pem.ts'
import type { HttpSettings } from './http-options.ts'
import { memberPath, mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { callable, deadlineMs, listOf, text } from './rules.ts'

const schema = optionsSchema({
  fetch: v.optional(callable<typeof globalThis.fetch>()),
  ca: v.optional(
    v.union(
      [
        v.pipe(
          text,
          v.transform((pem) => [pem]),
        ),
        listOf(text, 'PEM texts'),
      ],
      'PEM text or a non-empty array of PEM texts',
    ),
  ),
  clientCertificate: v.optional(
    optionsSchema({ cert: text, key: text, passphrase: v.optional(text) }),
  ),
  proxy: v.optional(text),
  timeoutMs: v.optional(deadlineMs, 5000),
  insecureHosts: v.optional(v.array(text, 'an array of hosts'), []),
})

/**
 * How the authorization server is reached.
 *
 * @throws ConfigurationError
 */
export function httpSettings(options: unknown, path: string): HttpSettings {
  const { fetch, ca, clientCertificate, proxy, ...given } = parseOptions(schema, options, path)
  const ignored = Object.entries({ ca, clientCertificate, proxy }).find(([, value]) => value)
  if (fetch && ignored) {
    throw new ConfigurationError(
      memberPath(path, 'fetch'),
      `cannot be combined with \`${ignored[0]}\`, which it would ignore: leave one of them out.`,
    )
  }
  for (const [index, host] of given.insecureHosts.entries()) {
    checkHost(host, `${memberPath(path, 'insecureHosts')}[${index}]`)
  }
  for (const [index, pem] of ca?.entries() ?? []) {
    checkCertificate(pem, `${memberPath(path, 'ca')}${ca?.length === 1 ? '' : `[${index}]`}`)
  }
  if (clientCertificate) {
    checkKeyPair(clientCertificate, memberPath(path, 'clientCertificate'))
  }
  if (proxy !== undefined) {
    checkProxy(proxy, memberPath(path, 'proxy'))
  }
  const { cert, key, passphrase } = clientCertificate ?? {}
  return Object.freeze({
    ...(fetch && { fetch }),
    ...(ca && { ca: Object.freeze(ca) }),
    ...(cert !== undefined &&
      key !== undefined && {
        clientCertificate: Object.freeze({
          cert,
          key,
          ...(passphrase !== undefined && { passphrase }),
        }),
      }),
    ...(proxy !== undefined && { proxy }),
    timeoutMs: given.timeoutMs,
    insecureHosts: Object.freeze(given.insecureHosts),
  })
}

/** As URLs spell it, since it is compared with the hosts of URLs. */
function checkHost(host: string, path: string): void {
  const name = host.toLowerCase().replace(/:[0-9]{1,5}$/, '')
  const isHost =
    !name.includes('*') &&
    URL.canParse(`http://${host}`) &&
    new URL(`http://${host}`).hostname === name
  if (!isHost) {
    throw mustBe('a host, `name` or `name:port`, without scheme and path', host, path)
  }
}

/** User information is allowed here: it is how a proxy is logged in to. */
function checkProxy(proxy: string, path: string): void {
  if (!/^https?:\/\/[^/]/i.test(proxy) || !URL.canParse(proxy)) {
    throw mustBe('an absolute http or https URL', proxy, path)
  }
}
