import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { parseJsonObject } from '../jws/json.ts'

/** What something is kept for: what was made for one purpose is nothing to another. */
export type Purpose = 'answer' | 'proof' | 'log'

/** Where a value stands, and what else than the secret it takes to open it. */
export interface Place {
  readonly purpose: Purpose
  readonly name: string
  /** The token that the value is about, or the name of the log that it is in. */
  readonly key: string
}

/** A sealed value: version, nonce, what is sealed, and the tag of AES-GCM. */
const version = 1
const nonceBytes = 12
const tagBytes = 16
const overhead = 1 + nonceBytes + tagBytes
/** As much as is read of an authorization server. */
const mostBytes = 64 * 1024

/**
 * Names and seals what is kept in a shared store, by one secret. Who reads the store learns nothing
 * from it without the secret, nor of a token's value without the token, too; who writes in it can make
 * nothing that opens, nor move what does to another place.
 */
export class Sealing {
  readonly #resource: string
  readonly #nameKey: Buffer
  readonly #valueKey: Buffer

  /** @param resource - what one API keeps is nothing to another that has the same store and secret */
  constructor(secret: string, resource: string) {
    this.#resource = resource
    this.#nameKey = derived(secret, '', 'scopegate store names')
    this.#valueKey = derived(secret, '', 'scopegate store values')
  }

  /** How something is named in the store, whatever identifies it here: no digest of it alone. */
  name(purpose: Purpose, id: string): string {
    const mac = createHmac('sha256', this.#nameKey)
    mac.update(JSON.stringify([purpose, this.#resource, id]))
    return `${purpose}:${mac.digest('base64url')}`
  }

  /** `undefined` for what would not come out as it went in, and for what is too large. */
  seal(place: Place, value: object): Buffer | undefined {
    const octets = encoded(value)
    if (octets === undefined || octets.length > mostBytes) return undefined
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(place), nonce, {
      authTagLength: tagBytes,
    })
    cipher.setAAD(this.#contextOf(place))
    const sealed = cipher.update(octets)
    const rest = cipher.final()
    return Buffer.concat([Buffer.of(version), nonce, sealed, rest, cipher.getAuthTag()])
  }

  /** What was sealed for this very place, deep-frozen; `undefined` for everything else. Never throws. */
  open(place: Place, value: unknown): Readonly<Record<string, unknown>> | undefined {
    const octets = octetsOf(value)
    if (octets === undefined || octets[0] !== version) return undefined
    const nonce = octets.subarray(1, 1 + nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(place), nonce, {
      authTagLength: tagBytes,
    })
    decipher.setAAD(this.#contextOf(place))
    decipher.setAuthTag(octets.subarray(octets.length - tagBytes))
    const opened = decipher.update(octets.subarray(1 + nonceBytes, octets.length - tagBytes))
    try {
      decipher.final()
    } catch {
      // The tag is another: somebody else wrote it, or for another place.
      return undefined
    }
    return parseJsonObject(opened)
  }

  #keyOf({ purpose, key }: Place): Buffer {
    return derived(key, this.#valueKey, `scopegate store ${purpose}`)
  }

  #contextOf({ purpose, name }: Place): Buffer {
    return Buffer.from(JSON.stringify([version, purpose, this.#resource, name]))
  }
}

/** HKDF (RFC 5869), whose salt may be a key that is secret itself. */
function derived(from: string, salt: string | Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', from, salt, purpose, 32))
}

/** Numbers beyond JSON come out of it as `null`, and would not be what the issuer said. */
function encoded(value: object): Buffer | undefined {
  let isExact = true
  const text = JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) isExact = false
    return member
  })
  return isExact ? Buffer.from(text) : undefined
}

/** A store may give anything, and of any length: a class of its own may even lie about that. */
function octetsOf(value: unknown): Buffer | undefined {
  if (!ArrayBuffer.isView(value)) return undefined
  try {
    const { buffer, byteOffset, byteLength } = value
    return byteLength >= overhead && byteLength <= mostBytes + overhead
      ? Buffer.from(buffer, byteOffset, byteLength)
      : undefined
  } catch {
    return undefined
  }
}
