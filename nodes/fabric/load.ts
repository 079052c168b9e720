/**
 * Fabric: the calls that a node makes by itself.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { writeUint32, writeUint48 } from '../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import type { LoadGeneratorOptions } from './config.ts';
import { FIRST_RETRY_NS } from './geometry.ts';

const NS_PER_S = 1_000_000_000;
/**
 * Size of a pool of random bytes, in 32-bit words. Payloads are slices of the pool at varying offsets, so they
 * differ without further random draws.
 */
const POOL_WORDS = 16_384;
const POOL_STEP = 4_099;
const WORD_BYTES = 4;
const NUMBER_BYTES = 6;

/** Events of the load generator: it starts, or a call is over or was refused at once. */
export type LoadGeneratorInput = { readonly kind: 'start' | 'over' | 'refused' };
/** A call that the load generator wants to be made. */
export interface GeneratedCall {
  readonly to: string;
  readonly payload: Uint8Array;
}

/** The state machine that generates a node's own calls. */
export class LoadGeneratorMachine implements StateMachine<LoadGeneratorInput, GeneratedCall> {
  readonly #options: LoadGeneratorOptions;
  readonly #random: Random;
  readonly #pool: Uint8Array;
  #made: number;
  #open = 0;
  #at: Nanoseconds = Number.POSITIVE_INFINITY;

  /** @param made Number of calls that were made before a restart. */
  constructor(options: LoadGeneratorOptions, random: Random, made: number) {
    this.#options = options;
    this.#random = random;
    this.#made = made;
    this.#pool = new Uint8Array(POOL_WORDS * WORD_BYTES);
    for (let at = 0; at < this.#pool.length; at += WORD_BYTES)
      writeUint32(this.#pool, at, random.u32());
  }

  step(now: Nanoseconds, input: LoadGeneratorInput | TimerDue): readonly GeneratedCall[] {
    const { start, rate } = this.#options;
    if (input.kind === 'start') this.#at = Math.max(now, start);
    if (input.kind === 'over' || input.kind === 'refused') {
      this.#open -= 1;
      // Without a rate, the next call is due when one ends. After a refusal it waits, or refused calls would repeat
      // for ever at the same instant.
      if (rate === undefined && this.#at === Number.POSITIVE_INFINITY)
        this.#at = input.kind === 'over' ? now : now + FIRST_RETRY_NS;
    }
    const calls: GeneratedCall[] = [];
    while (this.#at <= now && this.#mayCall(now)) {
      if (this.#open < this.#options.concurrent) calls.push(this.#call());
      this.#advance();
    }
    return calls;
  }

  nextAt(): Nanoseconds {
    return this.#mayCall(this.#at) ? this.#at : Number.POSITIVE_INFINITY;
  }

  #mayCall(at: Nanoseconds): boolean {
    const { count = Number.POSITIVE_INFINITY, stop = Number.POSITIVE_INFINITY } = this.#options;
    return this.#made < count && at < stop;
  }

  #advance(): void {
    const { rate, concurrent } = this.#options;
    if (rate !== undefined) this.#at += 1 + Math.floor(this.#random.exponential(NS_PER_S / rate));
    else if (this.#open >= concurrent) this.#at = Number.POSITIVE_INFINITY;
  }

  #call(): GeneratedCall {
    const { to, sizes } = this.#options;
    const size = sizes[sizes.length === 1 ? 0 : this.#random.below(sizes.length)] as number;
    const payload = new Uint8Array(size);
    let from = (this.#made * POOL_STEP) % this.#pool.length;
    for (let at = 0; at < size; ) {
      const part = this.#pool.subarray(from, from + size - at);
      payload.set(part, at);
      at += part.length;
      from = 0;
    }
    // The call number in the payload makes all calls different.
    if (size >= NUMBER_BYTES) writeUint48(payload, 0, this.#made);
    const target = to[this.#made % to.length] as string;
    this.#made += 1;
    this.#open += 1;
    return { to: target, payload };
  }
}
