/**
 * The state machine of rounds: which clients are ready, when a round begins, with whom, and when
 * all rounds are over.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import type { FederatedOptions } from '../config.ts';
import { CARRIER_RETRY_NS, FEW_CLIENTS_WARNINGS_MAX } from '../geometry.ts';
import { invitedClientCount, wantedClientCount } from '../selection.ts';
import { ClientReadiness, type UnavailableClient } from './roster.ts';

/** Inputs of the state machine of rounds. */
export type RoundInput =
  /** A client can take part from now on. */
  | { readonly kind: 'ready'; readonly client: string }
  /** A client takes no part until it reports that it is ready again. */
  | { readonly kind: 'declined'; readonly client: string; readonly reason: string }
  /** A client did not get its invitation; `outcome` is what the carrier says. */
  | { readonly kind: 'away'; readonly client: string; readonly outcome: string }
  /** The carrier's report on an `ask` to a client: `ok` if it arrived, else why it did not. */
  | { readonly kind: 'asked'; readonly client: string; readonly outcome: string }
  /** The round is over, and its result is on disk. */
  | { readonly kind: 'ended' }
  /** The round is over, and the invited clients gave no sum. */
  | { readonly kind: 'failed' };

/** Effects of the state machine of rounds. */
export type RoundEffect =
  | { readonly kind: 'begin'; readonly round: number; readonly clients: readonly string[] }
  /** Ask a client whether it can take part: `asked` follows. */
  | { readonly kind: 'ask'; readonly client: string }
  /** The wait for clients is over, and too few are ready; reported once a round. */
  | {
      readonly kind: 'short';
      readonly ready: number;
      readonly needed: number;
      readonly missing: readonly UnavailableClient[];
    }
  /** The last round is over. */
  | { readonly kind: 'over' };

/** What a {@link RoundMachine} is made from. */
export interface RoundMachineParts {
  readonly options: Pick<
    FederatedOptions,
    'rounds' | 'pause' | 'select' | 'minimum' | 'phaseTimeout'
  >;
  /** Names of all clients. */
  readonly clients: readonly string[];
  /** Number of rounds that were over before the start, as recorded on disk. */
  readonly over: number;
  /** False once the privacy budget allows no further round. */
  readonly mayBegin: (round: number) => boolean;
  readonly random: Random;
}

type State = 'waiting' | 'running' | 'pausing' | 'over';

/** The state machine of rounds: which clients are ready, and when a round begins and ends. */
export class RoundMachine implements StateMachine<RoundInput, RoundEffect> {
  readonly #parts: RoundMachineParts;
  readonly #roster: ClientReadiness;
  #state: State = 'waiting';
  #round: number;
  /** When the pause between rounds, or the wait for all clients, ends. */
  #untilNs: Nanoseconds;

  /** @param now When the wait for clients begins. */
  constructor(parts: RoundMachineParts, now: Nanoseconds) {
    this.#parts = parts;
    this.#round = parts.over;
    const { phaseTimeout } = parts.options;
    this.#untilNs = now + phaseTimeout;
    // Waits between questions to a client: an answer may take as long as a phase, but a carrier may
    // refuse a question at once.
    const limits = { firstNs: CARRIER_RETRY_NS, mostNs: Math.max(CARRIER_RETRY_NS, phaseTimeout) };
    this.#roster = new ClientReadiness(parts.clients, limits, now);
  }

  /** Number of rounds that have begun, those before a restart included. */
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
        // A pause after a failed round: meanwhile the carrier reports which clients got no invitation, so
        // that the next round does not invite them.
        this.#pause(now, Math.max(this.#parts.options.pause, CARRIER_RETRY_NS));
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

  /**
   * True once the wait for all clients is over: the round then begins with as few clients as it needs.
   */
  #isLate = false;
  /** True once `short` was reported for this round. */
  #isTold = false;
  /** How often `short` was reported. */
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

  /** Reports once that the wait for clients is over and too few are ready, with the missing ones. */
  #short(): readonly RoundEffect[] {
    if (!this.#isLate || this.#isTold || this.#warnings === FEW_CLIENTS_WARNINGS_MAX) return [];
    this.#isTold = true;
    this.#warnings += 1;
    const { minimum, select } = this.#parts.options;
    const needed = Math.max(minimum, wantedClientCount(select));
    return [{ kind: 'short', ready: this.#roster.ready, needed, missing: this.#roster.missing() }];
  }

  /**
   * True if all clients are ready; or if enough are ready and one of these holds: each client has said
   * whether it takes part, the wait for all is over, or this node has begun a round already.
   */
  #isEnough(): boolean {
    const { options, clients } = this.#parts;
    const { ready, haveAllReported } = this.#roster;
    if (ready === clients.length) return true;
    // The additional clients that the option `over` invites must be ready too, unless no further client
    // is expected.
    const isLast = haveAllReported || this.#isLate;
    const wanted = isLast ? wantedClientCount(options.select) : invitedClientCount(options.select);
    const isStarted = haveAllReported || this.#isLate || this.#round > this.#parts.over;
    return isStarted && ready >= Math.max(options.minimum, wanted);
  }

  #begin(): readonly RoundEffect[] {
    this.#state = 'running';
    this.#isTold = false;
    this.#round += 1;
    return [{ kind: 'begin', round: this.#round, clients: this.#selected() }];
  }

  /** Selects the clients of a round, in the order of all clients. */
  #selected(): readonly string[] {
    const { options, clients, random } = this.#parts;
    const ready = clients.filter((client) => this.#roster.isReady(client));
    const { select } = options;
    if (select === 'all') return ready;
    if ('probability' in select) return ready.filter(() => random.chance(select.probability));
    const places = new Set(chosen(ready.length, invitedClientCount(select), random));
    return ready.filter((_, place) => places.has(place));
  }
}

/** Draws `wanted` different indices below `count`; all sets are equally likely. */
function chosen(count: number, wanted: number, random: Random): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  random.shuffle(places);
  return places.slice(0, wanted);
}
