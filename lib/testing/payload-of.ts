/** The claims of a JWT, unverified; `undefined` when there are none. */
export function payloadOf(token: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) ?? undefined
  } catch {
    return undefined
  }
}
