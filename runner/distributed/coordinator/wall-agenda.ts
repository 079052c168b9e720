/**
 * Calls at instants of the scenario's time, by the wall clock of the coordinator.
 *
 * A timer of Node can fire 0.9 ms early (docs/spec/live.md#timers-of-node), so each wake-up checks the
 * time again. To leave the processor to the nodes, waiting never spins: a call may be some milliseconds
 * late, and its effect is recorded with the instant at which it happened.
 *
 * @module
 */

const NS_PER_MS = 1_000_000;
/**
 * Longest wait of one timer, ms: `setTimeout` accepts at most 2^31 - 1. A longer wait is made of
 * several timers.
 */
const WAIT_MS_MAX = 2_147_000_000;

/** Calls at instants of the scenario's time, by the wall clock of the coordinator. */
export class WallClockAgenda {
  readonly #onFailure: (error: unknown) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #zeroNs: bigint | undefined;
  /** Calls registered before the scenario's time began, when their timers could not be set yet. */
  #booked: (() => void)[] = [];

  /** @param onFailure Receives the error that a call threw. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** The present instant of the scenario's time, ns; 0 before it has begun. */
  now(): number {
    if (this.#zeroNs === undefined) return 0;
    return Math.max(0, Number(process.hrtime.bigint() - this.#zeroNs));
  }

  /** Begins the scenario's time: `zeroNs` of the monotonic clock is time 0. */
  begin(zeroNs: bigint): void {
    this.#zeroNs = zeroNs;
    const booked = this.#booked;
    this.#booked = [];
    for (const book of booked) book();
  }

  /** Calls back at an instant; calls are ordered by instant. */
  at(timeNs: number, fire: () => void): void {
    const zero = this.#zeroNs;
    if (zero === undefined) {
      this.#booked.push(() => this.at(timeNs, fire));
      return;
    }
    const leftNs = Number(zero - process.hrtime.bigint()) + timeNs;
    // Sets a timer even if the call is already due, so that the call never runs inside `at`.
    this.#wait(Math.max(0, Math.ceil(leftNs / NS_PER_MS)), () => {
      if (Number(process.hrtime.bigint() - zero) >= timeNs) this.#fire(fire);
      else this.at(timeNs, fire);
    });
  }

  /** Cancels all scheduled calls. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#booked = [];
  }

  #wait(ms: number, then: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        then();
      },
      Math.min(ms, WAIT_MS_MAX),
    );
    this.#timers.add(timer);
  }

  #fire(fire: () => void): void {
    try {
      fire();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
