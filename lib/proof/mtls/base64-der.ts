import { decodeBase64 } from './base64.ts'
import { derThumbprint } from './der-thumbprint.ts'

/**
 * The thumbprint of the first certificate in a list of them in bare base64, with commas and nothing
 * else between: Traefik writes the chain, the client's certificate first. All of them must be
 * certificates. Where fields are merged on the way, a comma comes with a space, and nobody knows
 * whose the first is.
 */
export function base64DerThumbprint(value: string): string | undefined {
  const thumbprints = unescaped(value)
    ?.split(',')
    .map((text) => derThumbprint(decodeBase64(text)))
  return thumbprints?.every((one) => one !== undefined) ? thumbprints[0] : undefined
}

/** Older versions of Traefik escape it as in forms: then all of it, as a plus would be a space. */
function unescaped(value: string): string | undefined {
  if (!value.includes('%')) {
    return value
  }
  return /^(?:[A-Za-z0-9,]|%2[BFbf]|%3[Dd])+$/.test(value) ? decodeURIComponent(value) : undefined
}
