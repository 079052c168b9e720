/**
 * Sends to a WebSocket whose far end perhaps does not read. Waiting data are counted in messages
 * as well as in bytes, since a short message costs many times its length. While many messages wait, nothing
 * is read from the far end, so that nothing more has to be answered. If far more wait, the connection is cut off.
 *
 * Pings of the far end count as well: the server must not answer them automatically
 * (`autoPong: false`).
 *
 * @module
 */
import type { WebSocket } from 'ws';

/** Number of waiting messages from which on nothing more is read from the far end. */
const READING_MAX = 256;
/** Number of waiting messages above which the connection is cut off: one read may bring ten thousand frames. */
const WAITING_MAX = 16_384;

/** Limit of a {@link BoundedWebSocket}, and its callbacks. */
export interface BoundedWebSocketOptions {
  /** Largest number of bytes that may wait. */
  readonly bytesMax: number;
  /** Called when everything has been sent. */
  readonly onIdle?: () => void;
  /** Called when the connection was cut off because its far end does not read. */
  readonly onCut?: () => void;
}

/**
 * Sends to a WebSocket; stops reading from a far end that does not read, and finally cuts it off.
 */
export class BoundedWebSocket {
  readonly #client: WebSocket;
  readonly #options: BoundedWebSocketOptions;
  #waiting = 0;
  #isPaused = false;
  #isPonging = false;
  #nextPong: Buffer | undefined;

  constructor(client: WebSocket, options: BoundedWebSocketOptions) {
    this.#client = client;
    this.#options = options;
    client.on('ping', (data) => this.#pong(data));
  }

  /** Number of messages that wait to be sent. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Sends a message; does nothing if the connection has ended, and cuts it off if too much waits. */
  send(message: string): void {
    const client = this.#client;
    if (client.readyState !== client.OPEN) return;
    const isLong = client.bufferedAmount > this.#options.bytesMax;
    if (isLong || this.#waiting >= WAITING_MAX) {
      client.terminate();
      this.#options.onCut?.();
      return;
    }
    this.#waiting += 1;
    client.send(message, () => this.#sent());
    this.#pace();
  }

  #sent(): void {
    this.#waiting -= 1;
    this.#pace();
    if (this.#waiting === 0) this.#options.onIdle?.();
  }

  #pace(): void {
    const isPaused = this.#waiting > (this.#isPaused ? 0 : READING_MAX);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#client.pause();
    else this.#client.resume();
  }

  /** Answers a ping; if several come before the pong has left, only the last one (RFC 6455 section 5.5.3). */
  #pong(data: Buffer): void {
    if (this.#isPonging) {
      this.#nextPong = data;
      return;
    }
    this.#isPonging = true;
    this.#client.pong(data, false, () => {
      this.#isPonging = false;
      const next = this.#nextPong;
      this.#nextPong = undefined;
      if (next !== undefined && this.#client.readyState === this.#client.OPEN) this.#pong(next);
    });
  }
}
