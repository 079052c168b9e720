/**
 * Sends to a WebSocket whose far end perhaps does not read. Data that waits is counted in messages
 * as well as in bytes, since a short message costs many times its length. While many wait, nothing
 * is read from the far end, so that nothing more has to be answered; if far more wait, it is cut off.
 *
 * Pings of the far end count as well: the server must not answer them by itself (`autoPong: false`).
 *
 * @module
 */
import type { WebSocket } from 'ws';

/** Messages that may wait before nothing more is read. */
const READING_MAX = 256;
/** Messages that may wait at all: one read of the socket may bring some ten thousand frames. */
const WAITING_MAX = 16_384;

/** Limits of a socket, and who is told of its end or idleness. */
export interface BoundedWebSocketOptions {
  /** Bytes that may wait. */
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

  /** Sends a message, unless the connection has ended or ends now. */
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

  /** RFC 6455 section 5.5.3: of pings that came before the answer has left, the last is answered. */
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
