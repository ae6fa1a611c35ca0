import { createPrivateKey, randomUUID } from 'node:crypto'
import { signJws } from '../../jws/sign-jws.ts'
import type { ClientAuthenticationSettings } from '../../options/client-authentication.ts'

type PrivateKeyJwt = Extract<ClientAuthenticationSettings, { method: 'private_key_jwt' }>

const lifetimeSeconds = 60

/** Makes assertions of the client's identity for one authorization server, each good for one use. */
export function clientAssertion(
  { clientId, key: jwk, algorithm }: PrivateKeyJwt,
  issuer: string,
  clock: () => number,
): () => string {
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const header = {
    typ: 'client-authentication+jwt', // rfc7523bis section 4
    ...(jwk.kid !== undefined && { kid: jwk.kid }),
  }
  return () => {
    const now = Math.floor(clock() / 1000)
    const payload = {
      iss: clientId, // RFC 7523 section 3
      sub: clientId,
      // rfc7523bis section 4: the issuer identifier as the sole value, and a string. An endpoint's
      // URL may come from another server's metadata, and the assertion be turned against this one.
      aud: issuer,
      jti: randomUUID(),
      iat: now,
      exp: now + lifetimeSeconds,
    }
    return signJws({ header, payload, key, algorithm })
  }
}
