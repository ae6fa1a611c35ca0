/** The URL as it may be shown: a query may be somebody's key (`?key=...`). */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
