import type { IpNetwork } from './ip-network.ts'

/** Where the certificate of the client comes from (RFC 8705). */
export interface MtlsOptions {
  /**
   * For where TLS ends in a proxy before this process, which hands the certificate over in a
   * header field (RFC 8705 section 6.5).
   * @defaultValue the certificate is that of the connection to this process
   */
  forwarded?: ForwardedCertificateOptions
}

export type ForwardedCertificateOptions = ForwardedCertificateBase &
  (
    | {
        /** How the proxy writes the certificate: as RFC 9440 has it, or as Envoy does. */
        format: 'rfc9440' | 'xfcc'
        /** The header field. @defaultValue `Client-Cert`; `xfcc`: `X-Forwarded-Client-Cert` */
        header?: string
      }
    | {
        /**
         * How the proxy writes the certificate: `escaped-pem` is PEM in percent-encoding (nginx's
         * `$ssl_client_escaped_cert`, AWS), `pem` is PEM with spaces for its line breaks (Apache),
         * `base64-der` is base64 without anything around it (HAProxy, Caddy, Traefik).
         */
        format: 'escaped-pem' | 'pem' | 'base64-der'
        /** The header field. */
        header: string
      }
  )

interface ForwardedCertificateBase {
  /**
   * The proxies: IP addresses and networks (`10.0.0.0/8`, `fd00::/8`) from which the header field
   * is believed. From everywhere else it is ignored, since anybody can send it. Each of them must
   * overwrite what clients send in it.
   */
  trustedPeers: readonly string[]
}

/** `MtlsOptions`, complete and frozen. */
export interface MtlsSettings {
  /** `undefined`: TLS ends in this process. */
  readonly forwarded: ForwardedCertificateSettings | undefined
}

export interface ForwardedCertificateSettings {
  readonly trustedPeers: readonly IpNetwork[]
  readonly format: ForwardedCertificateOptions['format']
  /** In lower case. */
  readonly header: string
}
