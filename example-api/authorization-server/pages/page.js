// @ts-check
import { html } from './html.js'

/**
 * A whole page: no script, and one style sheet of this server's own.
 *
 * @param {string} title
 * @param {unknown} body
 */
export function page(title, body) {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Bookshop accounts</title>
<link rel="stylesheet" href="/pages.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<header>Bookshop accounts <small>the authorization server</small></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`)
}
