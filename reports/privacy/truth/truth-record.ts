/**
 * Builds a {@link RunTruth}: columns that grow, up to a bound. Messages are small integers;
 * `runner/privacy/message-observer.ts` maps packet keys to them.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import { NO_NODE, type PurposeCode, type RunTruth, type TruthEventCode } from './truth.ts';

/**
 * Largest number of events of a record, of 15 bytes each. 60 s at 5,000 messages/s over five nodes make
 * 3.6 million.
 */
const EVENTS_MAX = 12_000_000;

const EVENTS_AT_FIRST = 65_536;
const MESSAGES_AT_FIRST = 8_192;

/** What is known about a message when it is created. */
export interface NewMessage {
  readonly purpose: PurposeCode;
  /** Index of the node; {@link NO_NODE} when no node of the run created it. */
  readonly sender: number;
  readonly recipient: number;
}

/** A record that is being written. */
export class TruthRecorder {
  readonly #nodes: readonly string[];
  readonly #limit: number;
  #atNs = new Float64Array(EVENTS_AT_FIRST);
  #code = new Uint8Array(EVENTS_AT_FIRST);
  #node = new Uint16Array(EVENTS_AT_FIRST);
  #message = new Uint32Array(EVENTS_AT_FIRST);
  #count = 0;
  #purpose = new Uint8Array(MESSAGES_AT_FIRST);
  #sender = new Uint16Array(MESSAGES_AT_FIRST);
  #recipient = new Uint16Array(MESSAGES_AT_FIRST);
  #messages = 0;
  #fullNs: number | undefined;

  /**
   * @param nodes Names; events refer to nodes by index.
   * @param limit Largest number of events; later ones are dropped and {@link RunTruth.fullNs} says
   * since when.
   */
  constructor(nodes: readonly string[], limit = EVENTS_MAX) {
    assert(nodes.length < NO_NODE, `a record holds fewer than ${NO_NODE} nodes`);
    this.#nodes = nodes;
    this.#limit = limit;
  }

  /** True when no more events are recorded. */
  get isFull(): boolean {
    return this.#fullNs !== undefined;
  }

  /** Registers a new message; returns its number, counting from 0. */
  open({ purpose, sender, recipient }: NewMessage): number {
    if (this.#messages === this.#purpose.length) this.#growMessages();
    const message = this.#messages;
    this.#messages += 1;
    this.#purpose[message] = purpose;
    this.#sender[message] = sender;
    this.#recipient[message] = recipient;
    return message;
  }

  /** The creator of a message; {@link NO_NODE} when it was not a node of the run. */
  senderOf(message: number): number {
    return this.#sender[message] ?? NO_NODE;
  }

  /** Records an event; instants must not decrease. */
  add(code: TruthEventCode, message: number, node: number, atNs: number): void {
    if (this.#count >= this.#limit) {
      this.#fullNs ??= atNs;
      return;
    }
    if (this.#count === this.#code.length) this.#growEvents();
    const at = this.#count;
    this.#count += 1;
    this.#atNs[at] = atNs;
    this.#code[at] = code;
    this.#node[at] = node;
    this.#message[at] = message;
  }

  /** The record so far; it shares its columns with this builder. */
  truth(): RunTruth {
    return {
      nodes: this.#nodes,
      events: {
        count: this.#count,
        atNs: this.#atNs,
        code: this.#code,
        node: this.#node,
        message: this.#message,
      },
      messages: {
        count: this.#messages,
        purpose: this.#purpose,
        sender: this.#sender,
        recipient: this.#recipient,
      },
      ...(this.#fullNs === undefined ? {} : { fullNs: this.#fullNs }),
    };
  }

  #growEvents(): void {
    const length = this.#code.length * 2;
    this.#atNs = grown(this.#atNs, new Float64Array(length));
    this.#code = grown(this.#code, new Uint8Array(length));
    this.#node = grown(this.#node, new Uint16Array(length));
    this.#message = grown(this.#message, new Uint32Array(length));
  }

  #growMessages(): void {
    const length = this.#purpose.length * 2;
    this.#purpose = grown(this.#purpose, new Uint8Array(length));
    this.#sender = grown(this.#sender, new Uint16Array(length));
    this.#recipient = grown(this.#recipient, new Uint16Array(length));
  }
}

function grown<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
