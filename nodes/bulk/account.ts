/**
 * Bulk: what it tells of packets, so that an account of them can be kept (docs/adr/0028): the sender has
 * one until it is confirmed, the receiver from its arrival until it is handed over. Both call it by the
 * same number, which they make of its bytes, since numbers of a memory that was lost come again.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';

/** Bytes that the number is made of: packets of applications differ in them. */
const NAMED_BYTES = 64;
/** FNV-1a, twice, with different seeds. */
const SEEDS: readonly [number, number] = [0x811c_9dc5, 0x0c4e_a5a1];
const PRIME = 0x0100_0193;
const UPPER = 2 ** 21;
const LOWER = 2 ** 32;

/** The number of a packet: a safe integer >= 0. */
export function packetName(packet: Uint8Array): number {
  const [lower, upper] = SEEDS.map((seed) => hash(packet, seed)) as [number, number];
  return (upper % UPPER) * LOWER + lower;
}

function hash(packet: Uint8Array, seed: number): number {
  let value = Math.imul(seed ^ packet.length, PRIME);
  for (const byte of packet.subarray(0, NAMED_BYTES)) value = Math.imul(value ^ byte, PRIME);
  return value >>> 0;
}

/** Tells an observer; made where there is one. */
export class PacketAccount {
  readonly #observer: MessageObserver;

  constructor(observer: MessageObserver) {
    this.#observer = observer;
  }

  /** Taken over to send, by this life or an earlier one. */
  accepted(packet: Uint8Array): void {
    this.#observer.accepted?.(packetName(packet));
  }

  /** The peer has it, or it is not sent after all. */
  settled(packet: Uint8Array, how: 'acknowledged' | 'abandoned'): void {
    this.#observer.settled?.(packetName(packet), how);
  }

  /** It came: it waits for the disk, is handed over, or is left to come again. */
  taken(packet: Uint8Array, how: 'held' | 'delivered' | 'dropped'): void {
    this.#observer.taken?.(packetName(packet), how);
  }
}
