// @ts-check

/**
 * Who may log in. The passwords are no secrets: the login page tells them.
 *
 * @typedef {object} Person
 * @property {string} id - the subject of tokens
 * @property {string} name
 * @property {string} password
 * @property {readonly string[]} roles
 * @property {string} what
 */

/** @type {readonly Person[]} */
export const people = [
  { id: 'ada', name: 'Ada', password: 'lovelace', roles: [], what: 'a customer' },
  { id: 'grace', name: 'Grace', password: 'hopper', roles: ['manager'], what: 'a manager' },
]

/** @param {string | undefined} id */
export function personOf(id) {
  return people.find((person) => person.id === id)
}
