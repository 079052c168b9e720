/**
 * The order of rounds: who is ready, when a round begins, with whom, and when all are over.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Machine, TimerDue } from '../../_kit/machine.ts';
import type { FederatedOptions } from '../config.ts';
import { invitedOf, wantedOf } from '../selection.ts';

/** What the rounds are told. */
export type RoundInput =
  /** A client can take part from now on. */
  | { readonly kind: 'ready'; readonly client: string }
  /** A client will not come until it is ready again. */
  | { readonly kind: 'declined'; readonly client: string }
  /** A client did not get its invitation. */
  | { readonly kind: 'away'; readonly client: string }
  /** The round is over, and what it led to is on disk. */
  | { readonly kind: 'ended' };

/** What the rounds ask for. */
export type RoundEffect =
  | { readonly kind: 'begin'; readonly round: number; readonly clients: readonly string[] }
  /** A round has waited for all that it waits for, and has too few; told once. */
  | { readonly kind: 'short'; readonly ready: number; readonly needed: number }
  /** The last round is over. */
  | { readonly kind: 'over' };

/** What rounds are made from. */
export interface RoundParts {
  readonly options: Pick<
    FederatedOptions,
    'rounds' | 'pause' | 'select' | 'minimum' | 'phaseTimeout'
  >;
  /** Names of all clients. */
  readonly clients: readonly string[];
  /** Rounds that are over already, by what the disk knows. */
  readonly over: number;
  /** False once no further round may be paid for. */
  readonly mayBegin: (round: number) => boolean;
  readonly random: Random;
}

type State = 'waiting' | 'running' | 'pausing' | 'over';

/** See the module. */
export class RoundMachine implements Machine<RoundInput, RoundEffect> {
  readonly #parts: RoundParts;
  readonly #ready = new Set<string>();
  /** Those who said that they will not come. */
  readonly #refused = new Set<string>();
  #state: State = 'waiting';
  #round: number;
  /** End of the pause, or of the wait for all clients. */
  #untilNs: Nanoseconds;

  /** @param now When the wait for clients begins. */
  constructor(parts: RoundParts, now: Nanoseconds) {
    this.#parts = parts;
    this.#round = parts.over;
    this.#untilNs = now + parts.options.phaseTimeout;
  }

  /** Rounds that have begun, those before a restart included. */
  get round(): number {
    return this.#round;
  }

  step(now: Nanoseconds, input: RoundInput | TimerDue): readonly RoundEffect[] {
    switch (input.kind) {
      case 'ready':
        this.#ready.add(input.client);
        this.#refused.delete(input.client);
        break;
      case 'declined':
        this.#refused.add(input.client);
        this.#ready.delete(input.client);
        break;
      case 'away':
        this.#ready.delete(input.client);
        break;
      case 'ended':
        if (this.#state === 'running') {
          this.#state = 'pausing';
          this.#untilNs = now + this.#parts.options.pause;
        }
        break;
      case 'timer':
        break;
    }
    return this.#next(now);
  }

  nextAt(): Nanoseconds {
    const waits = this.#state === 'waiting' && !this.#isLate;
    return this.#state === 'pausing' || waits ? this.#untilNs : Number.POSITIVE_INFINITY;
  }

  /** True once nobody is waited for who is not needed. */
  #isLate = false;
  /** True once somebody knows that a round has too few. */
  #isTold = false;

  #next(now: Nanoseconds): readonly RoundEffect[] {
    if (this.#state === 'pausing' && now >= this.#untilNs) {
      this.#state = 'waiting';
      this.#isLate = false;
      this.#untilNs = now + this.#parts.options.phaseTimeout;
    }
    if (this.#state !== 'waiting') return [];
    const { options, mayBegin } = this.#parts;
    if (this.#round >= options.rounds || !mayBegin(this.#round)) {
      this.#state = 'over';
      return [{ kind: 'over' }];
    }
    if (now >= this.#untilNs) this.#isLate = true;
    return this.#isEnough() ? this.#begin() : this.#short();
  }

  /** Who waits for clients that do not come should say so. */
  #short(): readonly RoundEffect[] {
    if (!this.#isLate || this.#isTold) return [];
    this.#isTold = true;
    const { minimum, select } = this.#parts.options;
    const needed = Math.max(minimum, wantedOf(select));
    return [{ kind: 'short', ready: this.#ready.size, needed }];
  }

  /** All clients are ready, or enough of them, and the wait is over or has been made before. */
  #isEnough(): boolean {
    const { options, clients } = this.#parts;
    if (this.#ready.size === clients.length) return true;
    const isHeardOf = this.#ready.size + this.#refused.size === clients.length;
    // Those who are more than wanted are not waited for after the wait for all.
    const isLast = isHeardOf || this.#isLate;
    const wanted = isLast ? wantedOf(options.select) : invitedOf(options.select);
    const isStarted = isHeardOf || this.#isLate || this.#round > this.#parts.over;
    return isStarted && this.#ready.size >= Math.max(options.minimum, wanted);
  }

  #begin(): readonly RoundEffect[] {
    this.#state = 'running';
    this.#round += 1;
    return [{ kind: 'begin', round: this.#round, clients: this.#selected() }];
  }

  /** In the order of all clients, whoever became ready first. */
  #selected(): readonly string[] {
    const { options, clients, random } = this.#parts;
    const ready = clients.filter((client) => this.#ready.has(client));
    const { select } = options;
    if (select === 'all') return ready;
    if ('probability' in select) return ready.filter(() => random.chance(select.probability));
    const places = new Set(chosen(ready.length, invitedOf(select), random));
    return ready.filter((_, place) => places.has(place));
  }
}

/** So many of `count` places, all choices equally likely. */
function chosen(count: number, wanted: number, random: Random): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  random.shuffle(places);
  return places.slice(0, wanted);
}
