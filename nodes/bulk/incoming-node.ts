/**
 * Bulk: connects the machine that receives packets from one peer to the interface of its host.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Stream } from '../../engine/host/stream.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import { UnidentifiedStreams } from '../_kit/unidentified-streams.ts';
import type { PacketReporter } from './account.ts';
import type { BulkStore } from './behaviour.ts';
import { type IncomingEffect, type IncomingInput, IncomingMachine } from './incoming.ts';
import { IncomingStreamReader } from './pieces.ts';

/** The peer, the store and the destination of packets. */
export interface IncomingAdapterSetup {
  readonly host: Host;
  readonly peer: string;
  /** Records which packets were delivered. */
  readonly store: BulkStore;
  readonly handOver: (packet: Uint8Array) => void;
  /** Called after packets were handed over. */
  readonly handedOver: () => void;
  /** Reports packets for the account of messages; absent when there is none. */
  readonly account: PacketReporter | undefined;
}

/** Receives packets from one peer. */
export class IncomingMachineAdapter {
  readonly #setup: IncomingAdapterSetup;
  /** Streams that have not sent a hello; the machine uses the one whose hello came last. */
  readonly #newcomers: UnidentifiedStreams<Stream>;
  readonly #machine: IncomingMachine<Stream>;
  readonly #shell: StateMachineRunner<IncomingInput<Stream>, IncomingEffect<Stream>>;

  constructor(setup: IncomingAdapterSetup) {
    this.#setup = setup;
    const { host, store, peer } = setup;
    this.#newcomers = new UnidentifiedStreams((stream) => {
      host.drop('crowded');
      stream.reset();
    });
    this.#machine = new IncomingMachine(store.get(peer));
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
  }

  /** Number of packets that wait for the disk. */
  get holding(): number {
    return this.#machine.holding;
  }

  /** Number of the last packet handed over, as recorded on disk. */
  get handed(): number {
    return this.#machine.handed;
  }

  /** Reads packets from a new stream; its hello closes an earlier stream of the peer. */
  accept(stream: Stream): void {
    const { host } = this.#setup;
    const reader = new IncomingStreamReader(
      (hello) => {
        this.#newcomers.delete(stream);
        this.#shell.take({ kind: 'greeted', stream, hello });
      },
      (packet) => this.#shell.take({ kind: 'packet', stream, packet }),
    );
    this.#newcomers.add(stream);
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        host.drop('bad-length');
        stream.reset();
      },
      onEnd: () => {
        if (!reader.mayEnd) host.drop('truncated');
        stream.end();
      },
      onDrain: () => this.#shell.take({ kind: 'drained', stream }),
      onClose: (error) => {
        this.#newcomers.delete(stream);
        if (error !== undefined) host.meter.counter('bulk.resets').add(1);
        this.#shell.take({ kind: 'closed', stream });
      },
    });
  }

  #perform(effect: IncomingEffect<Stream>): void {
    const { host, peer, store, handOver, handedOver, account } = this.#setup;
    switch (effect.kind) {
      case 'write': {
        const { stream, bytes } = effect;
        if (stream.write(bytes) === 'full') this.#shell.take({ kind: 'full', stream });
        return;
      }
      case 'reset':
        effect.stream.reset();
        return;
      case 'pause':
      case 'resume':
        effect.stream.setPaused(effect.kind === 'pause');
        return;
      case 'sync':
        store.put(peer, effect.record);
        store.sync((error) =>
          this.#shell.take({ kind: error === undefined ? 'synced' : 'sync-failed' }),
        );
        return;
      case 'deliver':
        handOver(effect.packet);
        return;
      case 'delivered':
        host.meter.counter('bulk.delivered').add(effect.packets);
        handedOver();
        return;
      case 'taken':
        account?.taken(effect.packet, effect.how);
    }
  }
}
