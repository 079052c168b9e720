/**
 * A channel between two threads of one process, which passes messages as structured clones. Nothing is
 * encrypted, because nobody else can reach a MessagePort, and nothing is bounded, because both sides
 * share one memory.
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import type { Channel, CloseReason } from './model.ts';

/** Posted to mark the end of the channel; messages are objects, never null. */
const END = null;

/**
 * Makes a channel from one end of a `MessageChannel`; `send` throws DataCloneError for functions.
 */
export function makePortChannel(port: MessagePort, peer: string): Channel {
  return new PortChannel(port, peer);
}

class PortChannel implements Channel {
  readonly peer: string;
  readonly #port: MessagePort;
  #onMessage: Channel['onMessage'] = () => undefined;
  #onClose: Channel['onClose'] | undefined;
  #reason: CloseReason | undefined;
  #isTold = false;
  #isReading = false;

  constructor(port: MessagePort, peer: string) {
    this.#port = port;
    this.peer = peer;
    // This event also comes when the other thread has ended.
    port.on('close', () => this.#finish('connection lost'));
  }

  get onMessage(): Channel['onMessage'] {
    return this.#onMessage;
  }

  set onMessage(handler: Channel['onMessage']) {
    this.#onMessage = handler;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#port.on('message', (message: unknown) => {
      if (this.#reason !== undefined) return;
      if (message === END) this.#end('peer closed');
      else this.#onMessage(message);
    });
  }

  get onClose(): Channel['onClose'] {
    return this.#onClose ?? ((): void => undefined);
  }

  set onClose(handler: Channel['onClose']) {
    this.#onClose = handler;
    this.#tellReason();
  }

  send(message: object): void {
    if (this.#reason === undefined) this.#port.postMessage(message);
  }

  close(): void {
    if (this.#reason !== undefined) return;
    this.#port.postMessage(END);
    this.#end('closed');
  }

  #end(reason: CloseReason): void {
    this.#finish(reason);
    this.#port.close();
  }

  #finish(reason: CloseReason): void {
    this.#reason ??= reason;
    this.#tellReason();
  }

  /** Reports the reason in a separate event, so that callbacks never run inside `close`. */
  #tellReason(): void {
    queueMicrotask(() => {
      if (this.#isTold || this.#reason === undefined || this.#onClose === undefined) return;
      this.#isTold = true;
      this.#onClose(this.#reason);
    });
  }
}
