// @ts-check

const escapes = /** @type {Record<string, string>} */ ({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
})

/** Markup that is safe as it is. Only `html` makes it. */
class Html {
  #markup

  /** @param {string} markup */
  constructor(markup) {
    this.#markup = markup
  }

  toString() {
    return this.#markup
  }
}

/**
 * A template whose values are escaped, but for those that this made itself. Lists are joined; what
 * is absent (`undefined`, `false`) shows nothing.
 *
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 */
export function html(strings, ...values) {
  return new Html(String.raw({ raw: strings }, ...values.map(escaped)))
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function escaped(value) {
  if (value === undefined || value === false) {
    return ''
  }
  if (Array.isArray(value)) {
    return value.map(escaped).join('')
  }
  return value instanceof Html
    ? String(value)
    : String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
