// @ts-check
import { codePage, confirmPage, connectedPage, notConnectedPage } from './pages/device-pages.js'

/** The pages of the device flow (RFC 8628), as oidc-provider calls for them. */
export const deviceFlow = {
  enabled: true,
  /**
   * @param {any} ctx
   * @param {unknown} _form
   * @param {unknown} _out
   * @param {{ name: string, userCode?: string }} [error]
   */
  userCodeInputSource(ctx, _form, _out, error) {
    const { secret: xsrf } = ctx.oidc.session.state
    ctx.type = 'html'
    ctx.body =
      error?.name === 'AbortedError'
        ? notConnectedPage()
        : codePage({ xsrf, code: error?.userCode ?? ctx.state.userCode, problem: error?.name })
  },
  /**
   * @param {any} ctx
   * @param {unknown} _form
   * @param {{ clientName: string }} client
   * @param {unknown} _deviceInfo
   * @param {string} code
   */
  userCodeConfirmSource(ctx, _form, { clientName }, _deviceInfo, code) {
    ctx.type = 'html'
    ctx.body = confirmPage({ xsrf: ctx.oidc.session.state.secret, client: clientName, code })
  },
  /** @param {any} ctx */
  successSource(ctx) {
    ctx.type = 'html'
    ctx.body = connectedPage({ client: ctx.oidc.client.clientName })
  },
}

/**
 * What oidc-provider leaves to do around it:
 *
 * - It fills in the code of a link (`verification_uri_complete`) for a person to look at, where
 *   oidc-provider would submit it by script (RFC 8628 section 5.4).
 * - Devices may ask every second (RFC 8628 section 3.2), not only every five.
 * - Who answers a page of a session that is over (the server began anew) gets a new page, where
 *   oidc-provider would fail.
 *
 * @param {any} ctx
 * @param {() => Promise<void>} next
 */
export async function aroundDeviceFlow(ctx, next) {
  const isPage = /^\/device\/?$/.test(ctx.path)
  if (isPage && ctx.query.user_code !== undefined) {
    ctx.state.userCode = String(ctx.query.user_code)
    ctx.querystring = ''
  }
  try {
    await next()
  } catch (error) {
    if (!(isPage && ctx.method === 'POST' && ctx.oidc?.session?.new)) {
      throw error
    }
    ctx.status = 303
    ctx.redirect('/device')
  }
  if (ctx.body?.device_code) {
    ctx.body = { ...ctx.body, interval: 1 }
  }
}
