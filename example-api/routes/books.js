// @ts-check
import { json, Router } from 'express'
import { newBook, newReview, newStock } from '../input.js'
import { Problem } from '../problems.js'

/**
 * @param {import('scopegate').ResourceServer} api
 * @param {import('../bookshop.js').Bookshop} shop
 */
export function booksRouter(api, { books }) {
  const router = Router()

  // Anybody may look; whoever shows a good token sees the stock as well.
  router.get('/', api.authenticate({ optional: true }), (req, res) => {
    const known = api.auth(req, { optional: true }) !== undefined
    res.json([...books.values()].map(({ stock, ...book }) => (known ? { ...book, stock } : book)))
  })

  router.get('/:isbn', api.requireScope('books:read'), (req, res) => {
    res.json(bookOf(req))
  })

  // One scope. The body is read only once its sender may send one.
  router.post('/', api.requireScope('books:write'), json(), (req, res) => {
    const book = newBook(req.body)
    if (books.has(book.isbn)) {
      throw new Problem(409, 'There is such a book already.')
    }
    books.set(book.isbn, book)
    res.status(201).json(book)
  })

  // Clients on their own behalf only: counting is a job for scanners.
  router.put(
    '/:isbn/stock',
    api.requirePolicy({ scope: 'books:write', check: (auth) => auth.principal === 'client' }),
    json(),
    (req, res) => {
      res.json(Object.assign(bookOf(req), newStock(req.body)))
    },
  )

  // Users only: a program has no opinion of a book.
  router.post(
    '/:isbn/reviews',
    api.requirePolicy({ scope: 'books:read', check: (auth) => auth.principal === 'user' }),
    json(),
    (req, res) => {
      res.status(201).json({ isbn: bookOf(req).isbn, ...newReview(req.body) })
    },
  )

  // Authorization details (RFC 9396): a scope would allow to buy any book, these allow to buy this one.
  router.post(
    '/:isbn/purchases',
    api.requirePolicy({
      authorizationDetails: (req) => ({
        type: 'purchase',
        actions: ['buy'],
        identifier: String(req.params['isbn']),
      }),
    }),
    (req, res) => {
      const book = bookOf(req)
      if (book.stock === 0) {
        throw new Problem(409, 'There are no copies left.')
      }
      book.stock -= 1
      res.status(201).json({ isbn: book.isbn, cents: book.priceCents })
    },
  )

  // A role besides the scope: the client may delete, and so may the one that acts through it.
  router.delete(
    '/:isbn',
    api.requirePolicy({ scope: 'books:write', roles: 'manager' }),
    (req, res) => {
      books.delete(bookOf(req).isbn)
      res.status(204).end()
    },
  )

  /** @param {import('express').Request} req */
  function bookOf(req) {
    const book = books.get(String(req.params['isbn']))
    if (!book) {
      throw new Problem(404, 'There is no such book.')
    }
    return book
  }

  return router
}
