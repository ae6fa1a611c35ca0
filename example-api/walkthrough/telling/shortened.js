// @ts-check

/** Long enough to be a code, a token, a key or a state. No word of the protocol is. */
const long = /[\w~-]{40,}(?:\.[\w~-]+)*/g
/** Names a login or consent under way, together with a cookie. */
const underWay = /(\/(?:interaction|auth|device)\/)([\w-]{16,})/g
const shown = 6

/**
 * Text as it may be shown: what could be used by whoever reads it is cut to its beginning.
 *
 * @param {string} text
 */
export function shortened(text) {
  return text
    .replace(long, (whole) => `${whole.slice(0, shown)}…`)
    .replace(underWay, (_, path, id) => `${path}${id.slice(0, shown)}…`)
}

/**
 * The value of a parameter or member, with a word on what was cut.
 *
 * @param {string} name
 * @param {string} value
 */
export function shortenedValue(name, value) {
  if (name === 'password' || name === 'otp' || name === 'xsrf') {
    return '…'
  }
  const kind = kinds[name]?.(value)
  return kind ? `${value.slice(0, shown)}… (${kind})` : shortened(value)
}

/** @param {string} value */
const tokenKind = (value) =>
  value.split('.').length === 3 ? `a JWT of ${value.length} characters` : 'opaque: a mere reference'

/** @type {Record<string, (value: string) => string>} */
const kinds = {
  access_token: tokenKind,
  id_token: tokenKind,
  refresh_token: tokenKind,
  token: tokenKind,
  code: () => 'the authorization code',
  device_code: () => 'known to the device only',
  code_verifier: () => 'known to this client only',
  code_challenge: () => 'the hash of the verifier',
  state: () => 'a random value',
  nonce: () => 'of the API',
  key: () => 'its public part',
  dpop_jkt: () => 'the thumbprint of its key',
}

/**
 * An Authorization field, without what it proves.
 *
 * @param {string} field
 */
export function shortenedCredentials(field) {
  const [scheme = '', credentials = ''] = field.split(' ')
  if (scheme === 'Basic') {
    const [id] = Buffer.from(credentials, 'base64').toString().split(':')
    return `Basic … (${decodeURIComponent(id ?? '')} and a secret)`
  }
  return `${scheme} ${shortenedValue('access_token', credentials)}`
}
