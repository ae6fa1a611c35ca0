const everyMs = 50
const mostMs = 200

/**
 * Tells of each time that this process could not do anything for longer than it should. Keeps no
 * process from ending.
 *
 * @param {(milliseconds: number) => void} onStall
 */
export function watchStalls(onStall) {
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    if (now - last > everyMs + mostMs) onStall(now - last)
    last = now
  }, everyMs).unref()
}
