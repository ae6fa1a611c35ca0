import * as v from 'valibot'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { ipNetwork } from './ip-network.ts'
import type { ForwardedCertificateSettings, MtlsSettings } from './mtls-options.ts'
import { memberPath, mustBe, optionsSchema, parseOptions } from './parse-options.ts'
import { oneOf, text, texts } from './rules.ts'

const schema = optionsSchema({
  forwarded: v.optional(
    optionsSchema({
      trustedPeers: texts,
      format: oneOf('rfc9440', 'xfcc', 'escaped-pem', 'pem', 'base64-der'),
      header: v.optional(text),
    }),
  ),
})

/** Of the formats that come with a name. The others are in whatever field the proxy is told. */
const usualHeaders: Readonly<Record<string, string>> = {
  rfc9440: 'Client-Cert',
  xfcc: 'X-Forwarded-Client-Cert',
}

/**
 * Where certificates come from; `undefined` where certificate-bound tokens are refused.
 *
 * @param given - `true`, `false` or `MtlsOptions`
 * @throws ConfigurationError
 */
export function mtlsSettings(given: unknown, path: string): MtlsSettings | undefined {
  if (given === false || given === undefined) {
    return undefined
  }
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw mustBe('true, false or an object', given, path)
  }
  const { forwarded } = parseOptions(schema, given === true ? {} : given, path)
  return Object.freeze({
    forwarded: forwarded && forwardedSettings(forwarded, memberPath(path, 'forwarded')),
  })
}

function forwardedSettings(
  options: {
    readonly trustedPeers: readonly string[]
    readonly format: ForwardedCertificateSettings['format']
    readonly header?: string | undefined
  },
  path: string,
): ForwardedCertificateSettings {
  const { trustedPeers, format, header = usualHeaders[format] } = options
  if (header === undefined) {
    throw new ConfigurationError(
      memberPath(path, 'header'),
      `is required: must be the name of the header field that the proxy writes as "${format}".`,
    )
  }
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(header)) {
    throw mustBe('the name of a header field', header, memberPath(path, 'header'))
  }
  return Object.freeze({
    trustedPeers: Object.freeze(
      trustedPeers.map((peer, index) =>
        ipNetwork(peer, `${memberPath(path, 'trustedPeers')}[${index}]`),
      ),
    ),
    format,
    header: header.toLowerCase(),
  })
}
