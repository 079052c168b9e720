/**
 * Fabric: the adapter between the host and the calls that a node makes by itself.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { readUint48, writeUint48 } from '../_kit/bytes.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { LoadGeneratorOptions } from './config.ts';
import { isReplyTo } from './echo.ts';
import type { MessageSettlement, SubmittedMessage } from './effects.ts';
import { type GeneratedCall, type LoadGeneratorInput, LoadGeneratorMachine } from './load.ts';
import type { OutcomeCallback } from './peer-node.ts';

const MADE_KEY = 'calls made';
const MADE_BYTES = 6;
/**
 * The number of calls on disk may exceed the calls made by this, so that not every call needs a
 * write.
 */
const AHEAD = 255;

/** What a {@link LoadGeneratorAdapter} is made from. */
export interface LoadGeneratorAdapterParts {
  readonly host: Host;
  readonly store: Store;
  readonly options: LoadGeneratorOptions & { readonly deadline: Nanoseconds };
  readonly call: (to: string, message: SubmittedMessage<OutcomeCallback>) => void;
}

/** Connects the machine that generates calls to its host. */
export class LoadGeneratorAdapter {
  readonly #parts: LoadGeneratorAdapterParts;
  readonly #shell: StateMachineRunner<LoadGeneratorInput, GeneratedCall>;
  #made: number;
  /** The number of calls on disk. A restart counts all of these as made. */
  #written: number;

  constructor(parts: LoadGeneratorAdapterParts) {
    this.#parts = parts;
    const { host, store, options } = parts;
    const record = store.get(MADE_KEY);
    this.#made = record === undefined ? 0 : readUint48(record, 0);
    this.#written = this.#made;
    const machine = new LoadGeneratorMachine(options, host.random('load'), this.#made);
    this.#shell = new StateMachineRunner(host, machine, (call) => this.#call(call));
  }

  start(): void {
    this.#shell.take({ kind: 'start' });
  }

  stop(): void {
    this.#shell.stop();
  }

  /** Called when a call of the load generator has ended; counts its outcome. */
  settled({ request, outcome, body, payload, tookNs }: MessageSettlement<OutcomeCallback>): void {
    const { meter } = this.#parts.host;
    if (outcome === 'ok') {
      // Without a body, the answer came before a crash, and its bytes were not kept.
      const isRight = body === undefined || isReplyTo(payload, body);
      meter.counter(isRight ? 'fabric.answered_calls' : 'fabric.wrong_answers').add(1);
      if (request !== undefined) meter.histogram('fabric.call').record(tookNs);
    }
  }

  #call({ to, payload }: GeneratedCall): void {
    const { options, store, call } = this.#parts;
    this.#made += 1;
    if (this.#made > this.#written) {
      // With `count`, each call is recorded on disk, so that the total is exact; otherwise a
      // restart skips some call numbers.
      this.#written = this.#made + (options.count === undefined ? AHEAD : 0);
      const record = new Uint8Array(MADE_BYTES);
      writeUint48(record, 0, this.#written);
      store.put(MADE_KEY, record);
    }
    const { deadline: lifetimeNs, priority } = options;
    let kind: LoadGeneratorInput['kind'] = 'refused';
    const request = (): void => this.#shell.take({ kind });
    call(to, { kind: 'call', payload, priority, lifetimeNs, request });
    kind = 'over';
  }
}
