/**
 * Fabric: reports on messages, for the account of messages (ADR 0028): the sender holds a message
 * from its acceptance until the peer has handled it. Both ends number it by a hash of its payload.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { hashBytesTo53Bits } from '../_kit/bytes-name.ts';

/** Bytes of a payload from which its number is derived: application packets differ within them. */
const NAMED_BYTES = 64;

/** Reports the fate of messages to an observer, if there is one. */
export class FabricMessageReporter {
  readonly #observer: MessageObserver | undefined;
  #open = 0;
  /** Numbers of the messages that wait until the node is ready. */
  readonly #waiting = new Set<number>();

  constructor(observer: MessageObserver | undefined) {
    this.#observer = observer;
  }

  /** Number of messages that were accepted, or wait to be, and have not ended. */
  get open(): number {
    return this.#open;
  }

  /**
   * Called when a message came before the node can accept or refuse it, since the node is still
   * starting.
   */
  waits(payload: Uint8Array): void {
    this.accepted(payload);
    this.#waiting.add(hashBytesTo53Bits(payload, NAMED_BYTES));
  }

  /** Called when a message was accepted, now or before a restart. */
  accepted(payload: Uint8Array): void {
    const number = hashBytesTo53Bits(payload, NAMED_BYTES);
    if (!this.#waiting.delete(number)) this.#open += 1;
    this.#observer?.accepted?.(number);
  }

  /** Called when a message was not accepted, for a reason that its sender is told. */
  refused(payload: Uint8Array): void {
    if (this.#waiting.delete(hashBytesTo53Bits(payload, NAMED_BYTES))) this.settled(payload, false);
  }

  /**
   * Called when the peer has handled a message, or it was dropped for a reason that was just
   * counted.
   */
  settled(payload: Uint8Array, isHandled: boolean): void {
    this.#open -= 1;
    const how = isHandled ? 'acknowledged' : 'dropped';
    this.#observer?.settled?.(hashBytesTo53Bits(payload, NAMED_BYTES), how);
  }

  /** Called when a message was handed to the application. */
  delivered(payload: Uint8Array): void {
    this.#observer?.taken?.(hashBytesTo53Bits(payload, NAMED_BYTES), 'delivered');
  }
}
