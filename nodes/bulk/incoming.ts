/**
 * Bulk: the packets from one peer, over all streams that it opens in turn.
 *
 * A packet is delivered once the disk has recorded that, and confirmed then: after a restart the
 * peer continues after it, so that none is delivered twice. If the disk keeps a record whose write
 * the node did not see complete, that packet is lost instead.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import type { Stream } from '../../engine/host/stream.ts';
import { concatBytes, equalBytes } from '../_kit/bytes.ts';
import type { PacketAccount } from './account.ts';
import { HELD_BYTES_MAX, HELLO_BYTES, MEMORY_BYTES } from './geometry.ts';
import { PieceReader, packetReader } from './machine.ts';
import { Syncing } from './syncing.ts';
import { decodeHello, decodeNumber, encodeNumber, type Hello } from './wire.ts';

/** The peer, the store and the destination of packets. */
export interface IncomingSetup {
  readonly host: Host;
  readonly peer: string;
  /** Records which packets were delivered. */
  readonly store: Store;
  readonly handOver: (packet: Uint8Array) => void;
  /** Called after packets were handed over. */
  readonly handedOver: () => void;
  /** Defect for tests: the node forgets everything on restart. */
  readonly isForgetful: boolean;
  /** Absent when packets are not accounted for. */
  readonly account: PacketAccount | undefined;
}

/** Receives packets from one peer. */
export class Incoming {
  readonly #setup: IncomingSetup;
  readonly #writes: Syncing;
  #memory: Uint8Array | undefined;
  /** Number of the last packet received. */
  #last = 0;
  /** Number of the last packet delivered. */
  #handed = 0;
  /**
   * The number that is being written to the store; undefined if the sender's memory has changed in
   * the meantime.
   */
  #noted: number | undefined;
  /** Packets waiting for the disk. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** How many of the waiting packets the current write covers. */
  #writing = 0;
  #stream: Stream | undefined;

  constructor(setup: IncomingSetup) {
    this.#setup = setup;
    const { host, store, peer, isForgetful } = setup;
    const noted = isForgetful ? undefined : store.get(peer);
    if (noted !== undefined) {
      this.#memory = noted.slice(0, MEMORY_BYTES);
      this.#last = decodeNumber(noted.subarray(MEMORY_BYTES));
      this.#handed = this.#last;
    }
    this.#writes = new Syncing(host, store, {
      begin: (): void => this.#note(),
      done: (): void => this.#written(),
    });
  }

  /** Number of packets that wait for the disk. */
  get holding(): number {
    return this.#held.length;
  }

  /** Number of packets handed over so far, as the disk knows it. */
  get handed(): number {
    return this.#handed;
  }

  /** Reads packets from a stream; an earlier stream is closed. */
  accept(stream: Stream): void {
    const { host } = this.#setup;
    const hello = new PieceReader(HELLO_BYTES, (piece) =>
      this.#greeted(stream, decodeHello(piece)),
    );
    const packets = packetReader((buffer, offset, length) =>
      this.#hold(buffer.slice(offset, offset + length)),
    );
    let greeted = 0;
    stream.handle({
      onData: (buffer, offset, length) => {
        let at = 0;
        if (greeted < HELLO_BYTES) {
          at = hello.readOne(buffer, offset, length);
          greeted += at;
        }
        // A stream that a newer one has replaced is ignored.
        if (greeted < HELLO_BYTES || this.#stream !== stream) return;
        if (packets.read(buffer, offset + at, length - at)) return;
        host.drop('bad-length');
        stream.reset();
      },
      onEnd: () => {
        const isWhole = greeted === HELLO_BYTES && packets.isBetweenFrames;
        if (!isWhole && greeted > 0) host.drop('truncated');
        stream.end();
      },
      onClose: (error) => {
        if (this.#stream === stream) this.#stream = undefined;
        if (error !== undefined) host.meter.counter('bulk.resets').add(1);
      },
    });
  }

  #greeted(stream: Stream, { memory, confirmed }: Hello): void {
    const older = this.#stream;
    this.#stream = stream;
    older?.reset();
    // The sender continues after the recorded number, and repeats the other packets we hold.
    for (const packet of this.#held.splice(this.#writing)) {
      this.#setup.account?.taken(packet, 'dropped');
    }
    const isKnown = this.#memory !== undefined && equalBytes(this.#memory, memory);
    if (!isKnown) {
      this.#memory = memory;
      this.#handed = 0;
      this.#noted = undefined;
    }
    this.#handed = Math.max(this.#handed, confirmed);
    this.#last = Math.max(this.#handed, this.#noted ?? 0);
    // While a write is in progress, its completion sends the confirmation.
    if (this.#writing === 0) stream.write(encodeNumber(this.#handed));
  }

  #hold(packet: Uint8Array): void {
    this.#last += 1;
    this.#held.push(packet);
    this.#setup.account?.taken(packet, 'held');
    this.#heldBytes += packet.length;
    if (this.#heldBytes > HELD_BYTES_MAX) this.#stream?.setPaused(true);
    this.#writes.ask();
  }

  #note(): void {
    const { store, peer } = this.#setup;
    this.#writing = this.#held.length;
    this.#noted = this.#last;
    const memory = this.#memory ?? new Uint8Array(MEMORY_BYTES);
    store.put(peer, concatBytes(memory, encodeNumber(this.#last)));
  }

  #written(): void {
    const packets = this.#held.slice(0, this.#writing);
    this.#held = this.#held.slice(this.#writing);
    this.#heldBytes = this.#held.reduce((sum, { length }) => sum + length, 0);
    this.#handed = this.#noted ?? this.#handed;
    this.#noted = undefined;
    this.#writing = 0;
    for (const packet of packets) this.#setup.handOver(packet);
    this.#setup.host.meter.counter('bulk.delivered').add(packets.length);
    this.#setup.handedOver();
    this.#stream?.write(encodeNumber(this.#handed));
    if (this.#heldBytes <= HELD_BYTES_MAX) this.#stream?.setPaused(false);
  }
}
