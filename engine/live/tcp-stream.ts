/**
 * One reliable stream over a real TCP socket (engine/host/stream.ts).
 *
 * Streams can be half-open as in TCP, with back-pressure in both directions. Errors end the stream with a name and are
 * never thrown. Does not know whether the other end of the socket is the peer or the relay.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Endpoint, SendResult } from '../host/socket.ts';
import type { Stream, StreamError, StreamHandlers, StreamTlsOptions } from '../host/stream.ts';
import { classifyStreamError, resetSocket } from './tcp-errors.ts';
import { startTls } from './tls.ts';

/** Number of queued bytes at which a node that ignores `full` loses the stream. */
const QUEUE_MAX_BYTES = 64 * 1024 * 1024;
/** Memory that a waiting piece takes besides its bytes, for its array and its write request, bytes. */
const PIECE_COST_BYTES = 512;
/** Time after which a TLS handshake has failed, ms; the same as in Node's own TLS server. */
const HANDSHAKE_MAX_MS = 120_000;

/** What a stream needs from its host. */
export interface StreamSetup {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Runs node code as an event, unless the node has crashed. */
  readonly asEvent: (call: () => void) => void;
}

/** One reliable stream over a real TCP socket, with TLS over it if asked for. */
export class TcpStream implements Stream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #asEvent: (call: () => void) => void;
  /** The TCP socket, which lies below TLS if there is TLS. */
  readonly #bottom: Socket;
  /** The socket through which bytes pass: the TCP socket itself, or TLS over it. */
  #top: Socket;
  #handlers: StreamHandlers | undefined;
  #failure: StreamError | undefined;
  /** Removes our listeners from the socket. */
  #detach: () => void = () => undefined;
  #isPaused = false;
  #isOver = false;
  /** Number of pieces that wait in the socket. */
  #pieces = 0;
  readonly #sent = (): void => {
    this.#pieces -= 1;
  };

  constructor(socket: Socket, setup: StreamSetup) {
    this.local = setup.local;
    this.remote = setup.remote;
    this.#asEvent = setup.asEvent;
    this.#bottom = socket;
    this.#top = socket;
    socket.on('error', (error) => this.#failed(classifyStreamError(error)));
  }

  handle(handlers: StreamHandlers): void {
    const isFirst = this.#handlers === undefined;
    this.#handlers = handlers;
    if (isFirst) this.#attach(this.#top);
  }

  write(bytes: Uint8Array): SendResult {
    const socket = this.#top;
    if (this.#isOver || !socket.writable) return 'sent';
    this.#pieces += 1;
    const hasRoom = socket.write(bytes.slice(), this.#sent);
    if (socket.writableLength + this.#pieces * PIECE_COST_BYTES > QUEUE_MAX_BYTES) this.reset();
    return hasRoom ? 'sent' : 'full';
  }

  end(): void {
    if (!this.#isOver) this.#top.end();
  }

  reset(): void {
    if (this.#isOver) return;
    if (this.#top !== this.#bottom) this.#top.destroy();
    resetSocket(this.#bottom);
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) this.#top.pause();
    else if (this.#handlers !== undefined) this.#top.resume();
  }

  secure(options: StreamTlsOptions, done: (error?: StreamError) => void): void {
    let isDecided = false;
    const decide = (error?: StreamError): void => {
      if (isDecided) return;
      isDecided = true;
      clearTimeout(alarm);
      if (error !== undefined) this.#failed(error);
      this.#asEvent(() => done(error));
    };
    const top = this.#startTls(options, () => decide());
    const alarm = setTimeout(() => top?.destroy(), HANDSHAKE_MAX_MS);
    if (top === undefined) {
      setImmediate(() => decide('secure-failed'));
      return;
    }
    top.on('error', (error) => {
      if (isDecided) this.#failed(classifyStreamError(error));
      else decide('secure-failed');
    });
    // The peer has given up the handshake; without this handler, the half-open stream would wait
    // for ever.
    top.once('end', () => {
      if (!isDecided) top.destroy();
    });
    top.once('close', () => {
      decide('secure-failed');
      // Node leaves the connection below an abandoned handshake open.
      this.#bottom.destroy();
    });
    this.#top = top;
    if (this.#handlers !== undefined) this.#attach(top);
  }

  /** Sets the reason with which the stream will end; the socket itself will only report a reset. */
  expect(reason: StreamError): void {
    this.#failed(reason);
  }

  /** Ends the stream without telling its owner. */
  abandon(): void {
    this.#isOver = true;
    // TLS is destroyed first: if the TCP connection were closed first, a pending write of TLS would
    // never complete, and Node 20 waits for that write for ever when the thread ends.
    if (this.#top !== this.#bottom) this.#top.destroy();
    resetSocket(this.#bottom);
  }

  /** Begins TLS; undefined if the stream is no longer open, or certificates cannot be read. */
  #startTls(options: StreamTlsOptions, onSecure: () => void): Socket | undefined {
    if (this.#isOver || this.#bottom.destroyed || this.#top !== this.#bottom) return undefined;
    try {
      const top = startTls(this.#bottom, options, onSecure);
      this.#detach();
      return top;
    } catch (error) {
      this.#failed('secure-failed');
      this.#bottom.destroy(error instanceof Error ? error : undefined);
      return undefined;
    }
  }

  #failed(reason: StreamError): void {
    this.#failure ??= reason;
  }

  #attach(socket: Socket): void {
    const onData = (chunk: Buffer): void => {
      // Not a Buffer, because its `slice` would share the bytes that a node wants to copy.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#tell((handlers) => handlers.onData(bytes, 0, bytes.length));
    };
    const onEnd = (): void => this.#tell((handlers) => handlers.onEnd?.());
    const onDrain = (): void => this.#tell((handlers) => handlers.onDrain?.());
    const onClose = (): void => {
      this.#tell((handlers) => {
        this.#isOver = true;
        handlers.onClose?.(this.#failure);
      });
    };
    socket.on('data', onData).on('end', onEnd).on('drain', onDrain).on('close', onClose);
    this.#detach = (): void => {
      socket.off('data', onData).off('end', onEnd).off('drain', onDrain).off('close', onClose);
    };
    if (this.#isPaused) socket.pause();
    else socket.resume();
  }

  #tell(call: (handlers: StreamHandlers) => void): void {
    const handlers = this.#handlers;
    if (handlers === undefined || this.#isOver) return;
    this.#asEvent(() => call(handlers));
  }
}
