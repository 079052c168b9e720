/**
 * The order of rounds: who is ready, when a round begins, with whom, and when all are over.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Machine, TimerDue } from '../../_kit/machine.ts';
import type { FederatedOptions } from '../config.ts';
import { RETRY_NS, WARNINGS_MAX } from '../geometry.ts';
import { invitedOf, wantedOf } from '../selection.ts';
import { type Missing, Roster } from './roster.ts';

/** What the rounds are told. */
export type RoundInput =
  /** A client can take part from now on. */
  | { readonly kind: 'ready'; readonly client: string }
  /** A client will not come until it is ready again. */
  | { readonly kind: 'declined'; readonly client: string; readonly reason: string }
  /** A client did not get its invitation, by what its carrier says. */
  | { readonly kind: 'away'; readonly client: string; readonly outcome: string }
  /** The carrier is done with a question to a client. */
  | { readonly kind: 'asked'; readonly client: string; readonly outcome: string }
  /** The round is over, and what it led to is on disk. */
  | { readonly kind: 'ended' }
  /** The same, and those who were invited gave it no sum. */
  | { readonly kind: 'failed' };

/** What the rounds ask for. */
export type RoundEffect =
  | { readonly kind: 'begin'; readonly round: number; readonly clients: readonly string[] }
  /** A client is asked whether it can take part; to be answered by `asked`. */
  | { readonly kind: 'ask'; readonly client: string }
  /** A round has waited for all that it waits for, and has too few; told once a round. */
  | {
      readonly kind: 'short';
      readonly ready: number;
      readonly needed: number;
      readonly missing: readonly Missing[];
    }
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
  readonly #roster: Roster;
  #state: State = 'waiting';
  #round: number;
  /** End of the pause, or of the wait for all clients. */
  #untilNs: Nanoseconds;

  /** @param now When the wait for clients begins. */
  constructor(parts: RoundParts, now: Nanoseconds) {
    this.#parts = parts;
    this.#round = parts.over;
    const { phaseTimeout } = parts.options;
    this.#untilNs = now + phaseTimeout;
    // An answer may take as long as that of a phase; a carrier may refuse at once.
    const limits = { firstNs: RETRY_NS, mostNs: Math.max(RETRY_NS, phaseTimeout) };
    this.#roster = new Roster(parts.clients, limits, now);
  }

  /** Rounds that have begun, those before a restart included. */
  get round(): number {
    return this.#round;
  }

  step(now: Nanoseconds, input: RoundInput | TimerDue): readonly RoundEffect[] {
    switch (input.kind) {
      case 'ready':
        this.#roster.joined(input.client);
        break;
      case 'declined':
        this.#roster.declined(now, input.client, input.reason);
        break;
      case 'away':
        this.#roster.missed(now, input.client, input.outcome);
        break;
      case 'asked':
        this.#roster.asked(now, input.client, input.outcome);
        break;
      case 'ended':
        this.#pause(now, this.#parts.options.pause);
        break;
      case 'failed':
        // Until then it is known who did not get an invitation; not every failure costs a round.
        this.#pause(now, Math.max(this.#parts.options.pause, RETRY_NS));
        break;
      case 'timer':
        break;
    }
    const effects = this.#next(now);
    return this.#state === 'over' ? effects : [...effects, ...this.#questions(now)];
  }

  nextAt(): Nanoseconds {
    if (this.#state === 'over') return Number.POSITIVE_INFINITY;
    const waits = this.#state === 'waiting' && !this.#isLate;
    const { nextAt } = this.#roster;
    return this.#state === 'pausing' || waits ? Math.min(this.#untilNs, nextAt) : nextAt;
  }

  /** True once nobody is waited for who is not needed. */
  #isLate = false;
  /** True once somebody knows that this round has too few. */
  #isTold = false;
  /** How often anybody was told. */
  #warnings = 0;

  #questions(now: Nanoseconds): readonly RoundEffect[] {
    return this.#roster.takeDue(now).map((client) => ({ kind: 'ask', client }));
  }

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

  #pause(now: Nanoseconds, length: Nanoseconds): void {
    if (this.#state !== 'running') return;
    this.#state = 'pausing';
    this.#untilNs = now + length;
  }

  /** A wait for clients that do not come is told, with their names. */
  #short(): readonly RoundEffect[] {
    if (!this.#isLate || this.#isTold || this.#warnings === WARNINGS_MAX) return [];
    this.#isTold = true;
    this.#warnings += 1;
    const { minimum, select } = this.#parts.options;
    const needed = Math.max(minimum, wantedOf(select));
    return [{ kind: 'short', ready: this.#roster.ready, needed, missing: this.#roster.missing() }];
  }

  /** All clients are ready, or enough of them, and the wait is over or has been made before. */
  #isEnough(): boolean {
    const { options, clients } = this.#parts;
    const { ready, isHeardOf } = this.#roster;
    if (ready === clients.length) return true;
    // Those who are more than wanted are not waited for after the wait for all.
    const isLast = isHeardOf || this.#isLate;
    const wanted = isLast ? wantedOf(options.select) : invitedOf(options.select);
    const isStarted = isHeardOf || this.#isLate || this.#round > this.#parts.over;
    return isStarted && ready >= Math.max(options.minimum, wanted);
  }

  #begin(): readonly RoundEffect[] {
    this.#state = 'running';
    this.#isTold = false;
    this.#round += 1;
    return [{ kind: 'begin', round: this.#round, clients: this.#selected() }];
  }

  /** In the order of all clients, whoever became ready first. */
  #selected(): readonly string[] {
    const { options, clients, random } = this.#parts;
    const ready = clients.filter((client) => this.#roster.isReady(client));
    const { select } = options;
    if (select === 'all') return ready;
    if ('probability' in select) return ready.filter(() => random.chance(select.probability));
    const places = new Set(chosen(ready.length, invitedOf(select), random));
    return ready.filter((_, place) => places.has(place));
  }
}

/** Draws so many of `count` places, all choices equally likely. */
function chosen(count: number, wanted: number, random: Random): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  random.shuffle(places);
  return places.slice(0, wanted);
}
