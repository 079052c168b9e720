/**
 * Hysteresis: hold time before a planned return, and flap damping.
 *
 * The hold time is H0 x 2^(f-1), where H0 is the option `hold` and f the number of switches caused by
 * faults in the last 10 minutes; it is at most 10 minutes. Damping uses the scheme of RFC 2439
 * (section 4.2) scaled to seconds (docs/spec/multipath.md, Return and damping). Powers of two come
 * from doubling, so that the bits are the same on every machine.
 *
 * @module
 */

const FAULT_MEMORY_NS = 600_000_000_000;
const HOLD_MAX_NS = 600_000_000_000;
const PENALTY_PER_DEATH = 1000;
const HALF_LIFE_NS = 60_000_000_000;
const SUPPRESS_ABOVE = 2000;
const REUSE_BELOW = 750;
/** After this many half-lives any penalty counts as zero. */
const HALF_LIVES_MAX = 40;

/** Counts switches caused by faults and derives the hold time. */
export class HoldDown {
  readonly #baseNs: number;
  readonly #faults: number[] = [];

  /** @param baseNs H0, 10 s by default. */
  constructor(baseNs: number) {
    this.#baseNs = baseNs;
  }

  /** Records a switch that a fault caused. */
  note(now: number): void {
    this.#faults.push(now);
    this.#forget(now);
  }

  /** Removes the fault recorded at this instant: the path was only slow. */
  forgive(atNs: number): void {
    const index = this.#faults.indexOf(atNs);
    if (index >= 0) this.#faults.splice(index, 1);
  }

  /** How long a better path must have been better before the flow returns to it, ns. */
  holdNs(now: number): number {
    this.#forget(now);
    let hold = this.#baseNs;
    for (let f = 1; f < this.#faults.length && hold < HOLD_MAX_NS; f += 1) hold *= 2;
    return Math.min(hold, HOLD_MAX_NS);
  }

  #forget(now: number): void {
    while (this.#faults.length > 0 && (this.#faults[0] ?? now) < now - FAULT_MEMORY_NS) {
      this.#faults.shift();
    }
  }
}

/** Penalty of one path: grows with each death, halves every minute. */
export class FlapDamping {
  #penalty = 0;
  #sinceNs = 0;
  #isSuppressed = false;
  /** The state before the last death. */
  #before = { penalty: 0, sinceNs: 0, isSuppressed: false };

  /** Records that a path died. */
  death(now: number): void {
    this.#before = {
      penalty: this.#penalty,
      sinceNs: this.#sinceNs,
      isSuppressed: this.#isSuppressed,
    };
    this.#penalty = this.penalty(now) + PENALTY_PER_DEATH;
    this.#sinceNs = now;
    if (this.#penalty > SUPPRESS_ABOVE) this.#isSuppressed = true;
  }

  /** Cancels the last recorded death, because the path was alive. */
  pardon(): void {
    this.#penalty = this.#before.penalty;
    this.#sinceNs = this.#before.sinceNs;
    this.#isSuppressed = this.#before.isSuppressed;
  }

  /** The penalty left at `now`; interpolated linearly between halvings. */
  penalty(now: number): number {
    const lives = (now - this.#sinceNs) / HALF_LIFE_NS;
    if (lives >= HALF_LIVES_MAX) return 0;
    let value = this.#penalty;
    for (let i = Math.floor(lives); i > 0; i -= 1) value /= 2;
    return value * (1 - (lives - Math.floor(lives)) / 2);
  }

  /** Returns what {@link isSuppressed} would, but changes nothing: for the status of a path. */
  seemsSuppressed(now: number): boolean {
    return this.#isSuppressed && this.penalty(now) >= REUSE_BELOW;
  }

  /**
   * True while the path has died so often that any other path is preferred: from a penalty above {@link SUPPRESS_ABOVE}
   * until it has fallen below {@link REUSE_BELOW}, which ends the suppression for good.
   */
  isSuppressed(now: number): boolean {
    if (this.#isSuppressed && this.penalty(now) < REUSE_BELOW) this.#isSuppressed = false;
    return this.#isSuppressed;
  }
}
