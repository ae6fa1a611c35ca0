// @ts-check

/**
 * Asks the server of this page.
 *
 * @param {string} path
 * @param {object} [body] - sent as JSON
 * @returns {Promise<any>} what it answers
 */
export async function ask(path, body) {
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    cache: 'no-store',
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await response.text()
  const answer = text === '' ? undefined : JSON.parse(text)
  if (!response.ok) {
    throw new Error(answer?.detail ?? `The playground answered ${response.status}.`)
  }
  return answer
}
