/** What the status list says of a token; numbers are of application-specific statuses. */
export type TokenStatus = 'valid' | 'invalid' | 'suspended' | number

/** The next place in the status list of the server, or a place and a list as they are given. */
export type StatusOptions = true | { readonly idx?: unknown; readonly uri?: unknown }
