import { checkChoice, checkMembers, type Members } from './check-members.ts'
import {
  type Fault,
  type FaultOptions,
  type FaultyEndpoint,
  namedFaults,
  type VerbatimAnswer,
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
    fail(endpoint, fault, options = {}) {
      checkFault(endpoint, fault)
      checkMembers('fail()', options, { times: true, milliseconds: true })
      const { times = Infinity, milliseconds = 1000 } = options
      for (const each of meant(endpoint)) planned.set(each, { fault, left: times, milliseconds })
    },
    restore(endpoint = 'all') {
      checkChoice('The endpoint of restore()', endpoint, endpoints)
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
  return endpoint === 'all' ? faulty : [endpoint]
}

/** A fault that is misspelled would let a test of an outage pass without one. */
function checkFault(endpoint: unknown, fault: unknown): void {
  checkChoice('The endpoint of fail()', endpoint, endpoints)
  if (typeof fault === 'string') {
    checkChoice('The fault of fail()', fault, namedFaults)
  } else if (typeof fault !== 'number' && typeof fault !== 'function') {
    checkMembers('The fault of fail()', fault, verbatim)
  }
}

const verbatim: Members<VerbatimAnswer> = { status: true, headers: true, body: true }
const faulty = ['jwks', 'discovery', 'introspection', 'status-list'] as const
const endpoints: readonly FaultyEndpoint[] = [...faulty, 'all']
