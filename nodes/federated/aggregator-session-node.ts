/**
 * One session at the aggregator: connects the machine of a sum to the host, whether the sum hides inputs
 * or not.
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

/** The sum that a session ended with, and the indices of the clients whose inputs it has, or lacks. */
export interface SessionSum {
  readonly ring: Uint32Array;
  readonly survivors: readonly number[];
  readonly lost: readonly number[];
  /** Each input by itself; present if inputs are not hidden and the rule needs them. */
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
  /** The machine opened the input of one client, as only an attack does. */
  readonly opened: (client: number, ring: Uint32Array) => void;
}

/** A session under way. */
export interface AggregatorSession {
  begin(): void;
  /** A message of a client of the session. */
  message(from: number, message: FederatedMessage): void;
  /** A client will not answer any more. */
  gone(index: number): void;
  end(): void;
}

/** What a {@link SecureSumSession} runs on: its host, the state machine of the server, and the jobs. */
export interface SecureSumSessionParts {
  readonly host: Host;
  readonly machine: ServerMachine;
  readonly jobs: Behaviour['jobs'];
}

/** A session whose sum hides its inputs. */
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
        // The task, which AggregatorRound sends, is the invitation.
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

/** How a {@link PlainSumSession} recognises and reads its messages. */
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

/** Undefined if a job failed: a machine then gives up its session. */
function outputOf(result: ComputeResult): unknown {
  return result.kind === 'done' ? result.output : undefined;
}
