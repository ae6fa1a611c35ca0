// @ts-check
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Router, static as serve } from 'express'

const example = join(import.meta.dirname, '..')
// What Node resolves is the build for Node.
const litHtml = new URL('../lit-html.js', import.meta.resolve('lit-html')).href

/**
 * What the page is made of, at the places where the files are here, so that their imports of each
 * other hold in both. Two packages take the places of the one-line files that stand for them.
 */
export function pageFiles() {
  const router = Router()
  const index = readFileSync(join(example, 'playground/page/index.html'))
  router.get('/', (_req, res) => {
    res.type('html').set('cache-control', 'no-store').send(index)
  })
  router.get('/playground/page/lit-html.js', packaged(litHtml))
  router.get('/clients/oauth4webapi.js', packaged(import.meta.resolve('oauth4webapi')))
  router.use('/playground/page', serve(join(example, 'playground/page'), files))
  router.use('/clients', serve(join(example, 'clients'), files))
  return router
}

/** An example is edited: what is shown is what is there. */
const files = { index: false, redirect: false, cacheControl: false, setHeaders: always }

/** @param {import('node:http').ServerResponse} res */
function always(res) {
  res.setHeader('cache-control', 'no-cache')
}

/**
 * @param {string} url - of a package's file for browsers, which imports nothing
 * @returns {import('express').RequestHandler}
 */
function packaged(url) {
  const script = readFileSync(new URL(url))
  return (_req, res) => {
    res.type('js').set('cache-control', 'no-cache').send(script)
  }
}
