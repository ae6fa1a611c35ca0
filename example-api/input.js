// @ts-check
import { Problem } from './problems.js'

/**
 * Input checks: each returns the members it knows, and throws a 400 for anything else.
 *
 * @param {unknown} body
 */
export function newBook(body) {
  return read(body, {
    isbn: [isIsbn, 'isbn must be 13 digits'],
    title: [isTitle, 'title must be 1 to 200 characters'],
    priceCents: [isCount, 'priceCents must be a whole number up to 1,000,000'],
    stock: [isCount, 'stock must be a whole number up to 1,000,000'],
  })
}

/** @param {unknown} body */
export function newOrder(body) {
  return read(body, {
    isbn: [isIsbn, 'isbn must be 13 digits'],
    quantity: [(value) => isCount(value) && value !== 0, 'quantity must be a whole number from 1'],
  })
}

/** @param {unknown} body */
export function newStock(body) {
  return read(body, { stock: [isCount, 'stock must be a whole number up to 1,000,000'] })
}

/** @param {unknown} body */
export function newReview(body) {
  return read(body, { text: [isTitle, 'text must be 1 to 200 characters'] })
}

/** @typedef {Record<string, [(value: unknown) => boolean, string]>} Rules */

/**
 * @param {unknown} body
 * @param {Rules} rules
 * @returns {any}
 */
function read(body, rules) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'The body must be a JSON object.')
  }
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(rules, name)) {
      throw new Problem(400, `The body takes ${Object.keys(rules).join(', ')}.`)
    }
  }
  return Object.fromEntries(
    Object.entries(rules).map(([name, [isRight, message]]) => {
      const value = Reflect.get(body, name)
      if (!isRight(value)) {
        throw new Problem(400, `${message}.`)
      }
      return [name, value]
    }),
  )
}

/** @param {unknown} value */
function isIsbn(value) {
  return typeof value === 'string' && /^\d{13}$/.test(value)
}

/** @param {unknown} value */
function isTitle(value) {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 200
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000
}
