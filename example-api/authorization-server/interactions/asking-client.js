// @ts-check
import { allowFormsToEndAt } from '../security-headers.js'

/**
 * The name of the client that asks.
 *
 * @param {any} provider
 * @param {any} asked
 * @returns {Promise<string>}
 */
export async function clientOf(provider, { params }) {
  const { clientName, clientId } = await provider.Client.find(params.client_id)
  return clientName ?? clientId
}

/**
 * @param {any} asked
 * @param {import('express').Request} req
 * @param {import('express').Response} res
 */
export function formsMayEndAtClient(asked, req, res) {
  const origin = originOf(asked)
  if (origin) {
    allowFormsToEndAt(req, res, origin)
  }
}

/**
 * Where the person returns to. Devices have no such place.
 *
 * @param {any} asked
 * @returns {string | undefined}
 */
export function originOf({ params }) {
  return params.redirect_uri && new URL(params.redirect_uri).origin
}
