/**
 * Bulk: packets that a node has accepted for one peer, until the peer has confirmed them. They are
 * on disk before they are sent, so that a restart loses none of them and no number is used twice.
 *
 * Packets are stored in a ring of slots, so that the store never grows beyond the ring. Knows no
 * stream.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';
import { concatBytes } from '../_kit/bytes.ts';
import { KEPT_BYTES_MAX, KEPT_MAX, MEMORY_BYTES, NUMBER_BYTES } from './geometry.ts';
import { decodeNumber, encodeNumber } from './wire.ts';

/** A packet preceded by its length, as sent on the stream, and its number. */
export interface KeptPacket {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** What an outbox needs. */
export interface OutboxParts {
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly peer: string;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Defect for tests: the node forgets everything on restart. */
  readonly isCareless: boolean;
}

/** The unconfirmed packets for one peer. */
export class Outbox {
  /** The random name of this memory. */
  readonly memory: Uint8Array;
  readonly #parts: OutboxParts;
  /** The kept packets in the order of their numbers, without gaps. */
  #kept: KeptPacket[] = [];
  #keptBytes = 0;
  #confirmed = 0;
  #last = 0;
  #durable = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const known = parts.isCareless ? undefined : parts.store.get(this.#key('memory'));
    this.memory = known ?? parts.randomBytes(MEMORY_BYTES);
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

  /** Number of unconfirmed packets. */
  get count(): number {
    return this.#kept.length;
  }

  get hasRoom(): boolean {
    return this.#kept.length < KEPT_MAX && this.#keptBytes < KEPT_BYTES_MAX;
  }

  /** Accepts a packet; returns its number. It may be sent after {@link written}. */
  add(bytes: Uint8Array): number {
    this.#last += 1;
    const number = this.#last;
    this.#kept.push({ number, bytes });
    this.#keptBytes += bytes.length;
    this.#parts.store.put(this.#placeOf(number), concatBytes(encodeNumber(number), bytes));
    return number;
  }

  /** Records that everything added up to `number` is on disk. */
  written(number: number): void {
    this.#durable = Math.max(this.#durable, number);
  }

  /** The unconfirmed packet with that number. */
  packet(number: number): KeptPacket | undefined {
    const first = this.#kept[0]?.number ?? 0;
    return this.#kept[number - first];
  }

  /** All unconfirmed packets. */
  get kept(): readonly KeptPacket[] {
    return this.#kept;
  }

  /** The peer has everything up to `number`. @returns the packets newly confirmed. */
  confirm(number: number): readonly KeptPacket[] {
    const kept = this.#kept.filter((packet) => packet.number > number);
    const news = this.#kept.slice(0, this.#kept.length - kept.length);
    this.#kept = kept;
    this.#keptBytes = kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // A peer may know numbers that a disk has lost, so they count as used.
    this.#last = Math.max(this.#last, number);
    this.#durable = Math.max(this.#durable, number);
    if (number > this.#confirmed) {
      this.#confirmed = number;
      this.#parts.store.put(this.#key('confirmed'), encodeNumber(number));
    }
    return news;
  }

  #recall(): void {
    const { store } = this.#parts;
    const confirmed = store.get(this.#key('confirmed'));
    this.#confirmed = confirmed === undefined ? 0 : decodeNumber(confirmed);
    const found: KeptPacket[] = [];
    for (let place = 0; place < KEPT_MAX; place += 1) {
      const bytes = store.get(this.#key(String(place)));
      if (bytes === undefined) continue;
      const number = decodeNumber(bytes);
      if (number > this.#confirmed) found.push({ number, bytes: bytes.slice(NUMBER_BYTES) });
    }
    found.sort((one, other) => one.number - other.number);
    this.#kept = found;
    this.#keptBytes = found.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#last = found.at(-1)?.number ?? this.#confirmed;
    this.#durable = this.#last;
  }

  #placeOf(number: number): string {
    return this.#key(String(number % KEPT_MAX));
  }

  #key(name: string): string {
    return `${this.#parts.peer}/${name}`;
  }
}
