import {
  type Fault,
  type FaultOptions,
  type FaultyEndpoint,
  type NamedFault,
  namedFaults,
} from './faults.ts'
import type { Endpoint } from './request-log.ts'

/** The fault that a request meets. */
export interface PlannedFault {
  readonly fault: Fault
  readonly milliseconds: number
  /** Calls back at `restore()`, for `hold`. */
  readonly onRestore: (resume: () => void) => void
}

export interface FaultPlan {
  fail(endpoint: FaultyEndpoint, fault: Fault, options?: FaultOptions): void
  restore(endpoint?: FaultyEndpoint): void
  /** The fault for the next request, which counts as one of `times`. */
  take(endpoint: Endpoint): PlannedFault | undefined
}

/** One fault an endpoint at a time: a later `fail()` takes the place of an earlier one. */
export function faultPlan(): FaultPlan {
  const planned = new Map<Endpoint, { fault: Fault; left: number; milliseconds: number }>()
  const held = new Map<Endpoint, (() => void)[]>()

  return {
    fail(endpoint, fault, { times = Infinity, milliseconds = 1000 } = {}) {
      checkFault(endpoint, fault)
      for (const each of meant(endpoint)) planned.set(each, { fault, left: times, milliseconds })
    },
    restore(endpoint = 'all') {
      for (const each of meant(endpoint)) {
        planned.delete(each)
        const resumptions = held.get(each) ?? []
        held.delete(each)
        for (const resume of resumptions) resume()
      }
    },
    take(endpoint) {
      const plan = planned.get(endpoint)
      if (plan === undefined || plan.left <= 0) return undefined
      plan.left--
      return {
        fault: plan.fault,
        milliseconds: plan.milliseconds,
        onRestore: (resume) => {
          held.set(endpoint, [...(held.get(endpoint) ?? []), resume])
        },
      }
    },
  }
}

function meant(endpoint: FaultyEndpoint): readonly Endpoint[] {
  return endpoint === 'all' ? ['jwks', 'discovery', 'introspection'] : [endpoint]
}

/** A fault that is misspelled would let a test of an outage pass without one. */
function checkFault(endpoint: unknown, fault: unknown): void {
  if (!endpoints.includes(endpoint as FaultyEndpoint)) {
    throw new TypeError(`fail() takes one of ${endpoints.join(', ')}, not ${String(endpoint)}.`)
  }
  if (typeof fault === 'string' && !namedFaults.includes(fault as NamedFault)) {
    throw new TypeError(`fail() knows the faults ${namedFaults.join(', ')}, not ${fault}.`)
  }
}

const endpoints: readonly FaultyEndpoint[] = ['jwks', 'discovery', 'introspection', 'all']
