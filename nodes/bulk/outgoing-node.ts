/**
 * Bulk: connects the machine that sends packets to one peer to the interface of its host.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { Stream, StreamTlsOptions } from '../../engine/host/stream.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { PacketReporter } from './account.ts';
import type { BulkStore } from './behaviour.ts';
import { PendingFlushes } from './flushes.ts';
import { PACKET_NUMBER_BYTES } from './geometry.ts';
import { Outbox } from './outbox.ts';
import { type OutgoingEffect, type OutgoingInput, OutgoingMachine } from './outgoing.ts';
import { FixedLengthReader } from './pieces.ts';
import { decodePacketNumber, encodePacket } from './wire.ts';

/** The peer, how to reach it, and where its packets are stored. */
export interface OutgoingAdapterSetup {
  readonly host: Host;
  readonly peer: string;
  readonly to: Endpoint;
  /** Stores packets until the peer has confirmed them. */
  readonly store: BulkStore;
  /** The TLS options of the stream; absent when packets are sent unencrypted. */
  readonly secure: StreamTlsOptions | undefined;
  /** Reports packets for the account of messages; absent when there is none. */
  readonly account: PacketReporter | undefined;
}

type Respond = (outcome: string) => void;

/** Sends packets to one peer. */
export class OutgoingMachineAdapter {
  readonly #setup: OutgoingAdapterSetup;
  readonly #outbox: Outbox;
  readonly #machine: OutgoingMachine<Respond>;
  readonly #shell: StateMachineRunner<OutgoingInput<Respond>, OutgoingEffect<Respond>>;
  readonly #flushes = new PendingFlushes();
  #stream: Stream | undefined;

  constructor(setup: OutgoingAdapterSetup) {
    this.#setup = setup;
    const { host, store, peer } = setup;
    const randomBytes = (length: number): Uint8Array => host.randomBytes(length);
    this.#outbox = new Outbox({ store, peer, randomBytes, now: host.now() });
    this.#machine = new OutgoingMachine(this.#outbox, host.random('reconnect'));
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
  }

  /** Number of accepted packets that the peer has not confirmed. */
  get open(): number {
    return this.#machine.open;
  }

  /** Number of packets held here: unconfirmed ones, and those that wait for room in the outbox. */
  get holding(): number {
    return this.#machine.holding;
  }

  /** Sends the packets that were unconfirmed before a restart. */
  start(): void {
    this.#shell.take({ kind: 'start' });
  }

  /** Sends a packet, now or when the outbox has room. */
  send(request: NodeRequest): void {
    const bytes = encodePacket(request.body);
    const { lifetime: lifetimeNs = Number.POSITIVE_INFINITY } = request.wishes ?? {};
    const respond: Respond = (outcome) => request.respond(outcome);
    this.#shell.take({ kind: 'request', bytes, lifetimeNs, request: respond });
  }

  /** Answers `ok` when the peer has confirmed every packet that was accepted before. */
  flush(request: NodeRequest): void {
    this.#flushes.add(request, this.#outbox.last, this.#outbox.confirmed);
  }

  /** Ends the stream after everything sent on it; unconfirmed packets stay on disk. */
  stop(): void {
    this.#shell.take({ kind: 'stop' });
  }

  #perform(effect: OutgoingEffect<Respond>): void {
    const { host, peer, store, account } = this.#setup;
    switch (effect.kind) {
      case 'respond':
        effect.request(effect.outcome);
        return;
      case 'sync':
        store.sync((error) =>
          this.#shell.take({ kind: error === undefined ? 'synced' : 'sync-failed' }),
        );
        return;
      case 'connect':
        this.#connect();
        return;
      case 'write': {
        const isFull = this.#stream?.write(effect.bytes) === 'full';
        this.#shell.take({ kind: isFull ? 'full' : 'room' });
        return;
      }
      case 'reset':
      case 'end':
        this.#stream?.[effect.kind]();
        return;
      case 'way':
        host.way(peer, effect.way);
        return;
      case 'drop':
        host.drop(effect.reason);
        return;
      case 'count':
        host.meter.counter(`bulk.${effect.of}`).add(effect.packets);
        if (effect.of === 'confirmed') this.#flushes.confirmed(this.#outbox.confirmed);
        return;
      case 'accepted':
        account?.accepted(effect.packet);
        return;
      case 'settled':
        account?.settled(effect.packet, effect.how);
    }
  }

  #connect(): void {
    const { host, to, secure } = this.#setup;
    const opened = (): void => this.#shell.take({ kind: 'opened' });
    host.meter.counter('bulk.connects').add(1);
    host.connect({ to }, (stream) => {
      if (stream === undefined) {
        this.#shell.take({ kind: 'closed' });
        return;
      }
      this.#stream = stream;
      this.#handle(stream);
      if (secure === undefined) opened();
      else stream.secure(secure, (failure) => failure === undefined && opened());
    });
  }

  #handle(stream: Stream): void {
    const numbers = new FixedLengthReader(PACKET_NUMBER_BYTES, (piece) =>
      this.#shell.take({ kind: 'confirmed', number: decodePacketNumber(piece) }),
    );
    stream.handle({
      onData: (buffer, offset, length) => numbers.read(buffer, offset, length),
      onEnd: () => stream.end(),
      onDrain: () => this.#shell.take({ kind: 'drained' }),
      onClose: (reason) => {
        if (reason !== undefined) this.#setup.host.meter.counter('bulk.resets').add(1);
        this.#stream = undefined;
        this.#shell.take({ kind: 'closed' });
      },
    });
  }
}
