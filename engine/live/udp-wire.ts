/**
 * One real UDP socket. Everything that went wrong here once is in spec/simulation.md 9.5: the
 * address is looked up synchronously, so that the kernel has the bytes when `send` returns; a buffer
 * is used again only when no send of it waits; the receive buffer holds thousands of datagrams.
 *
 * Errors are told, never thrown. Does not shape, count or route.
 *
 * @module
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

/** Room for some 3,600 datagrams instead of 92 (9.5); the system may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** Sends that may wait in the process; the kernel of a loopback interface takes them at once. */
const SEND_QUEUE_MAX = 1_000;

/** Who uses a wire. */
export interface WireHandlers {
  /** The array is fresh and belongs to the callee. */
  readonly onMessage: (bytes: Uint8Array, address: string, port: number) => void;
  /** Name of an error after binding, e.g. `ECONNREFUSED`. */
  readonly onError: (reason: string) => void;
}

/** What became of a datagram. */
export type WireResult = 'sent' | 'queued' | 'full';

/** A bound socket. */
export class UdpWire {
  /** What the system granted, bytes. */
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  #isOpen = true;
  /** Sends waited when it was last looked at; a loopback interface takes all at once. */
  #isQueued = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.receiveBufferBytes = socket.getRecvBufferSize();
  }

  /**
   * Binds a socket within this call.
   * @returns the wire, or the name of the error, e.g. `EADDRINUSE`, `EADDRNOTAVAIL`.
   */
  static bind(address: string, port: number, handlers: WireHandlers): UdpWire | string {
    const socket = createSocket({ type: 'udp4', lookup: lookUpNothing });
    let failure: string | undefined;
    let isBound = false;
    socket.on('error', (error) => {
      const reason = reasonOf(error);
      if (isBound) handlers.onError(reason);
      else failure = reason;
    });
    socket.on('message', (message: Buffer, from: RemoteInfo) => {
      // Not a Buffer: its `slice` would share the bytes that a node means to copy.
      const bytes = new Uint8Array(message.buffer, message.byteOffset, message.length);
      handlers.onMessage(bytes, from.address, from.port);
    });
    socket.bind({ address, port, exclusive: true });
    if (failure !== undefined) {
      socket.close();
      return failure;
    }
    isBound = true;
    widen(socket, handlers);
    return new UdpWire(socket);
  }

  // hot: once per datagram and hop.
  /** Hands a datagram to the kernel; after `queued` the buffer must not be used again. */
  send(bytes: Uint8Array, to: WireTarget): WireResult {
    if (!this.#isOpen) return 'full';
    const socket = this.#socket;
    if (this.#isQueued && socket.getSendQueueCount() >= SEND_QUEUE_MAX) return 'full';
    socket.send(bytes, to.port, to.address);
    this.#isQueued = socket.getSendQueueCount() > 0;
    return this.#isQueued ? 'queued' : 'sent';
  }

  /** Frees the port within this call. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.close();
  }
}

/** Where a datagram goes. */
export interface WireTarget {
  readonly address: string;
  readonly port: number;
}

function lookUpNothing(
  address: string,
  options: unknown,
  callback: (error: Error | null, address: string, family: number) => void,
): void {
  const answer = typeof options === 'function' ? (options as typeof callback) : callback;
  answer(null, address, 4);
}

function widen(socket: Socket, handlers: WireHandlers): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    // The socket works with what the system has; the run's report names the size.
    handlers.onError(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : String(error);
}
