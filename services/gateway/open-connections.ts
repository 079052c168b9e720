/**
 * The open connections of a server. When there is one too many, one of them is closed. With TLS,
 * connections whose handshake is not finished have a bound of their own, so that unknown clients
 * displace only each other. A connection with a request in progress is never closed.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** Number of connections for which there is always room during their TLS handshakes. */
export const HANDSHAKES_MIN = 64;

/** A connection, from its TCP handshake on. */
interface OpenConnection {
  readonly name: string;
  readonly socket: Socket;
  /** Number of requests that have arrived and are not yet answered. */
  requests: number;
}

/** Address and port of the other end of a connection. */
type OtherEnd = Partial<Pick<Socket, 'remoteAddress' | 'remotePort'>>;

/** Bounds the number of connections of a server. */
export class OpenConnections {
  /** Connections in a TLS handshake, by their other ends, the oldest first. */
  readonly #inHandshake = new Map<string, OpenConnection>();
  /** All other connections, by their other ends, the longest idle first. */
  readonly #known = new Map<string, OpenConnection>();
  readonly #most: number;
  readonly #isTls: boolean;

  /**
   * @param most Largest number of connections; with TLS, {@link HANDSHAKES_MIN} more may be in their
   * handshakes.
   */
  constructor(most: number, { isTls }: { readonly isTls: boolean }) {
    this.#most = most;
    this.#isTls = isTls;
  }

  get size(): number {
    return this.#inHandshake.size + this.#known.size;
  }

  /** Adds a connection; if there is now one too many, another one is closed. */
  add(socket: Socket): void {
    const name = endOf(socket);
    // An earlier connection may have had the same other end, and its `close` event may not have
    // come yet.
    this.#inHandshake.delete(name);
    this.#known.delete(name);
    const one = { name, socket, requests: 0 };
    socket.once('close', () => this.#forget(one));
    if (!this.#isTls) {
      this.#know(one);
      return;
    }
    const [oldest] = this.#inHandshake.values();
    const room = Math.max(HANDSHAKES_MIN, this.#most - this.#known.size);
    if (this.#inHandshake.size >= room && oldest !== undefined) this.#end(oldest);
    this.#inHandshake.set(name, one);
  }

  /** Called when the TLS handshake of a connection has succeeded. */
  admit(socket: Socket): void {
    const name = endOf(socket);
    const one = this.#inHandshake.get(name);
    if (one === undefined) return;
    this.#inHandshake.delete(name);
    this.#know(one);
  }

  /**
   * Called when a request has arrived completely.
   * @returns the function to call when the request is answered; undefined if its connection is
   * closed.
   */
  begin(end: OtherEnd): (() => void) | undefined {
    const name = endOf(end);
    const open = this.#known.get(name);
    if (open === undefined) return undefined;
    open.requests += 1;
    return (): void => {
      open.requests -= 1;
      // Moves the connection to the end of the list, because it is the last one that became idle.
      if (this.#known.get(name) !== open) return;
      this.#known.delete(name);
      this.#known.set(name, open);
    };
  }

  /** Closes all connections. */
  close(): void {
    for (const one of [...this.#inHandshake.values(), ...this.#known.values()]) this.#end(one);
  }

  /**
   * Adds a connection to the known ones. If there is one too many, closes another one that
   * has not sent anything yet; if all have, closes the one without requests that has been idle
   * longest, which may be the new one.
   */
  #know(one: OpenConnection): void {
    this.#known.set(one.name, one);
    if (this.#known.size <= this.#most) return;
    const known = [...this.#known.values()];
    const silent = known.find(({ socket }) => socket.bytesRead === 0 && socket !== one.socket);
    const ended = silent ?? known.find(({ requests }) => requests === 0);
    if (ended !== undefined) this.#end(ended);
  }

  #end(one: OpenConnection): void {
    this.#forget(one);
    one.socket.destroy();
  }

  #forget(one: OpenConnection): void {
    for (const kept of [this.#inHandshake, this.#known]) {
      if (kept.get(one.name) === one) kept.delete(one.name);
    }
  }
}

/** Text for the other end of a connection; no two open connections have the same. */
function endOf({ remoteAddress, remotePort }: OtherEnd): string {
  return `${remoteAddress} ${remotePort}`;
}
