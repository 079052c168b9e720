/**
 * One end of a relayed stream: joins a real TCP socket to a stream over the links of the run
 * (docs/spec/live.md#streams).
 *
 * Bytes, half-close and reset are passed on in both directions. If one side does not take bytes, the other is stopped:
 * at most the limit of the stream's send queue and one read of the socket wait here. Does not make connections.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Stream, StreamError } from '../../host/stream.ts';
import { resetSocket } from '../tcp-errors.ts';

/** What an end needs from its relay. */
export interface RelayEndSetup {
  /** Runs code after the links have caught up with the present instant. */
  readonly enter: (code: () => void) => void;
  /** Called once, when the stream has closed; the argument is undefined if it ended in order, else the reason. */
  readonly onClosed: (error: StreamError | undefined) => void;
}

/** One end of a relayed stream: passes bytes between a real TCP socket and a modelled stream. */
export class RelayEnd {
  readonly #stream: Stream;
  readonly #setup: RelayEndSetup;
  #socket: Socket | undefined;
  /** How the stream ended; undefined while it is open. */
  #ending: { readonly error: StreamError | undefined } | undefined;
  #isAbandoned = false;

  constructor(stream: Stream, setup: RelayEndSetup) {
    this.#stream = stream;
    this.#setup = setup;
    // Bytes wait in the stream, whose window closes, until there is a socket.
    stream.setPaused(true);
    stream.handle({
      onData: (buffer, offset, length) => this.#toSocket(buffer.slice(offset, offset + length)),
      onEnd: () => this.#socket?.end(),
      onDrain: () => this.#socket?.resume(),
      onClose: (error) => this.#closed(error),
    });
  }

  /** Joins the socket; bytes flow from here on. */
  attach(socket: Socket): void {
    const { enter } = this.#setup;
    this.#socket = socket;
    if (this.#isAbandoned || this.#ending !== undefined) {
      resetSocket(socket);
      return;
    }
    // hot: once per read of the socket.
    socket.on('data', (chunk) => enter(() => this.#toStream(chunk)));
    socket.on('end', () => enter(() => this.#stream.end()));
    socket.on('drain', () => enter(() => this.#stream.setPaused(false)));
    socket.on('close', (hadError) => enter(() => this.#socketClosed(hadError)));
    enter(() => this.#stream.setPaused(false));
  }

  /** Gives up both sides: the peer of the stream sees a reset. */
  reset(): void {
    this.#stream.reset();
    this.#cutSocket();
  }

  /** Called when the host of this end has crashed: its stream is gone, and its socket is cut without notice. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#cutSocket();
  }

  #toStream(chunk: Uint8Array): void {
    if (this.#isAbandoned) return;
    if (this.#stream.write(chunk) === 'full') this.#socket?.pause();
  }

  #toSocket(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket === undefined || !socket.writable) return;
    if (!socket.write(bytes)) this.#stream.setPaused(true);
  }

  #closed(error: StreamError | undefined): void {
    if (this.#isAbandoned || this.#ending !== undefined) return;
    this.#ending = { error };
    this.#setup.onClosed(error);
    if (error !== undefined) this.#cutSocket();
  }

  /** Called when the socket has closed: resets the stream unless both directions ended in order. */
  #socketClosed(hadError: boolean): void {
    const socket = this.#socket;
    if (this.#isAbandoned || this.#ending !== undefined || socket === undefined) return;
    if (hadError || !socket.readableEnded || !socket.writableFinished) this.#stream.reset();
  }

  #cutSocket(): void {
    if (this.#socket !== undefined) resetSocket(this.#socket);
  }
}
