/** How the presenter of a token is told (`cnf`, RFC 7800 section 3.1). */
export interface Confirmation {
  /** The thumbprint of a DPoP key (RFC 9449 section 6.1). */
  readonly jkt?: string
  /** The thumbprint of a certificate (RFC 8705 section 3.1). */
  readonly 'x5t#S256'?: string
}

/** What a token can be bound to: a key of `dpopKey()`, a certificate. */
export interface Binding {
  readonly confirmation: Confirmation
}

type Bindings = Binding | readonly Binding[] | undefined

/** The `cnf` of a token that is bound to all of these at once; `undefined` where there are none. */
export function confirmation(boundTo: Bindings): Confirmation | undefined {
  const methods = listed(boundTo).map((binding) => binding.confirmation)
  return methods.length > 0 ? Object.assign({}, ...methods) : undefined
}

/** @throws TypeError for what is neither a key nor a certificate */
export function checkBinding(call: string, boundTo: Bindings): void {
  if (listed(boundTo).some((binding) => typeof Object(binding).confirmation !== 'object')) {
    throw new TypeError(
      `boundTo of ${call} is a key of dpopKey(), a certificate of clientCertificate(), or a list of these.`,
    )
  }
}

function listed(boundTo: Bindings): readonly Binding[] {
  return boundTo === undefined ? [] : [boundTo].flat()
}
