/**
 * One session at the aggregator: connects to the host the state machine that computes a sum, of hidden
 * inputs (secure) or visible ones (plain).
 *
 * @module
 */
import type { ComputeResult } from '../../engine/host/compute.ts';
import type { Host } from '../../engine/host/host.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { Behaviour } from './behaviour.ts';
import type { PlainSumServer, PlainSumServerEffect, PlainSumServerInput } from './plain-sum.ts';
import type { ServerEffect, ServerInput, ServerPhase } from './secagg/effects.ts';
import { SECAGG_MESSAGE_TYPES } from './secagg/messages.ts';
import type { ServerMachine } from './secagg/server-machine.ts';
import type { FederatedMessage } from './wire.ts';

/**
 * The sum of a session; the indices of the clients whose inputs are in it (`survivors`), or were lost
 * (`lost`).
 */
export interface SessionSum {
  readonly ring: Uint32Array;
  readonly survivors: readonly number[];
  readonly lost: readonly number[];
  /**
   * The input of each single survivor; present if inputs are not hidden and the aggregation rule needs
   * them.
   */
  readonly vectors?: readonly Uint32Array[];
}

/** Callbacks of a session: its sum, its failure, its messages. */
export interface AggregatorSessionHandlers {
  readonly send: (client: number, bytes: Uint8Array) => void;
  readonly summed: (sum: SessionSum) => void;
  readonly aborted: (outcome: string) => void;
  /** A phase began; `members` answered in the phase before. */
  readonly phase: (
    phase: ServerPhase,
    members: readonly number[],
    ringOrder?: readonly number[],
  ) => void;
  /** Called when an attack opened the input of one client. */
  readonly opened: (client: number, ring: Uint32Array) => void;
}

/** The interface of a session that is under way. */
export interface AggregatorSession {
  begin(): void;
  /** Handles a message of client `from`, an index. */
  message(from: number, message: FederatedMessage): void;
  /** Called when the client with this index will not answer any more. */
  gone(index: number): void;
  end(): void;
}

/** What a {@link SecureSumSession} is made from: host, state machine of the server, and jobs. */
export interface SecureSumSessionParts {
  readonly host: Host;
  readonly machine: ServerMachine;
  readonly jobs: Behaviour['jobs'];
}

/** A session of secure aggregation: the aggregator learns the sum and no single input. */
export class SecureSumSession implements AggregatorSession {
  readonly #host: Host;
  readonly #jobs: Behaviour['jobs'];
  readonly #handlers: AggregatorSessionHandlers;
  readonly #machine: ServerMachine;
  readonly #shell: StateMachineRunner<ServerInput, ServerEffect>;
  #isOver = false;

  constructor({ host, machine, jobs }: SecureSumSessionParts, handlers: AggregatorSessionHandlers) {
    this.#host = host;
    this.#jobs = jobs;
    this.#handlers = handlers;
    this.#machine = machine;
    this.#shell = new StateMachineRunner(host, machine, (effect) => this.#perform(effect));
  }

  begin(): void {
    this.#shell.take({ kind: 'begin' });
  }

  message(from: number, message: FederatedMessage): void {
    if (message.kind === 'sum') this.#shell.take({ kind: 'message', from, bytes: message.bytes });
    else this.#host.drop('malformed');
  }

  gone(index: number): void {
    this.#shell.take({ kind: 'gone', index });
  }

  end(): void {
    this.#isOver = true;
    this.#shell.stop();
  }

  #perform(effect: ServerEffect): void {
    if (this.#isOver) return;
    switch (effect.kind) {
      case 'send':
        // The task that AggregatorRound sends serves as the invitation.
        if (effect.type !== SECAGG_MESSAGE_TYPES.invite)
          this.#handlers.send(effect.to, effect.bytes);
        return;
      case 'compute':
        this.#host.compute(this.#jobs[effect.name] ?? effect.name, effect.input, (result) => {
          if (this.#isOver) return;
          this.#shell.take({ kind: 'computed', job: effect.job, output: outputOf(result) });
        });
        return;
      case 'drop':
        dropSessionMessage(this.#host, effect.reason);
        return;
      case 'phase':
        this.#handlers.phase(effect.phase, effect.members, this.#machine.ringOrder);
        return;
      case 'sum':
        this.#handlers.summed(effect);
        return;
      case 'opened':
        this.#handlers.opened(effect.index, effect.ring);
        return;
      case 'aborted':
        this.#handlers.aborted(effect.reason);
    }
  }
}

/** The session id, and the function that reads updates, of a {@link PlainSumSession}. */
export interface PlainMessageReader {
  readonly session: Uint8Array;
  /** Elements of an update; undefined for other messages. */
  readonly read: (message: FederatedMessage) => Uint32Array | undefined;
}

/** A session whose aggregator sees each input. */
export class PlainSumSession implements AggregatorSession {
  readonly #host: Host;
  readonly #handlers: AggregatorSessionHandlers;
  readonly #session: Uint8Array;
  readonly #read: PlainMessageReader['read'];
  readonly #shell: StateMachineRunner<PlainSumServerInput, PlainSumServerEffect>;

  constructor(
    host: Host,
    machine: PlainSumServer,
    { session, read }: PlainMessageReader,
    handlers: AggregatorSessionHandlers,
  ) {
    this.#host = host;
    this.#read = read;
    this.#handlers = handlers;
    this.#session = session;
    this.#shell = new StateMachineRunner(host, machine, (effect) => this.#perform(effect));
  }

  begin(): void {
    this.#shell.take({ kind: 'begin' });
  }

  message(from: number, message: FederatedMessage): void {
    const vector = this.#read(message);
    if (vector === undefined || !('session' in message)) this.#host.drop('malformed');
    else if (!this.#host.crypto.equal(message.session, this.#session))
      this.#host.drop('no-session');
    else this.#shell.take({ kind: 'vector', from, vector });
  }

  gone(index: number): void {
    this.#shell.take({ kind: 'gone', index });
  }

  end(): void {
    this.#shell.stop();
  }

  #perform(effect: PlainSumServerEffect): void {
    switch (effect.kind) {
      case 'drop':
        dropSessionMessage(this.#host, effect.reason);
        return;
      case 'sum':
        this.#handlers.summed(effect);
        return;
      case 'aborted':
        this.#handlers.aborted(effect.outcome);
    }
  }
}

/** Drops a message; late inputs are counted. */
export function dropSessionMessage(host: Host, reason: string): void {
  if (reason === 'late-input') host.meter.counter('federated.late').add(1);
  host.drop(reason);
}

/** The output of a job; undefined if it failed, whereupon a machine gives up its session. */
function outputOf(result: ComputeResult): unknown {
  return result.kind === 'done' ? result.output : undefined;
}
