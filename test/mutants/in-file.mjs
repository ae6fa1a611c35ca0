/**
 * Faults in one file, by id: the text to replace, which must be there exactly once, the text in its
 * place, and where needed other `tests` than the usual ones, or `why` no test can notice.
 */
export function inFile(file, tests, faults) {
  return Object.entries(faults).map(([id, [find, replace, exception = {}]]) => ({
    id,
    file,
    find,
    replace,
    tests,
    ...exception,
  }))
}
