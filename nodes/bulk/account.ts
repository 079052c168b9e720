/**
 * Bulk: reports what happens to packets, for the account of messages (docs/adr/0028): the sender
 * holds a packet until it is confirmed, the receiver from its arrival until it is delivered. Both
 * derive the packet's number from its bytes, since sequence numbers repeat after memory is lost.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';

/** How many bytes the number is derived from: application packets differ within them. */
const NAMED_BYTES = 64;
/** Seeds for two FNV-1a hashes. */
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

/** Reports to an observer; created only when there is one. */
export class PacketAccount {
  readonly #observer: MessageObserver;

  constructor(observer: MessageObserver) {
    this.#observer = observer;
  }

  /** Accepted for sending, now or before a restart. */
  accepted(packet: Uint8Array): void {
    this.#observer.accepted?.(packetName(packet));
  }

  /** The peer has it, or it is not sent after all. */
  settled(packet: Uint8Array, how: 'acknowledged' | 'abandoned'): void {
    this.#observer.settled?.(packetName(packet), how);
  }

  /**
   * Reports that a packet arrived: it waits for the disk, is delivered, or is left for the sender
   * to repeat.
   */
  taken(packet: Uint8Array, how: 'held' | 'delivered' | 'dropped'): void {
    this.#observer.taken?.(packetName(packet), how);
  }
}
