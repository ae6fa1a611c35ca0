// @ts-check

export const shops = ['north', 'south']

/**
 * @typedef {object} Book
 * @property {string} isbn
 * @property {string} title
 * @property {number} priceCents
 * @property {number} stock
 *
 * @typedef {object} Order
 * @property {string} id
 * @property {string} shop
 * @property {string} isbn
 * @property {number} quantity
 * @property {string} placedBy - see `caller.js`
 * @property {boolean} [refunded]
 */

/** The books and orders of two shops, in memory: every start begins anew. */
export function bookshop() {
  /** @type {Map<string, Book>} */
  const books = new Map(
    [
      { isbn: '9780441478125', title: 'The Left Hand of Darkness', priceCents: 1099, stock: 7 },
      { isbn: '9780141439518', title: 'Pride and Prejudice', priceCents: 799, stock: 12 },
      { isbn: '9780156027328', title: 'Invisible Cities', priceCents: 1250, stock: 3 },
    ].map((book) => [book.isbn, book]),
  )
  /** @type {Map<string, Order>} */
  const orders = new Map()
  let lastOrder = 0

  /** @param {Omit<Order, 'id'>} order */
  function place(order) {
    const placed = { id: String(++lastOrder), ...order }
    orders.set(placed.id, placed)
    return placed
  }

  place({ shop: 'north', isbn: '9780441478125', quantity: 2, placedBy: 'client:north-shop' })
  place({ shop: 'north', isbn: '9780156027328', quantity: 1, placedBy: 'client:head-office' })
  place({ shop: 'south', isbn: '9780141439518', quantity: 4, placedBy: 'client:south-shop' })

  return { books, orders, place }
}

/** @typedef {ReturnType<typeof bookshop>} Bookshop */
