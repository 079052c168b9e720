/**
 * Hands messages and calls of peers to the application, one after the other: the node hands the
 * next message when the subscriber has taken the previous one. If a subscriber does not read, only one
 * message waits here; the others wait in the node, on its disk.
 *
 * A message that its subscriber did not take goes to the next subscriber, as `again`, since the
 * first one may have handled it. Sockets are known only as {@link Subscriber}.
 *
 * @module
 */
import type { DecodePeerMessage, FabricNode, PeerMessage, PeerMessageFlow } from './fabric-node.ts';

/** A message for the application. */
export interface HandedMessage {
  /** Id in 32 hexadecimal digits. */
  readonly id: string;
  /** True if it may have been handed out before, and handled. */
  readonly again: boolean;
  readonly message: PeerMessage;
}

/** A client that takes messages. */
export interface Subscriber {
  /** Receives a message; the next one comes after {@link Subscription.taken}. */
  hand(handed: HandedMessage): void;
  /** Called if the node has no messages for applications; says why. */
  ended(reason: string): void;
}

/** Bit 0 of the byte in front of a message; set if the message may have been handed out before. */
const AGAIN = 1;

/** Takes messages from one node and hands them to its subscriber, one at a time. */
export class Subscription {
  readonly #node: FabricNode;
  readonly #read: DecodePeerMessage;
  #subscriber: Subscriber | undefined;
  /**
   * The message that no subscriber has confirmed yet; {@link #wasHanded} says whether a subscriber
   * received it.
   */
  #held: HandedMessage | undefined;
  #wasHanded = false;
  /** The flow of messages from the node; undefined before the first subscriber, and after the node ended the flow. */
  #open: PeerMessageFlow | undefined;
  /** True if a message was confirmed when there was no subscriber for the next one. */
  #isTaken = false;
  #isClosed = false;

  constructor(node: FabricNode, read: DecodePeerMessage) {
    this.#node = node;
    this.#read = read;
  }

  /** Makes this client the subscriber, in place of the former subscriber. */
  enter(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
    if (this.#held === undefined) this.#ask();
    else this.#hand(this.#held);
  }

  /** Removes a subscriber; a message that it did not take stays for the next subscriber. */
  leave(subscriber: Subscriber): void {
    if (this.#subscriber === subscriber) this.#subscriber = undefined;
  }

  /**
   * Called when a subscriber has taken the message with this id, which is then never handed out again; returns false
   * for the id of any other message.
   */
  taken(id: string): boolean {
    if (this.#held?.id !== id) return false;
    this.#held = undefined;
    this.#wasHanded = false;
    this.#isTaken = true;
    if (this.#subscriber !== undefined) this.#ask();
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#subscriber = undefined;
  }

  #ask(): void {
    if (this.#isClosed) return;
    const isTaken = this.#isTaken;
    this.#isTaken = false;
    if (this.#open === undefined) this.#begin();
    else if (isTaken) this.#open.taken();
  }

  #begin(): void {
    let isOver = false;
    const open = this.#node.messages({
      hand: (bytes) => this.#arrived(bytes),
      ended: (reason) => {
        isOver = true;
        this.#open = undefined;
        this.#end(reason);
      },
    });
    if (!isOver) this.#open = open;
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const handed = this.#handedOf(bytes);
    if (typeof handed === 'string') {
      // A message that cannot be decoded is skipped; the next subscriber continues after it.
      this.#isTaken = true;
      this.#end(handed);
      return;
    }
    this.#held = handed;
    this.#hand(handed);
  }

  #end(reason: string): void {
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    subscriber?.ended(reason);
  }

  #handedOf(bytes: Uint8Array): HandedMessage | string {
    if (bytes.length === 0) return 'no-message';
    // The bytes are copied, because the node may reuse them.
    const message = this.#read(bytes.slice(1));
    if (typeof message === 'string') return message;
    const id = Buffer.from(message.id).toString('hex');
    return { id, again: ((bytes[0] as number) & AGAIN) !== 0, message };
  }

  #hand(handed: HandedMessage): void {
    if (this.#subscriber === undefined) return;
    const again = handed.again || this.#wasHanded;
    this.#wasHanded = true;
    this.#subscriber.hand({ ...handed, again });
  }
}
