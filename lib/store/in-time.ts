/** Longer than a store takes that keeps its promise to give up in time. */
const longestMs = 5000

/** What the operation brings, or a rejection with the code `timeout`: nobody waits without end. */
export function inTime<Result>(operation: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error('The store did not give up in time.'), { code: 'timeout' }))
    }, longestMs)
    timer.unref()
    // What it throws at once is a rejection, too.
    const result = new Promise<Result>((begin) => begin(operation()))
    result.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
