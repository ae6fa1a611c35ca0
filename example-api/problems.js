// @ts-check
import { STATUS_CODES } from 'node:http'

/** An answer that a handler gives by throwing; the same form as scopegate's own (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} detail - the client reads it
   */
  constructor(status, detail) {
    super(detail)
    this.status = status
  }
}

/**
 * @param {import('express').Request} _req
 * @param {import('express').Response} res
 */
export function answerNotFound(_req, res) {
  answer(res, 404, 'There is nothing here.')
}

/**
 * @param {any} error
 * @param {import('express').Request} _req
 * @param {import('express').Response} res
 * @param {import('express').NextFunction} next
 */
export function answerErrors(error, _req, res, next) {
  if (res.headersSent) {
    next(error)
  } else if (error instanceof Problem) {
    answer(res, error.status, error.message)
  } else if (error.status >= 400 && error.status < 500) {
    // Express itself found fault with the request: JSON it cannot read, a path it cannot decode.
    answer(res, error.status, 'The request cannot be read.')
  } else {
    console.error(error)
    answer(res, 500, 'Something is wrong here, not with the request.')
  }
}

/**
 * @param {import('express').Response} res
 * @param {number} status
 * @param {string} detail
 */
function answer(res, status, detail) {
  res
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail }))
}
