// @ts-check

/**
 * What has to outlive the way to the authorization server and back: the attempt with its state
 * and verifier, and what was chosen; never a token. The session of this tab keeps it that long.
 */
const name = 'scopegate-playground-round-trip'

/** @param {object} value */
export function remember(value) {
  sessionStorage.setItem(name, JSON.stringify(value))
}

/** @returns {any} */
export function remembered() {
  const text = sessionStorage.getItem(name)
  return text === null ? undefined : JSON.parse(text)
}

export function forget() {
  sessionStorage.removeItem(name)
}
