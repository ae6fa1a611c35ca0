import {
  createPrivateKey,
  createPublicKey,
  type ED25519KeyPairOptions,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import type { Algorithm } from '../jws/algorithms.ts'

/** The two halves of a key. */
export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/**
 * Node 20 shares a lock between the keys it generates and what generated them: a garbage collection
 * in the middle of their export can stop the process for ever. Keys that are read have their own.
 */
const written: ED25519KeyPairOptions<'pem', 'pem'> = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}

/** A new key pair that fits the algorithm. One for RSA takes 100 ms. */
export function keyPair(algorithm: Algorithm): KeyPair {
  const { publicKey, privateKey } = generated(algorithm)
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) }
}

function generated(algorithm: Algorithm): { publicKey: string; privateKey: string } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256', ...written })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384', ...written })
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521', ...written })
    case 'Ed25519':
    case 'EdDSA':
      return generateKeyPairSync('ed25519', written)
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048, ...written })
  }
}
