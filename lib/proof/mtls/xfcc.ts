import { escapedPemThumbprint } from './escaped-pem.ts'

/** A pair, and what follows it: a further pair, or the end. A comma would begin a further element. */
const pair = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))(?:;(?=.)|$)/sy

/**
 * The thumbprint of the certificate that an `X-Forwarded-Client-Cert` field of Envoy tells of, by
 * `Hash`, by `Cert`, or by both when they agree. There is one element: of several, a client may have
 * sent the first, and Envoy appended (`APPEND_FORWARD`). Names of the certificate come unquoted,
 * once for each, and their text is the client's choice: with `;Hash=` in it there are two.
 */
export function xfccThumbprint(value: string): string | undefined {
  const told = new Map<string, string>()
  for (let at = 0; at < value.length; at = pair.lastIndex) {
    pair.lastIndex = at
    const [match, key = '', quoted, bare] = pair.exec(value) ?? []
    if (match === undefined) {
      return undefined
    }
    const name = key.toLowerCase()
    if (name !== 'hash' && name !== 'cert') continue
    if (told.has(name)) {
      return undefined
    }
    told.set(name, quoted ?? bare ?? '')
  }
  const hash = told.get('hash')
  const cert = told.get('cert')
  const byHash = hash === undefined ? undefined : hexThumbprint(hash)
  const byCert = cert === undefined ? undefined : escapedPemThumbprint(cert)
  if (hash === undefined || cert === undefined) {
    return byHash ?? byCert
  }
  return byHash === byCert ? byHash : undefined
}

function hexThumbprint(hex: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : undefined
}
