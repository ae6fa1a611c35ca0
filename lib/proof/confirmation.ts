/** What a token is bound to (RFC 7800 section 3.1): what is there must be proved, all of it. */
export interface Confirmation {
  /** Thumbprint of the key of DPoP proofs (RFC 9449 section 6.1). */
  readonly jkt: string | undefined
  /** Thumbprint of the client certificate (RFC 8705 section 3.1). */
  readonly x5t: string | undefined
}

const known = ['jkt', 'x5t#S256']

/**
 * The confirmation in a `cnf` claim; `undefined` when it is malformed or asks for a proof that is
 * not known here: an unmet check refuses, whatever the confirmation holds.
 */
export function readConfirmation(cnf: unknown): Confirmation | undefined {
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) {
    return undefined
  }
  const names = Object.keys(cnf)
  if (names.length === 0 || !names.every((name) => known.includes(name))) {
    return undefined
  }
  if (!names.every((name) => isThumbprint((cnf as Record<string, unknown>)[name]))) {
    return undefined
  }
  const { jkt, 'x5t#S256': x5t } = cnf as Record<string, string | undefined>
  return { jkt, x5t }
}

/** SHA-256 in base64url. */
function isThumbprint(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value)
}
