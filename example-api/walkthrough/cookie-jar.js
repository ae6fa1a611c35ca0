// @ts-check

/** The cookies of one server, as a browser keeps them (RFC 6265, as far as this example needs it). */
export function cookieJar() {
  /** @type {Map<string, { pair: string, path: string }>} */
  const cookies = new Map()

  return {
    /**
     * @param {URL} url - that answered
     * @param {readonly string[]} setCookies
     */
    keep(url, setCookies) {
      for (const setCookie of setCookies) {
        const [pair = '', ...attributes] = setCookie.split(/; */)
        const attribute = Object.fromEntries(attributes.map((text) => text.split('=')))
        const path = attribute.path ?? url.pathname
        const key = `${path} ${pair.slice(0, pair.indexOf('='))}`
        if (Date.parse(attribute.expires) <= Date.now()) {
          cookies.delete(key)
        } else {
          cookies.set(key, { pair, path })
        }
      }
    },
    /** @param {URL} url - to ask for */
    cookiesFor({ pathname }) {
      return [...cookies.values()]
        .filter(({ path }) => `${pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`))
        .map(({ pair }) => pair)
        .join('; ')
    },
  }
}
