/** Why a JSON Web Key cannot verify signatures here. */
export interface KeyFault {
  readonly fault: FaultName
}

type FaultName =
  /** Not a JWK, or a member that breaks RFC 7517, RFC 7518 or RFC 8037. */
  | 'malformed'
  /** It holds a private key, which has no place in a key set. */
  | 'private'
  /** A shared secret: whoever verifies could also sign. */
  | 'symmetric'
  /** Its signatures can be forged. */
  | 'weak'
  /** A type, curve, algorithm or size that is not in the table. */
  | 'unsupported'
  /** Its `alg` is for another type of key or another curve. */
  | 'mismatched'
  /** Its `use` or `key_ops` say that it is for something else. */
  | 'not_for_signatures'

const faults = new Map<FaultName, KeyFault>()

/** The fault of that name, one shared value each. */
export function keyFault(fault: FaultName): KeyFault {
  let value = faults.get(fault)
  if (value === undefined) {
    value = Object.freeze({ fault })
    faults.set(fault, value)
  }
  return value
}
