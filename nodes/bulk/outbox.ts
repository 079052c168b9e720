/**
 * Bulk: packets that a node has accepted for one peer, until the peer has confirmed them. They are
 * on disk before they are sent, so that a restart loses none of them and no number is used twice.
 *
 * Packets are stored in a ring of slots, so that the store never grows beyond the ring. The outbox
 * knows nothing of streams.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { concatByteList, concatBytes, readUint32 } from '../_kit/bytes.ts';
import {
  LENGTH_FIELD_BYTES,
  OUTBOX_NAME_BYTES,
  PACKET_NUMBER_BYTES,
  UNCONFIRMED_BYTES_MAX,
  UNCONFIRMED_PACKETS_MAX,
} from './geometry.ts';
import { decodePacketNumber, encodePacketNumber, WITHDRAWN_MARK } from './wire.ts';

/** A packet preceded by its length, as sent on the stream, and its number. */
export interface UnconfirmedPacket {
  readonly number: number;
  /** {@link WITHDRAWN_MARK} if its lifetime was over before it was sent. */
  readonly bytes: Uint8Array;
  /** End of its lifetime: if not sent by then, it is withdrawn. Infinity for none. */
  readonly endsNs: Nanoseconds;
}

const NS_PER_MS = 1_000_000;

/** Peer, store, random source and present instant from which an outbox is made. */
export interface OutboxParts {
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly peer: string;
  readonly randomBytes: (length: number) => Uint8Array;
  /** The present instant: lifetimes of packets found on disk are counted from here. */
  readonly now: Nanoseconds;
}

/** The unconfirmed packets for one peer. */
export class Outbox {
  /** Random name of this outbox; a new one if its store was lost, so that numbers begin again. */
  readonly memory: Uint8Array;
  readonly #parts: OutboxParts;
  /** The kept packets in the order of their numbers, without gaps. */
  #kept: UnconfirmedPacket[] = [];
  #keptBytes = 0;
  /** How many of the kept packets were withdrawn. */
  #withdrawn = 0;
  #confirmed = 0;
  #last = 0;
  #durable = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const known = parts.store.get(this.#key('memory'));
    this.memory = known ?? parts.randomBytes(OUTBOX_NAME_BYTES);
    if (known === undefined) parts.store.put(this.#key('memory'), this.memory);
    else this.#recall();
  }

  /** Number of the last packet confirmed by the peer; 0 before the first. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Number of the last packet accepted. */
  get last(): number {
    return this.#last;
  }

  /** Number of the last packet that may be sent: everything up to it is on disk. */
  get durable(): number {
    return this.#durable;
  }

  /** Number of unconfirmed packets, without those that were withdrawn. */
  get count(): number {
    return this.#kept.length - this.#withdrawn;
  }

  get hasRoom(): boolean {
    return this.#kept.length < UNCONFIRMED_PACKETS_MAX && this.#keptBytes < UNCONFIRMED_BYTES_MAX;
  }

  /**
   * Accepts a packet; returns its number. It may be sent once {@link written} says that it is on disk.
   * @param endsNs End of its lifetime: if not sent by then, it is withdrawn. Infinity for none.
   */
  add(bytes: Uint8Array, now: Nanoseconds, endsNs: Nanoseconds): number {
    this.#last += 1;
    const number = this.#last;
    this.#kept.push({ number, bytes, endsNs });
    this.#keptBytes += bytes.length;
    const lifetime = Number.isFinite(endsNs) ? [encodePacketNumber(msOf(endsNs - now))] : [];
    this.#parts.store.put(
      this.#placeOf(number),
      concatByteList([encodePacketNumber(number), bytes, ...lifetime]),
    );
    return number;
  }

  /** Replaces an unsent packet with {@link WITHDRAWN_MARK}, under the same number. */
  withdraw({ number, bytes }: UnconfirmedPacket): void {
    const first = this.#kept[0]?.number ?? 0;
    this.#kept[number - first] = {
      number,
      bytes: WITHDRAWN_MARK,
      endsNs: Number.POSITIVE_INFINITY,
    };
    this.#keptBytes += WITHDRAWN_MARK.length - bytes.length;
    this.#withdrawn += 1;
    this.#parts.store.put(
      this.#placeOf(number),
      concatBytes(encodePacketNumber(number), WITHDRAWN_MARK),
    );
  }

  /** Records that everything added up to `number` is on disk. */
  written(number: number): void {
    this.#durable = Math.max(this.#durable, number);
  }

  /** The unconfirmed packet with that number. */
  packet(number: number): UnconfirmedPacket | undefined {
    const first = this.#kept[0]?.number ?? 0;
    return this.#kept[number - first];
  }

  /** All unconfirmed packets, withdrawn ones too. */
  get kept(): readonly UnconfirmedPacket[] {
    return this.#kept;
  }

  /** Called when the peer has confirmed all packets up to `number`. @returns the packets newly confirmed. */
  confirm(number: number): readonly UnconfirmedPacket[] {
    const kept = this.#kept.filter((packet) => packet.number > number);
    const news = this.#kept.slice(0, this.#kept.length - kept.length);
    this.#keep(kept);
    // The peer may know numbers that our disk has lost; they must not be used again.
    this.#last = Math.max(this.#last, number);
    this.#durable = Math.max(this.#durable, number);
    if (number > this.#confirmed) {
      this.#confirmed = number;
      this.#parts.store.put(this.#key('confirmed'), encodePacketNumber(number));
    }
    return news;
  }

  #recall(): void {
    const { store } = this.#parts;
    const confirmed = store.get(this.#key('confirmed'));
    this.#confirmed = confirmed === undefined ? 0 : decodePacketNumber(confirmed);
    const found: UnconfirmedPacket[] = [];
    for (let place = 0; place < UNCONFIRMED_PACKETS_MAX; place += 1) {
      const bytes = store.get(this.#key(String(place)));
      if (bytes === undefined) continue;
      const number = decodePacketNumber(bytes);
      if (number > this.#confirmed)
        found.push(this.#found(number, bytes.subarray(PACKET_NUMBER_BYTES)));
    }
    found.sort((one, other) => one.number - other.number);
    this.#keep(found);
    this.#last = found.at(-1)?.number ?? this.#confirmed;
    this.#durable = this.#last;
  }

  /** Reads a record: length of the packet, packet, and lifetime in milliseconds if it has one. */
  #found(number: number, record: Uint8Array): UnconfirmedPacket {
    const end = LENGTH_FIELD_BYTES + readUint32(record, 0);
    const lifetimeNs =
      record.length > end
        ? decodePacketNumber(record.subarray(end)) * NS_PER_MS
        : Number.POSITIVE_INFINITY;
    return { number, bytes: record.slice(0, end), endsNs: this.#parts.now + lifetimeNs };
  }

  #keep(kept: UnconfirmedPacket[]): void {
    this.#kept = kept;
    this.#keptBytes = kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#withdrawn = kept.filter(isWithdrawn).length;
  }

  #placeOf(number: number): string {
    return this.#key(String(number % UNCONFIRMED_PACKETS_MAX));
  }

  #key(name: string): string {
    return `${this.#parts.peer}/${name}`;
  }
}

/** True for the mark that replaces a packet whose lifetime was over before it was sent. */
export function isWithdrawn({ bytes }: UnconfirmedPacket): boolean {
  return bytes.length === WITHDRAWN_MARK.length;
}

function msOf(ns: Nanoseconds): number {
  return Math.ceil(ns / NS_PER_MS);
}
