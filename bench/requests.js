import { sign } from 'node:crypto'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Access tokens of about 900 bytes, each of its own, by one key.
 *
 * @param {{ issuer: string, privateKey: import('node:crypto').KeyObject, header: object,
 *   hash: string | null, count: number }} of
 */
export function mint({ issuer, privateKey, header, hash, count }) {
  const now = Math.floor(Date.now() / 1000)
  const head = encode({ typ: 'at+jwt', ...header })
  return Array.from({ length: count }, (_, index) => {
    const payload = encode({
      iss: issuer,
      aud: 'https://api.test',
      sub: `user-${index}`,
      client_id: 'bench-client',
      iat: now,
      exp: now + 3600,
      jti: `${index}-${Math.random()}`,
      scope: 'orders:read orders:write profile',
      permissions: Array.from({ length: 12 }, (_, i) => `permission:${i}:of:the:user`),
    })
    const input = `${head}.${payload}`
    const signature = sign(hash, Buffer.from(input), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    })
    return `${input}.${signature.toString('base64url')}`
  })
}

/** A request as Express hands it to middleware, without a server around it. */
export function requestWith(token) {
  const authorization = `Bearer ${token}`
  const headers = { host: 'api.test', accept: '*/*', authorization }
  return {
    method: 'GET',
    url: '/orders',
    originalUrl: '/orders',
    baseUrl: '',
    headers,
    rawHeaders: ['Host', 'api.test', 'Accept', '*/*', 'Authorization', authorization],
    query: {},
    // What peers ask Express for.
    protocol: 'https',
    host: 'api.test',
    hostname: 'api.test',
    is: () => false,
    get: (name) => headers[name.toLowerCase()],
  }
}

export const response = {
  setHeader() {
    throw new Error('a good token was refused')
  },
  end() {},
}

/** Runs a middleware over all tokens, one after the other; any error is the end of the bench. */
export async function runAll(middleware, tokens) {
  for (const token of tokens) {
    await passed(middleware, requestWith(token))
  }
}

/** The same for a middleware that calls `next` before it returns: no promises are measured with it. */
export function runAllAtOnce(middleware, tokens) {
  for (const token of tokens) {
    let called = false
    middleware(requestWith(token), response, (error) => {
      if (error) throw error
      called = true
    })
    if (!called) throw new Error('next() was not called')
  }
}

function passed(middleware, request) {
  return new Promise((resolve, reject) => {
    middleware(request, response, (error) => (error ? reject(error) : resolve(undefined)))
  })
}
