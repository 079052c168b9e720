/**
 * Mixnet: the adapter between the host and a node's directory client: streams to the authority, and
 * the timer.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { Stream } from '../../engine/host/stream.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { DirectoryDocument } from './directory/index.ts';
import {
  type DescriptorTarget,
  DirectoryClient,
  type DirectoryClientEffect,
  type DirectoryClientInput,
  type DirectoryClientParts,
} from './directory-client.ts';
import { EPOCH_TRACE } from './trace-states.ts';

/** What the runner needs from its node, in addition to the parts of the directory client. */
export interface DirectoryClientRunnerParts
  extends Omit<DirectoryClientParts, 'crypto' | 'isListed' | 'random'> {
  readonly authority: Endpoint;
  /** Creates the signed descriptor; undefined for nodes that are not listed. */
  readonly describe:
    | ((target: DescriptorTarget, done: (descriptor: Uint8Array) => void) => void)
    | undefined;
  /**
   * Called with the document of the present epoch: at the start, then at the beginning of each
   * epoch.
   */
  onDocument(document: DirectoryDocument): void;
}

/**
 * Connects the directory client of one node to the node's host: streams to the authority and the
 * timer.
 */
export class DirectoryClientRunner {
  readonly #host: Host;
  readonly #parts: DirectoryClientRunnerParts;
  readonly #machine: DirectoryClient;
  readonly #shell: StateMachineRunner<DirectoryClientInput, DirectoryClientEffect>;
  /** Open streams by the number of their exchange. */
  readonly #streams = new Map<number, Stream>();

  constructor(host: Host, parts: DirectoryClientRunnerParts) {
    this.#host = host;
    this.#parts = parts;
    this.#machine = new DirectoryClient({
      ...parts,
      crypto: host.crypto,
      random: host.random('directory'),
      isListed: parts.describe !== undefined,
    });
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
  }

  /** The document in use. */
  get document(): DirectoryDocument | undefined {
    return this.#machine.document;
  }

  /**
   * Starts to upload descriptors and to fetch documents: for the present epoch, then for each
   * following epoch.
   */
  start(): void {
    this.#shell.take({ kind: 'start' });
  }

  stop(): void {
    this.#shell.stop();
  }

  #perform(effect: DirectoryClientEffect): void {
    switch (effect.kind) {
      case 'connect':
        this.#connect(effect.exchange);
        return;
      case 'write':
        this.#streams.get(effect.exchange)?.write(effect.bytes);
        return;
      case 'end':
        this.#streams.get(effect.exchange)?.end();
        return;
      case 'reset':
        this.#streams.get(effect.exchange)?.reset();
        this.#streams.delete(effect.exchange);
        return;
      case 'describe':
        this.#describe(effect.target);
        return;
      case 'document':
        this.#use(effect.document);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'warn':
        this.#host.log.warn(effect.text);
    }
  }

  #connect(exchange: number): void {
    this.#host.connect({ to: this.#parts.authority }, (stream) => {
      if (stream === undefined) {
        this.#shell.take({ kind: 'failed', exchange });
        return;
      }
      this.#streams.set(exchange, stream);
      stream.handle({
        onData: (buffer, offset, length) => {
          const bytes = buffer.slice(offset, offset + length);
          this.#shell.take({ kind: 'data', exchange, bytes });
        },
        onEnd: () => this.#shell.take({ kind: 'ended', exchange }),
        onClose: () => {
          this.#streams.delete(exchange);
          this.#shell.take({ kind: 'closed', exchange });
        },
      });
      this.#shell.take({ kind: 'opened', exchange });
    });
  }

  #describe(target: DescriptorTarget): void {
    const { epoch } = target;
    this.#parts.describe?.(target, (descriptor) =>
      this.#shell.take({ kind: 'described', epoch, descriptor }),
    );
  }

  #use(document: DirectoryDocument): void {
    this.#host.meter.counter('mix.epochs').add(1);
    this.#host.trace.state(EPOCH_TRACE.machine, EPOCH_TRACE.state.write({ epoch: document.epoch }));
    this.#parts.onDocument(document);
  }
}
