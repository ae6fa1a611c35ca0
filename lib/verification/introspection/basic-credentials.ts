import type { ClientAuthenticationSettings } from '../../options/client-authentication.ts'

type Basic = Extract<ClientAuthenticationSettings, { method: 'client_secret_basic' }>

/**
 * The `Authorization` field for a client id and secret. RFC 6749 section 2.3.1 form-encodes both
 * first, so that a colon in the id stays part of it; servers that do not decode get `raw`.
 */
export function basicCredentials({ clientId, clientSecret, encoding }: Basic): string {
  const parts = [clientId, clientSecret]
  const pair = (encoding === 'form' ? parts.map(formEncoded) : parts).join(':')
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** RFC 6749 appendix B: as one value of application/x-www-form-urlencoded. */
function formEncoded(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice('v='.length)
}
