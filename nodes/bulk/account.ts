/**
 * Bulk: reports what happens to packets, for the account of messages (ADR 0028): the sender
 * holds a packet until it is confirmed, the receiver from its arrival until it is delivered. Both
 * derive the packet's number from its bytes, since sequence numbers repeat after memory is lost.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { hashBytesTo53Bits } from '../_kit/bytes-name.ts';

/**
 * Number of bytes at the start of a packet that are hashed into its number; application packets
 * differ there.
 */
const NAMED_BYTES = 64;
/** Computes the number of a packet in accounts from its start and length: a safe integer >= 0. */
export function packetAccountKey(packet: Uint8Array): number {
  return hashBytesTo53Bits(packet, NAMED_BYTES);
}

/** Reports packets to an observer; created only if the node has an observer. */
export class PacketReporter {
  readonly #observer: MessageObserver;

  constructor(observer: MessageObserver) {
    this.#observer = observer;
  }

  /** Reports that a packet was accepted for sending, now or before a restart. */
  accepted(packet: Uint8Array): void {
    this.#observer.accepted?.(packetAccountKey(packet));
  }

  /** Reports that the peer has confirmed a packet, or that the packet was withdrawn. */
  settled(packet: Uint8Array, how: 'acknowledged' | 'abandoned'): void {
    this.#observer.settled?.(packetAccountKey(packet), how);
  }

  /**
   * Reports that a packet arrived: it waits for the disk, is delivered, or is left for the sender
   * to repeat.
   */
  taken(packet: Uint8Array, how: 'held' | 'delivered' | 'dropped'): void {
    this.#observer.taken?.(packetAccountKey(packet), how);
  }
}
