/**
 * The open connections of a server, and which of them ends when there is one too many: with TLS, those in a handshake have room
 * of their own, so that strangers end only each other; one with a request in hand never ends.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** Number of connections in their TLS handshakes for which there is always room. */
export const STRANGERS_MIN = 64;

/** A connection, from its TCP handshake on. */
interface OpenConnection {
  readonly name: string;
  readonly socket: Socket;
  /** Number of requests that have arrived and are not answered. */
  requests: number;
}

/** Where the other end of a connection is. */
type OtherEnd = Partial<Pick<Socket, 'remoteAddress' | 'remotePort'>>;

/** Bounds the connections of a server. */
export class OpenConnections {
  /** Those in a TLS handshake, by their other ends, the oldest first. */
  readonly #strangers = new Map<string, OpenConnection>();
  /** The others, by their other ends, the longest idle first. */
  readonly #known = new Map<string, OpenConnection>();
  readonly #most: number;
  readonly #isTls: boolean;

  /** @param most Largest number; with TLS, {@link STRANGERS_MIN} more may be in their handshakes. */
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
    // Its end may have been that of another one, whose close is still to be told.
    this.#strangers.delete(name);
    this.#known.delete(name);
    const one = { name, socket, requests: 0 };
    socket.once('close', () => this.#forget(one));
    if (!this.#isTls) {
      this.#know(one);
      return;
    }
    const [oldest] = this.#strangers.values();
    const room = Math.max(STRANGERS_MIN, this.#most - this.#known.size);
    if (this.#strangers.size >= room && oldest !== undefined) this.#end(oldest);
    this.#strangers.set(name, one);
  }

  /** The TLS handshake of a connection is over. */
  admit(socket: Socket): void {
    const name = endOf(socket);
    const one = this.#strangers.get(name);
    if (one === undefined) return;
    this.#strangers.delete(name);
    this.#know(one);
  }

  /** A request has arrived completely. @returns what to call when it is answered; undefined for a connection that is closed. */
  begin(end: OtherEnd): (() => void) | undefined {
    const name = endOf(end);
    const open = this.#known.get(name);
    if (open === undefined) return undefined;
    open.requests += 1;
    return (): void => {
      open.requests -= 1;
      // It is now the last that became idle.
      if (this.#known.get(name) !== open) return;
      this.#known.delete(name);
      this.#known.set(name, open);
    };
  }

  /** Ends all. */
  close(): void {
    for (const one of [...this.#strangers.values(), ...this.#known.values()]) this.#end(one);
  }

  /** Keeps a connection; with one too many, one that has said nothing ends, else the longest idle, which may be this one. */
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
    for (const kept of [this.#strangers, this.#known]) {
      if (kept.get(one.name) === one) kept.delete(one.name);
    }
  }
}

/** The other end of a connection, which no other open one has. */
function endOf({ remoteAddress, remotePort }: OtherEnd): string {
  return `${remoteAddress} ${remotePort}`;
}
