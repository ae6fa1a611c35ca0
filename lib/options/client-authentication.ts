import type { JsonWebKey } from 'node:crypto'
import type { Algorithm } from '../jws/algorithms.ts'

/** How this resource server authenticates itself at the introspection endpoint (RFC 7662 section 2.1). */
export type ClientAuthentication =
  | {
      /** HTTP Basic (RFC 6749 section 2.3.1). */
      method: 'client_secret_basic'
      clientId: string
      clientSecret: string
      /**
       * Both parts form-encoded first, as RFC 6749 asks, or `raw` for servers that want that.
       * @defaultValue 'form'
       */
      encoding?: 'form' | 'raw'
    }
  | {
      /** In the form body (RFC 6749 section 2.3.1). */
      method: 'client_secret_post'
      clientId: string
      clientSecret: string
    }
  | {
      /** A signed assertion (RFC 7523); its only audience is the issuer (rfc7523bis). */
      method: 'private_key_jwt'
      clientId: string
      /** A private key; its `kid` goes into the assertion's header. */
      key: JsonWebKey & { kid?: string; alg?: string }
      /** @defaultValue the key's `alg`, else RS256, ES256/384/512 or Ed25519 by its type */
      algorithm?: Algorithm
    }
  | {
      /** The certificate of `http.clientCertificate` (RFC 8705 section 2). */
      method: 'tls_client_auth'
      clientId: string
    }
  | {
      /** An access token of this resource server's own (RFC 7662 section 2.1). */
      method: 'bearer'
      token: string | (() => string | Promise<string>)
      /** Accepted as `aud` of signed responses besides the resource. */
      clientId?: string
    }

/** `ClientAuthentication`, complete and frozen: `encoding` and `algorithm` are always there. */
export type ClientAuthenticationSettings = Readonly<
  | Required<Extract<ClientAuthentication, { method: 'client_secret_basic' | 'private_key_jwt' }>>
  | Extract<ClientAuthentication, { method: 'client_secret_post' | 'tls_client_auth' | 'bearer' }>
>
