/**
 * Numbers for senders that nobody in this world has named: a bounded table in which a newcomer
 * replaces an entry that has been silent.
 *
 * A forged source address costs its sender nothing, so no table may keep all addresses. A number is
 * reused only after 2^29 others, so code that has kept a number never answers another sender by mistake.
 *
 * @module
 */
import type { Endpoint } from '../host/socket.ts';

/** IP address and port of a sender. */
export interface AddressAndPort {
  readonly address: string;
  readonly port: number;
}

/** Bounds of a table of guests. */
export interface GuestEndpointOptions {
  /** The first number that the table assigns to a guest. */
  readonly first: Endpoint;
  /** How many numbers the table can assign. */
  readonly span: number;
  /** Largest number of guests at the same time, unless more are held. */
  readonly limit: number;
}

interface Guest {
  readonly pair: AddressAndPort;
  readonly endpoint: Endpoint;
  /** True if the guest was active since the clock hand last passed it (CLOCK replacement). */
  isHeard: boolean;
  /** Number of connections that hold the guest. */
  holds: number;
}

/** A bounded table of numbers for unknown senders, in which a newcomer replaces a silent one. */
export class GuestEndpoints {
  readonly #options: GuestEndpointOptions;
  /** Guests by `address:port`. */
  readonly #byPlace = new Map<string, Guest>();
  readonly #byNumber = new Map<Endpoint, Guest>();
  /**
   * All guests, over which the clock hand goes around (second-chance replacement; an exact order of last use would
   * cost a list operation per datagram).
   */
  readonly #places: Guest[] = [];
  #hand = 0;
  #next = 0;

  constructor(options: GuestEndpointOptions) {
    this.#options = options;
  }

  /** Number of present guests. */
  get size(): number {
    return this.#places.length;
  }

  /** The number of a guest from which something was just received. */
  meet(address: string, port: number): Endpoint {
    const key = keyOf(address, port);
    const known = this.#byPlace.get(key);
    if (known !== undefined) {
      known.isHeard = true;
      return known.endpoint;
    }
    const pair = { address, port };
    const guest = { pair, endpoint: this.#freeBlockNumberIn(), isHeard: false, holds: 0 };
    this.#place(guest);
    this.#byPlace.set(key, guest);
    this.#byNumber.set(guest.endpoint, guest);
    return guest.endpoint;
  }

  /** The sender with the given number; undefined after another has replaced it. */
  pairOf(endpoint: Endpoint): AddressAndPort | undefined {
    return this.#byNumber.get(endpoint)?.pair;
  }

  /**
   * Keeps a guest because a connection is open, until {@link letGo} was called as often as this method.
   */
  hold(endpoint: Endpoint): void {
    const guest = this.#byNumber.get(endpoint);
    if (guest !== undefined) guest.holds += 1;
  }

  /** Undoes one call of {@link hold}. */
  letGo(endpoint: Endpoint): void {
    const guest = this.#byNumber.get(endpoint);
    if (guest !== undefined) guest.holds -= 1;
  }

  #freeBlockNumberIn(): Endpoint {
    const { first, span } = this.#options;
    while (this.#byNumber.has(first + this.#next)) this.#next = (this.#next + 1) % span;
    const endpoint = first + this.#next;
    this.#next = (this.#next + 1) % span;
    return endpoint;
  }

  /** Adds a guest; in a full table, it replaces a guest that has been silent (the clock algorithm). */
  #place(guest: Guest): void {
    const places = this.#places;
    if (places.length < this.#options.limit) {
      places.push(guest);
      return;
    }
    // The clock hand passes all guests at most twice, because its first round clears `isHeard` of
    // every guest.
    for (let asked = 0; asked < 2 * places.length; asked += 1) {
      const at = this.#hand;
      const old = places[at] as Guest;
      this.#hand = (at + 1) % places.length;
      if (old.isHeard || old.holds > 0) {
        old.isHeard = false;
        continue;
      }
      this.#byPlace.delete(keyOf(old.pair.address, old.pair.port));
      this.#byNumber.delete(old.endpoint);
      places[at] = guest;
      return;
    }
    // All guests are held: the table grows beyond its limit, by no more than the number of accepted connections.
    places.push(guest);
  }
}

function keyOf(address: string, port: number): string {
  return `${address}:${port}`;
}
