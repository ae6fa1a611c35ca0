import type { Auth } from '../auth.ts'
import { ConfigurationError } from '../errors/configuration-error.ts'
import { askingFor, type RefusalValue, refuse } from '../errors/refusal-value.ts'
import { describedKind } from '../options/described-value.ts'
import { isScopeToken } from '../options/scope-token.ts'
import { isThenable } from './is-thenable.ts'
import type { ScopeRequirement } from './policy.ts'
import { isMet, isRequirement, namesIn, namesToAskFor, type Requirement } from './requirement.ts'

/**
 * Nothing when all the scope was granted, else the refusal.
 *
 * @throws ConfigurationError when a scope function returns no requirement
 */
export function judgeScope<Request>(
  auth: Pick<Auth, 'hasScope'>,
  scopes: readonly ScopeRequirement<Request>[],
  request: Request,
): RefusalValue | undefined {
  const requirements = requirementsOf(scopes, request)
  if ('verdict' in requirements) {
    return requirements
  }
  const holds = (name: string): boolean => auth.hasScope(name)
  if (requirements.every((requirement) => isMet(requirement, holds))) {
    return undefined
  }
  // RFC 6750 section 3.1: the scope necessary to access the resource, not only what is lacking.
  return askingFor([...new Set(requirements.flatMap(namesToAskFor))], refuse('insufficient_scope'))
}

/** What this request needs: the list itself where no function has to be asked. */
function requirementsOf<Request>(
  scopes: readonly ScopeRequirement<Request>[],
  request: Request,
): readonly Requirement[] | RefusalValue {
  if (scopes.every(isKnown)) {
    return scopes
  }
  const requirements: Requirement[] = []
  for (const scope of scopes) {
    const requirement = isKnown(scope) ? scope : scope(request)
    const fault = isKnown(scope) ? undefined : judgeComputed(requirement)
    if (fault) {
      return fault
    }
    requirements.push(requirement)
  }
  return requirements
}

function isKnown<Request>(scope: ScopeRequirement<Request>): scope is Requirement {
  return typeof scope !== 'function'
}

/** A computed scope may hold what a client sent (path parameters): bad is no bug, but a no. */
function judgeComputed(requirement: unknown): RefusalValue | undefined {
  if (!isRequirement(requirement)) {
    if (isThenable(requirement)) {
      // Nobody else waits for it, and a rejection that nobody waits for ends the process.
      requirement.then(undefined, () => {})
    }
    throw new ConfigurationError(
      'scope',
      `the function must return a scope-token, anyOf(...) or allOf(...) at once, not ${describedKind(requirement)}.`,
    )
  }
  return namesIn(requirement).every(isScopeToken) ? undefined : refuse('illegal_scope')
}
