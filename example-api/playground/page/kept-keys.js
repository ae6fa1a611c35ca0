// @ts-check

/**
 * Keys that have to outlive the way to the authorization server and back. The browser's database
 * keeps them as they are: usable, and not to be read. Nothing else is kept there, and no longer.
 */
const database = 'scopegate-playground'
const table = 'keys'

/**
 * @param {string} name
 * @param {CryptoKeyPair} keys
 */
export async function keepKeys(name, keys) {
  await within((store) => store.put(keys, name))
}

/**
 * The keys that were kept under this name, which are not kept any longer.
 *
 * @param {string} name
 * @returns {Promise<CryptoKeyPair>}
 */
export async function takeKeys(name) {
  const keys = await within((store) => store.get(name))
  await within((store) => store.delete(name))
  if (!keys) {
    throw new Error('The key that this login began with is gone. Begin again.')
  }
  return keys
}

/**
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>}
 */
async function within(act) {
  const opening = indexedDB.open(database)
  opening.onupgradeneeded = () => opening.result.createObjectStore(table)
  const opened = await resultOf(opening)
  try {
    return await resultOf(act(opened.transaction(table, 'readwrite').objectStore(table)))
  } finally {
    opened.close()
  }
}

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
