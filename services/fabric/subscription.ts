/**
 * Hands messages and calls of peers to the application, one after the other: the node is asked for
 * the next one when the subscriber has taken the one before. If a subscriber does not read, only one
 * message waits here; the others wait in the node, on its disk.
 *
 * A message that its subscriber did not take goes to the next subscriber, as `again`, since the
 * first one may have handled it. Sockets are known only as {@link Subscriber}.
 *
 * @module
 */
import type { FabricNode, FabricOutcome, PeerMessage, ReadMessage } from './fabric-node.ts';
import { askNodeSafely } from './outstanding.ts';

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

/** Bit 0 of the byte in front of a message: it may have been handed out before. */
const AGAIN = 1;
const NOTHING = new Uint8Array(0);

/** The application's side of one node. */
export class Subscription {
  readonly #node: FabricNode;
  readonly #read: ReadMessage;
  #subscriber: Subscriber | undefined;
  /** The message that was not taken yet; {@link #wasHanded} says if anybody got it. */
  #held: HandedMessage | undefined;
  #wasHanded = false;
  #isAsking = false;
  #isClosed = false;

  constructor(node: FabricNode, read: ReadMessage) {
    this.#node = node;
    this.#read = read;
  }

  /** Adds the subscriber, in place of a former one. */
  enter(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
    if (this.#held === undefined) this.#ask();
    else this.#hand(this.#held);
  }

  /** The subscriber is gone; what it did not take stays for the next one. */
  leave(subscriber: Subscriber): void {
    if (this.#subscriber === subscriber) this.#subscriber = undefined;
  }

  /** Called when a subscriber has taken a message, which never comes again; false for the id of another. */
  taken(id: string): boolean {
    if (this.#held?.id !== id) return false;
    this.#held = undefined;
    this.#wasHanded = false;
    if (this.#subscriber !== undefined) this.#ask();
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#subscriber = undefined;
  }

  #ask(): void {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    const outcome = await askNodeSafely(this.#node, { kind: 'next', target: '', body: NOTHING });
    this.#isAsking = false;
    if (this.#isClosed) return;
    const handed = this.#handedOf(outcome);
    if (typeof handed === 'string') {
      const subscriber = this.#subscriber;
      this.#subscriber = undefined;
      subscriber?.ended(handed);
      return;
    }
    this.#held = handed;
    this.#hand(handed);
  }

  #handedOf({ outcome, body }: FabricOutcome): HandedMessage | string {
    if (outcome !== 'ok') return outcome;
    if (body === undefined || body.length === 0) return 'no-message';
    const message = this.#read(body.subarray(1));
    if (typeof message === 'string') return message;
    const id = Buffer.from(message.id).toString('hex');
    return { id, again: ((body[0] as number) & AGAIN) !== 0, message };
  }

  #hand(handed: HandedMessage): void {
    if (this.#subscriber === undefined) return;
    const again = handed.again || this.#wasHanded;
    this.#wasHanded = true;
    this.#subscriber.hand({ ...handed, again });
  }
}
