// @ts-check

/**
 * What can be read in a token without any key: all of a JWT, nothing of an opaque one.
 *
 * @param {string} token
 * @returns {Decoded}
 *
 * @typedef {{ kind: 'jwt', header: Record<string, unknown>, claims: Record<string, unknown> }
 *   | { kind: 'opaque' }} Decoded
 */
export function decodeToken(token) {
  const parts = token.split('.')
  if (parts.length !== 3) {
    return { kind: 'opaque' }
  }
  try {
    return { kind: 'jwt', header: read(parts[0]), claims: read(parts[1]) }
  } catch {
    return { kind: 'opaque' }
  }
}

/**
 * The token as somebody without the key would change it: other claims under the old signature, or
 * another character where nothing can be read.
 *
 * @param {string} token
 */
export function tamper(token) {
  const decoded = decodeToken(token)
  if (decoded.kind === 'opaque') {
    return `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`
  }
  const [header, , signature] = token.split('.')
  return [header, write({ ...decoded.claims, sub: 'mallory' }), signature].join('.')
}

/** @param {string} [part] */
function read(part = '') {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** @param {object} value */
function write(value) {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
