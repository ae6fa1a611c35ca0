import type { JsonWebKey } from 'node:crypto'
import { type Algorithm, algorithms } from '../jws/algorithms.ts'
import { checkChoice, checkMembers } from './check-members.ts'
import { type KeyPair, keyPair } from './key-pair.ts'

/** A signing key of the test authorization server; `publicJwk` is what its key set shows. */
export interface TestKey extends KeyPair {
  /** Counted by algorithm: `es256-1`, and `es256-2` after a rotation. */
  readonly kid: string
  readonly algorithm: Algorithm
  /** With `kid`, `alg` and `use: 'sig'`. */
  readonly publicJwk: JsonWebKey & { kid: string; alg: string; use: string }
  readonly privateJwk: JsonWebKey & { kid: string; alg: string }
}

export interface RotateOptions {
  /** Rotate the key of this algorithm only. @defaultValue every algorithm that has a key */
  algorithm?: Algorithm
  /** Whether the replaced keys stay in the key set. @defaultValue true */
  overlap?: boolean
}

export interface KeyRing {
  /** What tokens are signed with unless they say otherwise. */
  readonly algorithm: Algorithm
  /** The key that signs with this algorithm now; made, and published, on first use. */
  signing(algorithm: Algorithm): TestKey
  /** A key that is never published, under the `kid` of the one that is. */
  foreign(algorithm: Algorithm): TestKey
  rotate(options?: RotateOptions): void
  /** The published keys: of each algorithm the newest first. */
  published(): readonly TestKey[]
}

/** Holds one key pair an algorithm, made when first needed, since an RSA pair takes 100 ms. */
export function keyRing(algorithm: Algorithm): KeyRing {
  const published = new Map<Algorithm, TestKey[]>()
  const foreign = new Map<string, TestKey>()
  let rotations = 0

  const signing = (algorithm: Algorithm): TestKey => {
    let keys = published.get(algorithm)
    if (keys === undefined) {
      keys = [makeKey(algorithm, 1 + rotations)]
      published.set(algorithm, keys)
    }
    return keys[0]!
  }

  return {
    algorithm,
    signing,
    foreign(algorithm) {
      const { kid } = signing(algorithm)
      const key = foreign.get(kid) ?? makeKey(algorithm, 0, kid)
      foreign.set(kid, key)
      return key
    },
    rotate(options = {}) {
      checkMembers('rotate()', options, { algorithm: true, overlap: true })
      const { algorithm, overlap = true } = options
      if (algorithm !== undefined) {
        checkChoice('algorithm of rotate()', algorithm, Object.keys(algorithms))
      }
      rotations++
      for (const each of algorithm ? [algorithm] : [...published.keys()]) {
        const old = overlap ? (published.get(each) ?? []) : []
        published.set(each, [makeKey(each, 1 + rotations), ...old])
      }
    },
    published: () => [...published.values()].flat(),
  }
}

function makeKey(
  algorithm: Algorithm,
  count: number,
  kid = `${algorithm.toLowerCase()}-${count}`,
): TestKey {
  const { publicKey, privateKey } = keyPair(algorithm)
  return {
    kid,
    algorithm,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    privateJwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: algorithm },
    publicKey,
    privateKey,
  }
}
