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

/** Reports what becomes of messages to an observer, if there is one. */
export class FabricMessageReporter {
  readonly #observer: MessageObserver | undefined;
  #open = 0;

  constructor(observer: MessageObserver | undefined) {
    this.#observer = observer;
  }

  /** Messages that were accepted and are not settled. */
  get open(): number {
    return this.#open;
  }

  /** A message was accepted, now or before a restart. */
  accepted(payload: Uint8Array): void {
    this.#open += 1;
    this.#observer?.accepted?.(hashBytesTo53Bits(payload, NAMED_BYTES));
  }

  /** The peer has handled a message, or it was dropped for a reason that was just counted. */
  settled(payload: Uint8Array, isHandled: boolean): void {
    this.#open -= 1;
    const how = isHandled ? 'acknowledged' : 'dropped';
    this.#observer?.settled?.(hashBytesTo53Bits(payload, NAMED_BYTES), how);
  }

  /** A message was handed to the application. */
  delivered(payload: Uint8Array): void {
    this.#observer?.taken?.(hashBytesTo53Bits(payload, NAMED_BYTES), 'delivered');
  }
}
