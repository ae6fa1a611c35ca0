// @ts-check

/**
 * Who may log in. Passwords and codes are no secrets: the login page tells them.
 *
 * @typedef {object} Person
 * @property {string} id - the subject of tokens
 * @property {string} name
 * @property {string} password
 * @property {string} code - that their telephone shows; a real one would be another every time
 * @property {readonly string[]} roles
 * @property {string} what
 */

/** @type {readonly Person[]} */
export const people = [
  {
    id: 'ada',
    name: 'Ada',
    password: 'lovelace',
    code: '181512',
    roles: [],
    what: 'a customer',
  },
  {
    id: 'grace',
    name: 'Grace',
    password: 'hopper',
    code: '190612',
    roles: ['manager'],
    what: 'a manager',
  },
]

/** @param {string | undefined} id */
export function personOf(id) {
  return people.find((person) => person.id === id)
}
