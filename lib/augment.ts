import type { Auth } from './auth.ts'

declare global {
  namespace Express {
    interface Request {
      /** Set once scopegate authenticated the request. Prefer `api.auth(req)`: it is typed and checks. */
      auth?: Auth
    }
  }
}
