// @ts-check

/**
 * @typedef {object} Form
 * @property {string} action
 * @property {readonly Field[]} fields
 * @property {readonly Field[]} buttons
 *
 * @typedef {object} Field
 * @property {string} type
 * @property {string} name
 * @property {string} value
 * @property {boolean} checked
 */

/**
 * The forms of one of the authorization server's pages. Its markup is plain and its own, which is
 * why this suffices.
 *
 * @param {string} page
 * @returns {Form[]}
 */
export function formsOf(page) {
  return [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, tag = '', inside = '']) => ({
    action: attributesOf(tag)['action'] ?? '',
    fields: elements(inside, 'input'),
    buttons: elements(inside, 'button'),
  }))
}

/** @param {string} page */
export function headingOf(page) {
  return unescaped(/<h1>(.*?)<\/h1>/s.exec(page)?.[1] ?? '')
}

/**
 * @param {string} inside
 * @param {string} tag
 * @returns {Field[]}
 */
function elements(inside, tag) {
  return [...inside.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, 'gs'))].map(([, text = '']) => {
    const { type = 'text', name = '', value = '', checked } = attributesOf(text)
    return { type, name, value, checked: checked !== undefined }
  })
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
function attributesOf(text) {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
      name,
      unescaped(value),
    ]),
  )
}

/** @param {string} text */
function unescaped(text) {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity)
}

/** @type {Record<string, string>} */
const characters = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
