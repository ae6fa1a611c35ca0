import type { NextFunction, Request, Response } from 'express'
import type { PolicySettings } from '../policy/policy.ts'

/** One resource server as Express meets it: what its middleware functions have in common. */
export interface ExpressEdge {
  /** Lets the request go on only when it is authenticated and the policy, if any, is met. */
  enforce(
    request: Request,
    response: Response,
    next: NextFunction,
    policy?: PolicySettings<object, Request>,
  ): void
  /** Lets the request go on as nobody when it carries no credentials; else as `enforce`. */
  enforceIfPresented(request: Request, response: Response, next: NextFunction): void
}
