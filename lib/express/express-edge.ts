import type { NextFunction, Request, Response } from 'express'
import { Auth } from '../auth.ts'
import { nonceFields } from '../challenge/answer.ts'
import type { Challenger } from '../challenge/challenger.ts'
import { refusalError } from '../errors/refusal.ts'
import { Unavailable } from '../errors/unavailable.ts'
import type { ResourceServerSettings } from '../options/resource-server-options.ts'
import type { PolicySettings } from '../policy/policy.ts'
import type { Decision, Story } from '../resource-server.ts'
import { recordAuthenticated, recordOf } from './authenticated.ts'
import type { ExpressEdge } from './edge.ts'
import { hintAtPreflight } from './hint-at-preflight.ts'
import { presented } from './presented.ts'
import { addFields, forwardedHeaders, respond, withEarlier } from './respond.ts'

export function expressEdge(
  settings: ResourceServerSettings,
  story: Story,
  say: Challenger,
): ExpressEdge {
  const hint = hintAtPreflight(settings.log)

  function decide(
    request: Request,
    response: Response,
    policy?: PolicySettings<object, Request>,
    optional = false,
  ): Decision | Promise<Decision> {
    return story.decide({
      request: presented(request),
      auth: recordOf(request, edge)?.auth,
      policy,
      optional,
      subject: request,
      onAuthenticated: (auth) => remember(request, auth),
      onNonce: (nonce) => addFields(response, nonceFields(nonce)),
    })
  }

  /** Set before the policy is judged: error handlers want to know who was refused. */
  function remember(request: Request, auth: Auth<object>): void {
    if (recordOf(request, edge)?.auth !== auth) {
      recordAuthenticated(request, edge, auth)
    }
    Object.assign(request, { auth })
  }

  function conclude(
    request: Request,
    response: Response,
    next: NextFunction,
    decision: Decision,
  ): void {
    if (decision instanceof Auth) {
      next()
      return
    }
    // Somebody answered while we waited (a deadline of the application): nothing is left to say.
    if (response.writableEnded) {
      return
    }
    hint(request, decision)
    const answer = say.answer(decision)
    // Too late to answer: only the application's error handling can end the response.
    if (settings.errors === 'respond' && !response.headersSent) {
      respond(response, answer)
      return
    }
    const headers = forwardedHeaders(response, answer)
    next(
      decision.verdict === 'refused'
        ? refusalError(decision, headers)
        : new Unavailable(decision, headers),
    )
  }

  const edge: ExpressEdge = {
    enforce(request, response, next, policy) {
      whenDecided(
        () => decide(request, response, policy),
        (decision) => conclude(request, response, next, decision),
        next,
      )
    },
    enforceIfPresented(request, response, next) {
      if (!response.headersSent) {
        response.setHeader('Vary', withEarlier(response, 'Vary', 'Authorization'))
      }
      whenDecided(
        () => decide(request, response, undefined, true),
        (decision) => {
          if (!(decision instanceof Auth) && decision.reason === 'no_credentials') {
            recordAuthenticated(request, edge, undefined)
            next()
            return
          }
          conclude(request, response, next, decision)
        },
        next,
      )
    },
  }
  return edge
}

/** In the same turn when the decision is here already. What throws is a bug, for `next(error)`. */
function whenDecided(
  decide: () => Decision | Promise<Decision>,
  conclude: (decision: Decision) => void,
  failed: (error: unknown) => void,
): void {
  let decision: Decision | Promise<Decision>
  try {
    decision = decide()
  } catch (error) {
    failed(error)
    return
  }
  if (decision instanceof Promise) {
    decision.then((decided) => {
      try {
        conclude(decided)
      } catch (error) {
        // What hooks of the application throw must not end the process for want of a catcher.
        failed(error)
      }
    }, failed)
  } else {
    conclude(decision)
  }
}
