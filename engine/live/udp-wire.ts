/**
 * One real UDP socket, here called a wire, by the rules of docs/spec/live.md#sockets: the address is looked up
 * synchronously, so that the bytes are taken when `send` returns; a buffer is returned only when
 * Node does not read it any more; the receive buffer holds hundreds of datagrams.
 *
 * Node sends a datagram at once, unless the kernel accepts none or Node was started to send in groups;
 * then the datagrams of one turn of the event loop wait in a queue (ADR 0016). Every {@link CHECK_EVERY} sends, a wire
 * checks how many datagrams are in the queue, and returns the buffers of the datagrams that have left.
 * The queue is bounded, and is sent before the port is freed.
 *
 * Errors are reported, never thrown. Does not shape, count or route.
 *
 * @module
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

/**
 * Size of the receive buffer, bytes: about 900 datagrams of 1,000 bytes instead of 92; the system may grant less. That
 * is 90 ms at 10,000 datagrams/s, so a pause of the process loses none. In a buffer four times as large, datagrams
 * would wait so long that they are useless to an application, that their path is declared dead, and that they are older
 * than a replay window of 1,024 when the path changes.
 */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;
/** Largest number of datagrams that wait in the process: about as many as the receiver's buffer holds. */
const SEND_QUEUE_MAX = 4_096;
/** Number of sends between two checks of the queue; a check costs a tenth of a microsecond. */
const CHECK_EVERY = 32;
/**
 * Largest number of turns of the event loop for which a closed wire waits for its queue to be sent; normally one is
 * enough.
 */
const DRAIN_TURNS_MAX = 100;

/** Callbacks of a {@link BoundUdpSocket} to its owner. */
export interface BoundUdpSocketHandlers {
  /** Called for each datagram; the array is fresh and belongs to the handler. */
  readonly onMessage: (bytes: Uint8Array, address: string, port: number) => void;
  /** Called with the name of an error after binding, e.g. `ECONNREFUSED`. */
  readonly onError: (reason: string) => void;
  /** Called with the buffers of datagrams that have left, in order, up to {@link CHECK_EVERY} sends later. */
  readonly onSent?: (buffer: Uint8Array) => void;
}

/** `taken`: the wire sends the datagram now or later; `full`: its queue has no room, or the wire is closed. */
export type UdpSendResult = 'taken' | 'full';

/** A bound UDP socket with a bounded queue; hands each buffer back when the datagram has left. */
export class BoundUdpSocket {
  /** The buffer size that the system granted, bytes. */
  readonly receiveBufferBytes: number;
  readonly #socket: Socket;
  readonly #onSent: (buffer: Uint8Array) => void;
  /** Buffers of datagrams that may still be queued, oldest first. */
  #held: Uint8Array[] = [];
  /** Number of held buffers at which the wire next checks which datagrams have left. */
  #checkAt = CHECK_EVERY;
  #isOpen = true;
  #isFreed = false;
  #lost = 0;
  readonly #onFreed: (() => void)[] = [];

  private constructor(socket: Socket, onSent: (buffer: Uint8Array) => void) {
    this.#socket = socket;
    this.#onSent = onSent;
    this.receiveBufferBytes = socket.getRecvBufferSize();
  }

  /**
   * Binds a socket within this call.
   * @returns the wire, or the name of the error, e.g. `EADDRINUSE`, `EADDRNOTAVAIL`.
   */
  static bind(
    address: string,
    port: number,
    handlers: BoundUdpSocketHandlers,
  ): BoundUdpSocket | string {
    const socket = createSocket({ type: 'udp4', lookup: lookUpNothing });
    let failure: string | undefined;
    let wire: BoundUdpSocket | undefined;
    socket.on('error', (error) => {
      const reason = reasonOf(error);
      if (wire !== undefined) handlers.onError(reason);
      else failure = reason;
    });
    socket.on('message', (message: Buffer, from: RemoteInfo) => {
      if (wire?.isOpen !== true) return;
      // Not a Buffer, because its `slice` would share the bytes that a node wants to copy.
      const bytes = new Uint8Array(message.buffer, message.byteOffset, message.length);
      handlers.onMessage(bytes, from.address, from.port);
    });
    socket.bind({ address, port, exclusive: true });
    if (failure !== undefined) {
      socket.close();
      return failure;
    }
    widen(socket, handlers);
    wire = new BoundUdpSocket(socket, handlers.onSent ?? forget);
    return wire;
  }

  /** True until the wire is closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Upper bound of the number of datagrams that were taken but had not left when the port was freed. */
  get lost(): number {
    return this.#lost;
  }

  // hot: once per datagram and hop.
  /**
   * Sends a datagram, within this call or in the next turn of the event loop.
   * @param bytes Must not change until `buffer` is returned.
   * @param buffer Passed to `onSent` in the end, unless the wire is full.
   */
  send(bytes: Uint8Array, to: UdpAddress, buffer: Uint8Array = bytes): UdpSendResult {
    if (!this.#isOpen) return 'full';
    if (this.#held.length >= this.#checkAt && this.#collectSent() >= SEND_QUEUE_MAX) return 'full';
    this.#socket.send(bytes, to.port, to.address);
    this.#held.push(buffer);
    return 'taken';
  }

  /**
   * Stops receiving and sending. The port is free when this returns; but if datagrams are queued, it is free when they
   * have left, a turn or two later.
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#drain(DRAIN_TURNS_MAX);
  }

  /** Closes the wire and frees the port within this call, whatever is queued. */
  abandon(): void {
    this.#isOpen = false;
    if (!this.#isFreed) this.#free(this.#collectSent());
  }

  /** Runs `call` when the closed wire has freed its port; immediately if the port is free already. */
  onceFreed(call: () => void): void {
    if (this.#isFreed) call();
    else this.#onFreed.push(call);
  }

  /** Passes the buffers of datagrams that have left to `onSent`. @returns the number of queued datagrams. */
  #collectSent(): number {
    const waiting = this.#socket.getSendQueueCount();
    const left = this.#held.length - waiting;
    // Datagrams leave in the order in which they were queued.
    for (let index = 0; index < left; index += 1) this.#onSent(this.#held[index] as Uint8Array);
    if (left > 0) this.#held = waiting === 0 ? [] : this.#held.slice(left);
    this.#checkAt = Math.min(waiting + CHECK_EVERY, SEND_QUEUE_MAX);
    return waiting;
  }

  #drain(turns: number): void {
    if (this.#isFreed) return;
    const waiting = this.#collectSent();
    if (waiting === 0 || turns === 0) this.#free(waiting);
    else setImmediate(() => this.#drain(turns - 1));
  }

  #free(lost: number): void {
    this.#isFreed = true;
    this.#lost = lost;
    this.#socket.close();
    for (const call of this.#onFreed) call();
  }
}

/** The destination of a datagram. */
export interface UdpAddress {
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

function forget(): void {
  // Nothing to do: the garbage collector frees the buffer.
}

function widen(socket: Socket, handlers: BoundUdpSocketHandlers): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    // The socket works with what the system grants; the run's report shows the size.
    handlers.onError(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : String(error);
}
