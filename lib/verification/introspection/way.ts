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
export type InTurn = <Result extends object>(
  exchange: (turn: Turn) => Promise<Result | UnavailableValue>,
) => Promise<Result | UnavailableValue>

interface WayPorts {
  readonly clock: () => number
  readonly onChange: ConstructorParameters<typeof Breaker>[1]['onChange']
}

/** Of what is asked at a time, the part that may be about tokens that were not good lately. */
const unknownPart = 0.75
/** So many times as many as are asked at a time may wait, of known and of unknown tokens each. */
const waitingTimes = 16

/** One for all: in a flood, each would cost a stack. */
const neverSent = new HttpFailure('busy')
const turnedAway = unanswered(neverSent)

/**
 * The way to one introspection endpoint: so many questions at a time, the others in turn and for a
 * part of their deadline; none while it does not answer, or asks to be left alone. Tokens that were
 * good lately go first, and a part is kept for them: a flood of made-up ones does not hold them up.
 */
export class Way {
  readonly #timeoutMs: number
  readonly #lane: Lane
  readonly #breaker: Breaker
  #failure: UnavailableValue | undefined
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
        if (change.state === 'open') this.#lane.turnAway(neverSent)
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
    try {
      const verdict = await question((exchange) => this.#inTurn(permit, isKnown, exchange))
      this.#note(permit, verdict)
      return verdict
    } finally {
      // A bug says nothing of the server, and keeps nobody from finding out.
      this.#breaker.record(permit, { outcome: 'nothing' })
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

  async #inTurn<Result extends object>(
    permit: Permit,
    isKnown: boolean,
    exchange: (turn: Turn) => Promise<Result | UnavailableValue>,
  ): Promise<Result | UnavailableValue> {
    if (this.#lane.isFull(isKnown)) return this.#turnedAway(neverSent)
    const turn = { end: new Ending(), sent: false }
    const { end } = turn
    // Before the turn is handed on: whoever has it next is not sent to a server that just failed.
    const failed = (value: UnavailableValue) => this.#noteFailure(permit, value)
    end.once('abort', () => failed(unanswered(end.reason)))
    const timeoutMs = this.#timeoutMs
    const timer = setTimeout(() => {
      end.abort(turn.sent ? new HttpFailure('timeout') : neverSent)
    }, timeoutMs)
    timer.unref()
    try {
      return await this.#lane.run(
        { end, timeoutMs, late: () => end.abort(neverSent) },
        async () => {
          if (!this.#isOpenTo(permit)) return this.#pausedFor(this.#breaker.leftMs)
          const result = await exchange(turn).catch((error) => failed(unanswered(error)))
          return 'verdict' in result ? failed(result) : result
        },
        isKnown,
      )
    } catch (error) {
      return this.#turnedAway(error)
    } finally {
      clearTimeout(timer)
    }
  }

  #noteFailure(permit: Permit, value: UnavailableValue): UnavailableValue {
    if (breakerOutcome(value).outcome === 'failed') this.#note(permit, value)
    return value
  }

  #note(permit: Permit, verdict: Verdict): void {
    const result = breakerOutcome(verdict)
    if (result.outcome === 'failed' && verdict.verdict === 'unavailable') this.#failure = verdict
    this.#breaker.record(permit, result)
  }

  /** Whether it still is, now that its turn has come. */
  #isOpenTo(permit: Permit): boolean {
    return this.#breaker.admits(permit) || this.#breaker.state === 'closed'
  }

  #turnedAway(error: unknown): UnavailableValue {
    const value = error === neverSent ? turnedAway : unanswered(error)
    if (value.reason !== 'introspection_busy') return value
    if (this.#breaker.state === 'open') return this.#pausedFor(this.#breaker.leftMs)
    this.#busy++
    return value
  }

  #pausedFor(leftMs: number): UnavailableValue {
    this.#paused++
    return unavailable('introspection_paused', leftMs, this.#failure?.cause)
  }
}
