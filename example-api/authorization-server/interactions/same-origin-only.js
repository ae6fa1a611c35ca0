// @ts-check

/**
 * Lets no other page submit our forms. Browsers do not tell apart the ports of a machine when they
 * send cookies, so that SameSite alone would let in every page that this machine serves.
 *
 * @param {import('express').Request} req
 * @param {import('express').Response} _res
 * @param {import('express').NextFunction} next
 */
export function sameOriginOnly(req, _res, next) {
  const site = req.headers['sec-fetch-site']
  next(
    site === undefined || site === 'same-origin'
      ? undefined
      : Object.assign(new Error('This form came from another page.'), { status: 403 }),
  )
}
