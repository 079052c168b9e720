/**
 * Calls at instants of the scenario's time, by the wall clock of the coordinator.
 *
 * A timer of Node can fire 0.9 ms early (docs/spec/live.md#timers-of-node), so each looks again; nothing is
 * spun, since the processor belongs to the nodes: a call is up to some milliseconds late, and what
 * it does is recorded with the instant at which it happened.
 *
 * @module
 */

const NS_PER_MS = 1_000_000;
/** `setTimeout` takes no more than 2^31 - 1 ms; a longer wait looks again. */
const WAIT_MS_MAX = 2_147_000_000;

/** See the module. */
export class WallAgenda {
  readonly #onFailure: (error: unknown) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #zeroNs: bigint | undefined;
  /** What was booked before time began. */
  #booked: (() => void)[] = [];

  /** @param onFailure Gets what a call threw. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** ns since the beginning; 0 before it. */
  now(): number {
    if (this.#zeroNs === undefined) return 0;
    return Math.max(0, Number(process.hrtime.bigint() - this.#zeroNs));
  }

  /** Time 0 is at this instant of the monotonic clock. */
  begin(zeroNs: bigint): void {
    this.#zeroNs = zeroNs;
    const booked = this.#booked;
    this.#booked = [];
    for (const book of booked) book();
  }

  /** Calls back at an instant, in the order of the instants. */
  at(timeNs: number, fire: () => void): void {
    const zero = this.#zeroNs;
    if (zero === undefined) {
      this.#booked.push(() => this.at(timeNs, fire));
      return;
    }
    const leftNs = Number(zero - process.hrtime.bigint()) + timeNs;
    // Also when it is due already: a call comes after what its caller is doing.
    this.#wait(Math.max(0, Math.ceil(leftNs / NS_PER_MS)), () => {
      if (Number(process.hrtime.bigint() - zero) >= timeNs) this.#fire(fire);
      else this.at(timeNs, fire);
    });
  }

  /** Forgets everything that is booked. */
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
