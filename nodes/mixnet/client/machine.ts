/**
 * A client of a mixnet, without sockets and timers: what it sends and when, and what it makes of
 * what it retrieves (project spec mixnet 3.3, 3.7).
 *
 * Drive it like this: arm one timer for `nextAt()`, call `tick` when it fires; hand in documents,
 * messages to send and messages retrieved; read `nextAt()` again after every call.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { DirectoryDocument } from '../directory/index.ts';
import type { SubmitRefusal } from './drops.ts';
import type { ClientParts, RetrievedMessage } from './parts.ts';

/** See the module. */
export class ClientMachine {
  readonly #parts: ClientParts;
  #document: DirectoryDocument | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Takes a document over; the first one starts the traffic processes. */
  useDocument(_now: Nanoseconds, document: DirectoryDocument): void {
    this.#document = document;
  }

  /**
   * Takes a message over, to be sent as the payload process allows.
   * @param to Name of a contact.
   * @param body Copied; may be longer than a packet.
   * @returns the number under which it is settled, or why it is refused (counted as a drop too).
   */
  submit(
    _now: Nanoseconds,
    to: string,
    _body: Uint8Array,
  ): { readonly message: number } | { readonly refusal: SubmitRefusal } {
    if (this.#parts.contacts.byName(to) === undefined) return { refusal: 'contact-unknown' };
    return { refusal: 'send-queue-full' };
  }

  /** Takes in a message that the provider handed over. Never throws, whatever the bytes. */
  retrieved(_now: Nanoseconds, _message: RetrievedMessage): void {
    this.#parts.outputs.drop('message-kind');
  }

  /** Does what is due at `now`. */
  tick(_now: Nanoseconds): void {
    if (this.#document === undefined) return;
  }

  /** When to call `tick` next; undefined: not before another input. */
  nextAt(): Nanoseconds | undefined {
    return undefined;
  }

  /** Names a broken invariant of the state, or undefined. */
  invariant(): string | undefined {
    return undefined;
  }
}
