// Never run: scopegate alone declares nothing about everybody's requests.
import type { Request } from 'express'
import { resourceServer } from 'scopegate'

export const api = resourceServer

export function nothing(req: Request): unknown {
  // @ts-expect-error: other packages declare their own `auth`
  return req.auth
}
