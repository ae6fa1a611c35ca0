// @ts-check
import { Problem } from '../problems.js'

const loopbackPeer = /^(?:::ffff:)?127\.|^::1$/
const loopbackHost = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/i

/**
 * Middleware that lets requests through only from this machine (the address), meant for it (the
 * Host, which a rebound DNS name would betray), and from our own page or no page at all.
 *
 * @param {string} origin - of the page
 * @returns {import('express').RequestHandler}
 */
export function loopbackOnly(origin) {
  return (req, _res, next) => {
    const problem = foreign(req, origin)
    next(problem && new Problem(403, problem))
  }
}

/**
 * @param {Pick<import('express').Request, 'socket' | 'headers'>} req
 * @param {string} ours
 */
function foreign({ socket, headers }, ours) {
  if (!loopbackPeer.test(socket.remoteAddress ?? '')) {
    return 'This answers only to its own machine.'
  }
  if (!loopbackHost.test(headers.host ?? '')) {
    return 'This answers only to a loopback name.'
  }
  // A program sends neither field; a browser sends at least one with all that could do harm.
  const site = headers['sec-fetch-site'] ?? 'same-origin'
  if ((headers.origin ?? ours) !== ours || (site !== 'same-origin' && site !== 'none')) {
    return 'This answers only to its own page.'
  }
  return undefined
}
