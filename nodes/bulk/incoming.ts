/**
 * Bulk: the packets that come from one peer, over whatever streams it opens, one after the other.
 *
 * A packet is handed over when the disk says that it was, and confirmed then: after a restart the
 * peer goes on behind it, so that none comes twice. Should the disk keep a note whose writing the
 * node did not see the end of, that packet is lost instead.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import type { Stream } from '../../engine/host/stream.ts';
import { concatBytes, equalBytes } from '../_kit/bytes.ts';
import type { PacketAccount } from './account.ts';
import { HELD_BYTES_MAX, HELLO_BYTES, MEMORY_BYTES } from './geometry.ts';
import { PacketReader, PieceReader } from './machine.ts';
import { Syncing } from './syncing.ts';
import { decodeHello, decodeNumber, encodeNumber, type Hello } from './wire.ts';

/** Where packets come from, and go to. */
export interface IncomingSetup {
  readonly host: Host;
  readonly peer: string;
  /** Where it stands what was handed over. */
  readonly store: Store;
  readonly handOver: (packet: Uint8Array) => void;
  /** A test double: remembers nothing of an earlier life. */
  readonly isForgetful: boolean;
  /** Absent where nobody keeps account. */
  readonly account: PacketAccount | undefined;
}

/** See the module. */
export class Incoming {
  readonly #setup: IncomingSetup;
  readonly #writes: Syncing;
  #memory: Uint8Array | undefined;
  /** Number of the last packet that came. */
  #last = 0;
  /** Number of the last packet that was handed over. */
  #handed = 0;
  /** What the write under way says of that; nothing when the sender has become another one. */
  #noted: number | undefined;
  /** Packets that wait for the disk. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Of those, the ones that the write under way is about. */
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

  /** Packets that wait for the disk. */
  get holding(): number {
    return this.#held.length;
  }

  /** Takes the packets of a stream; an earlier one is over. */
  accept(stream: Stream): void {
    const { host } = this.#setup;
    const hello = new PieceReader(HELLO_BYTES, (piece) =>
      this.#greeted(stream, decodeHello(piece)),
    );
    const packets = new PacketReader((buffer, offset, length) =>
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
        // One that a newer stream has taken the place of says nothing more.
        if (greeted < HELLO_BYTES || this.#stream !== stream) return;
        if (packets.read(buffer, offset + at, length - at)) return;
        host.drop('bad-length');
        stream.reset();
      },
      onEnd: () => {
        const isWhole = greeted === HELLO_BYTES && packets.isBetweenPackets;
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
    // The sender goes on behind what is noted, and sends the rest of what we hold again.
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
    // While a write is under way, its end says where we stand.
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
    this.#stream?.write(encodeNumber(this.#handed));
    if (this.#heldBytes <= HELD_BYTES_MAX) this.#stream?.setPaused(false);
  }
}
