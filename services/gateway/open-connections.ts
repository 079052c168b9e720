/**
 * The open connections of a server, and which of them ends when there is one too many: with TLS, one whose handshake is not
 * over before any other, so that strangers end only each other.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** A connection, from its TCP handshake on. */
interface OpenConnection {
  readonly socket: Socket;
  /** Number of requests that have arrived and are not answered. */
  requests: number;
}

/** Bounds the connections of a server. */
export class OpenConnections {
  /** Those in a TLS handshake, by their other ends, the oldest first. */
  readonly #strangers = new Map<string, OpenConnection>();
  /** The others, by their other ends, the longest idle first. */
  readonly #known = new Map<string, OpenConnection>();
  readonly #most: number;
  readonly #isTls: boolean;

  /** @param most Largest number; with TLS, one more may be in its handshake. */
  constructor(most: number, { isTls }: { readonly isTls: boolean }) {
    this.#most = most;
    this.#isTls = isTls;
  }

  get size(): number {
    return this.#strangers.size + this.#known.size;
  }

  /** Takes a connection; with one too many, another one ends. */
  add(socket: Socket): void {
    const name = endOf(socket);
    socket.once('close', () => this.#forget(name));
    if (!this.#isTls) {
      this.#know(name, { socket, requests: 0 });
      return;
    }
    const [oldest] = this.#strangers.values();
    if (this.size >= this.#most && oldest !== undefined) this.#end(oldest);
    this.#strangers.set(name, { socket, requests: 0 });
  }

  /** The TLS handshake of a connection is over. */
  admit(socket: Socket): void {
    const name = endOf(socket);
    const one = this.#strangers.get(name);
    if (one === undefined) return;
    this.#strangers.delete(name);
    this.#know(name, one);
  }

  /** A request has arrived completely. @returns what to call when it is answered; undefined for a connection that is closed. */
  begin(socket: Socket): (() => void) | undefined {
    const name = endOf(socket);
    const open = this.#known.get(name);
    if (open === undefined) return undefined;
    open.requests += 1;
    return (): void => {
      open.requests -= 1;
      // It is now the last that became idle.
      if (this.#known.delete(name)) this.#known.set(name, open);
    };
  }

  /** Ends all. */
  close(): void {
    for (const one of [...this.#strangers.values(), ...this.#known.values()]) this.#end(one);
  }

  /** Keeps a connection; with one too many, one that has said nothing ends, else the longest idle. */
  #know(name: string, one: OpenConnection): void {
    this.#known.set(name, one);
    if (this.size <= this.#most) return;
    const known = [...this.#known.values()];
    const silent = known.find(({ socket }) => socket.bytesRead === 0 && socket !== one.socket);
    const ended = silent ?? known.find(({ requests }) => requests === 0);
    if (ended !== undefined) this.#end(ended);
  }

  #end({ socket }: OpenConnection): void {
    this.#forget(endOf(socket));
    socket.destroy();
  }

  #forget(name: string): void {
    this.#strangers.delete(name);
    this.#known.delete(name);
  }
}

/** The other end of a connection, which no other one has at the same time. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
