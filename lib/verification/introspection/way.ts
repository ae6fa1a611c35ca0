import { type UnavailableValue, unavailable } from '../../errors/unavailable-value.ts'
import { Ending } from '../../http/ending.ts'
import { HttpFailure } from '../../http/http-failure.ts'
import { Lane } from '../../http/lane.ts'
import type { IntrospectionHealth } from '../../observability/health.ts'
import type { IntrospectionSettings } from '../../options/introspection-options.ts'
import type { Verdict } from '../verifier.ts'
import { Breaker, type Permit } from './breaker.ts'
import { breakerOutcome } from './breaker-outcome.ts'
import { unanswered } from './unanswered.ts'

/** The turn of one question. */
export interface Turn {
  /** Fires when its time is over. */
  readonly end: Ending
  /** Until it is sent, its end says nothing of the server. */
  sent: boolean
}

/** Does an exchange when its turn comes; unavailable when that does not come in time. */
export type InTurn = <Result>(
  exchange: (turn: Turn) => Promise<Result>,
) => Promise<Result | UnavailableValue>

interface WayPorts {
  readonly clock: () => number
  readonly onChange: ConstructorParameters<typeof Breaker>[1]['onChange']
}

/** Of what is asked at a time, the part that may be about tokens that were not good lately. */
const unknownPart = 0.75
/** So many times as many as are asked at a time may wait, of known and of unknown tokens each. */
const waitingTimes = 16

/**
 * The way to one introspection endpoint: so many questions at a time, the others in turn and for a
 * part of their deadline; none while it does not answer, or asks to be left alone. Tokens that were
 * good lately go first, and a part is kept for them: a flood of made-up ones does not hold them up.
 */
export class Way {
  readonly #timeoutMs: number
  readonly #lane: Lane
  readonly #breaker: Breaker
  #failure: unknown
  #busy = 0
  #paused = 0

  constructor(
    { breaker, maxConcurrent, timeoutMs }: IntrospectionSettings,
    { clock, onChange }: WayPorts,
  ) {
    this.#timeoutMs = timeoutMs
    this.#lane = new Lane({
      atOnce: maxConcurrent,
      othersAtOnce: Math.max(1, Math.floor(maxConcurrent * unknownPart)),
      waiting: maxConcurrent * waitingTimes,
    })
    this.#breaker = new Breaker(breaker, {
      clock,
      onChange: (change) => {
        onChange(change)
        if (change.state === 'open') this.#lane.turnAway(new HttpFailure('busy'))
      },
    })
  }

  /**
   * @param isKnown - the token was good lately
   * @param question - has its exchange done in turn, and judges the answer
   */
  async ask(isKnown: boolean, question: (inTurn: InTurn) => Promise<Verdict>): Promise<Verdict> {
    const permit = this.#breaker.enter()
    if (typeof permit === 'number') return this.#pausedFor(permit)
    let verdict: Verdict | undefined
    try {
      verdict = await question((exchange) => this.#inTurn(permit, isKnown, exchange))
      return verdict
    } finally {
      const result = verdict ? breakerOutcome(verdict) : ({ outcome: 'nothing' } as const)
      if (result.outcome === 'failed' && verdict?.verdict === 'unavailable') {
        this.#failure = verdict.cause
      }
      this.#breaker.record(permit, result)
    }
  }

  health(): Omit<IntrospectionHealth, 'misshapen'> {
    const { state, since, reason } = this.#breaker
    return {
      state,
      since,
      ...(reason !== undefined && { reason }),
      underWay: this.#lane.underWay,
      waiting: this.#lane.waiting,
      busy: this.#busy,
      paused: this.#paused,
    }
  }

  async #inTurn<Result>(
    permit: Permit,
    isKnown: boolean,
    exchange: (turn: Turn) => Promise<Result>,
  ): Promise<Result | UnavailableValue> {
    const turn = { end: new Ending(), sent: false }
    const { end } = turn
    const late = () => end.abort(new HttpFailure('busy'))
    if (this.#lane.isFull(isKnown)) return this.#turnedAway(new HttpFailure('busy'))
    const timeoutMs = this.#timeoutMs
    const timer = setTimeout(() => {
      end.abort(new HttpFailure(turn.sent ? 'timeout' : 'busy'))
    }, timeoutMs)
    timer.unref()
    try {
      return await this.#lane.run(
        { end, timeoutMs, late },
        async () =>
          this.#isOpenTo(permit) ? exchange(turn) : this.#pausedFor(this.#breaker.leftMs),
        isKnown,
      )
    } catch (error) {
      return this.#turnedAway(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Whether it still is, now that its turn has come. */
  #isOpenTo(permit: Permit): boolean {
    return this.#breaker.admits(permit) || this.#breaker.state === 'closed'
  }

  #turnedAway(error: unknown): UnavailableValue {
    const value = unanswered(error)
    if (value.reason !== 'introspection_busy') return value
    if (this.#breaker.state === 'open') return this.#pausedFor(this.#breaker.leftMs)
    this.#busy++
    return value
  }

  #pausedFor(leftMs: number): UnavailableValue {
    this.#paused++
    return unavailable('introspection_paused', leftMs, this.#failure)
  }
}
