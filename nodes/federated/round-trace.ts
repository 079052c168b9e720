/**
 * Traces rounds and sessions for the browser view. It exists only while a trace is recorded, sets
 * no timer and draws no random numbers, so that a run is the same without it.
 *
 * @module
 */
import type { HostPart } from '../_kit/host-part.ts';
import type { ClientPhase, ServerPhase } from './secagg/effects.ts';
import {
  CLIENTS_TRACE,
  RING_TRACE,
  ROUND_TRACE,
  SESSION_TRACE,
  type TracedRoundState,
} from './trace-states.ts';

/** The facts about a round that begins. */
export interface TracedRoundStart {
  readonly round: number;
  /** Names of the clients, by index. */
  readonly clients: readonly string[];
  readonly threshold: number;
  /** Number of neighbours with which a client shares masks; 0 if inputs are not hidden. */
  readonly neighbours: number;
}

/** Traces the rounds of an aggregator, with one state for each phase. */
export class RoundTrace {
  readonly #host: HostPart<'trace'>;
  #state: TracedRoundState | undefined;
  #clients = '';

  constructor(host: HostPart<'trace'>) {
    this.#host = host;
  }

  began({ round, clients, threshold, neighbours }: TracedRoundStart): void {
    const names = CLIENTS_TRACE.state.write(clients);
    if (names !== this.#clients) this.#host.trace.state(CLIENTS_TRACE.machine, names);
    this.#clients = names;
    const isHidden = neighbours > 0;
    this.#write({
      ...{ round, clients: clients.length, threshold, neighbours },
      phase: isHidden ? 'inviting' : 'collecting',
      ...{ keys: null, shares: null, inputs: null, reason: null },
    });
  }

  /**
   * Called when a phase began.
   * @param members Clients that answered in the phase before.
   * @param order Clients in the order of the ring of masks; absent before the ring is drawn, and in
   * a complete graph.
   */
  phase(phase: ServerPhase, members: readonly number[], order?: readonly number[]): void {
    const state = this.#state;
    // The end of a round is traced by `summed` or `aborted`, with its result.
    if (state === undefined || phase === 'idle' || phase === 'done' || phase === 'aborted') return;
    if (phase === 'sharing') {
      const { round } = state;
      if (order !== undefined) {
        this.#host.trace.state(RING_TRACE.machine, RING_TRACE.state.write({ round, order }));
      }
      this.#write({ ...state, phase, keys: members });
    } else if (phase === 'collecting') this.#write({ ...state, phase, shares: members });
    else if (state.inputs === null && phase !== 'inviting') {
      this.#write({ ...state, phase, inputs: members });
    } else if (phase !== state.phase) this.#write({ ...state, phase });
  }

  summed(survivors: readonly number[]): void {
    if (this.#state === undefined) return;
    this.#write({ ...this.#state, phase: 'done', inputs: survivors });
  }

  aborted(reason: string): void {
    if (this.#state === undefined) return;
    this.#write({ ...this.#state, phase: 'aborted', reason });
  }

  #write(state: TracedRoundState): void {
    this.#state = state;
    this.#host.trace.state(ROUND_TRACE.machine, ROUND_TRACE.state.write(state));
  }
}

/** Traces one session of a client. */
export class SessionTrace {
  readonly #host: HostPart<'trace'>;
  readonly #round: number;

  constructor(host: HostPart<'trace'>, round: number) {
    this.#host = host;
    this.#round = round;
  }

  /** @param bytes Number of bytes sent and received in the session so far. */
  phase(phase: ClientPhase | 'left', bytes: { readonly up: number; readonly down: number }): void {
    const state = SESSION_TRACE.state.write({ round: this.#round, phase, ...bytes });
    this.#host.trace.state(SESSION_TRACE.machine, state);
  }
}
