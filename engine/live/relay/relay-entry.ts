/**
 * The entry port of the relay: a port of 127.0.0.1 at which streams of this process enter the relay. Makes pairs
 * of joined TCP sockets, one for the client of a stream and one for the relay.
 *
 * A connection of any other program is cut off before a byte is read: an accepted socket is kept only if its remote
 * port is the local port of one of our sockets that is connecting.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK_ADDRESS } from '../port-plan.ts';

/** Two ends of one connection within this process. */
export interface SocketPair {
  readonly client: Socket;
  readonly relay: Socket;
}

/** Called once, with the pair or with the system's error. */
export type SocketPairCallback = (
  pair: SocketPair | undefined,
  error?: NodeJS.ErrnoException,
) => void;

interface Attempt {
  readonly client: Socket;
  relay: Socket | undefined;
  isConnected: boolean;
  readonly done: SocketPairCallback;
}

const HALF_OPEN = { allowHalfOpen: true, noDelay: true };

/** A port of 127.0.0.1 that makes pairs of joined TCP sockets, and admits no other program. */
export class RelayEntryPort {
  readonly #attempts = new Set<Attempt>();
  /** Callbacks of pairs that were requested before the port was open. */
  #early: SocketPairCallback[] | undefined;
  #server: Server | undefined;
  #isClosed = false;

  /** The port; undefined until it is open. */
  get port(): number | undefined {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** Makes a pair of joined sockets. */
  open(done: SocketPairCallback): void {
    if (this.#isClosed) return;
    const { port } = this;
    if (port !== undefined) {
      this.#connect(port, done);
      return;
    }
    const isFirst = this.#early === undefined;
    this.#early = [...(this.#early ?? []), done];
    if (isFirst) this.#listen();
  }

  /** Closes the port and the connections that are being made. */
  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    for (const attempt of this.#attempts) this.#fail(attempt);
  }

  #listen(): void {
    const server = createServer(HALF_OPEN, (socket) => this.#admit(socket));
    this.#server = server;
    server.on('listening', () => {
      const { port } = this;
      for (const done of this.#takeEarly()) if (port !== undefined) this.#connect(port, done);
    });
    server.on('error', (error) => {
      this.#server = undefined;
      for (const done of this.#takeEarly()) done(undefined, error);
    });
    server.listen({ host: LOOPBACK_ADDRESS, port: 0, exclusive: true });
    server.unref();
  }

  #takeEarly(): readonly SocketPairCallback[] {
    const early = this.#early ?? [];
    this.#early = undefined;
    return early;
  }

  #connect(port: number, done: SocketPairCallback): void {
    const client = connect({
      host: LOOPBACK_ADDRESS,
      port,
      localAddress: LOOPBACK_ADDRESS,
      ...HALF_OPEN,
    });
    const attempt: Attempt = { client, relay: undefined, isConnected: false, done };
    this.#attempts.add(attempt);
    client.once('connect', () => {
      attempt.isConnected = true;
      this.#settle(attempt);
    });
    client.on('error', (error) => {
      if (!this.#attempts.has(attempt)) return;
      this.#fail(attempt);
      done(undefined, error);
    });
  }

  #admit(socket: Socket): void {
    // Without a listener, an error of the socket would end the process.
    socket.on('error', () => socket.destroy());
    const { remotePort } = socket;
    const attempt = [...this.#attempts].find(({ client }) => client.localPort === remotePort);
    if (attempt === undefined || attempt.relay !== undefined) {
      socket.destroy();
      return;
    }
    attempt.relay = socket;
    this.#settle(attempt);
  }

  #settle(attempt: Attempt): void {
    const { client, relay, isConnected, done } = attempt;
    if (relay === undefined || !isConnected) return;
    this.#attempts.delete(attempt);
    done({ client, relay });
  }

  #fail(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    attempt.client.destroy();
    attempt.relay?.destroy();
  }
}
