/**
 * Numbers for senders that nobody in this world has named: a bounded table, in which a newcomer
 * takes the place of somebody who was silent.
 *
 * A source address costs its forger nothing, so that no table may keep all of them. A number is
 * not used again before 2^29 others were, so that whoever kept one never answers somebody else.
 *
 * @module
 */
import type { Endpoint } from '../host/socket.ts';

/** Address and port. */
export interface EndpointPair {
  readonly address: string;
  readonly port: number;
}

/** What a book is made of. */
export interface GuestBookOptions {
  /** Its first number. */
  readonly first: Endpoint;
  /** How many numbers it has. */
  readonly span: number;
  /** Guests that it knows at a time. */
  readonly limit: number;
}

interface Guest {
  readonly pair: EndpointPair;
  readonly endpoint: Endpoint;
  /** Heard again since the hand came by last. */
  isHeard: boolean;
  /** Connections that need it. */
  holds: number;
}

/** See the module. */
export class GuestEndpoints {
  readonly #options: GuestBookOptions;
  /** By `address:port`. */
  readonly #byPlace = new Map<string, Guest>();
  readonly #byNumber = new Map<Endpoint, Guest>();
  /** All of them; a hand goes around (second chance: a list in the order of use costs a walk). */
  readonly #places: Guest[] = [];
  #hand = 0;
  #next = 0;

  constructor(options: GuestBookOptions) {
    this.#options = options;
  }

  /** Guests that it knows now. */
  get size(): number {
    return this.#places.length;
  }

  /** The number of a guest who has just been heard. */
  meet(address: string, port: number): Endpoint {
    const key = keyOf(address, port);
    const known = this.#byPlace.get(key);
    if (known !== undefined) {
      known.isHeard = true;
      return known.endpoint;
    }
    const pair = { address, port };
    const guest = { pair, endpoint: this.#freeNumber(), isHeard: false, holds: 0 };
    this.#place(guest);
    this.#byPlace.set(key, guest);
    this.#byNumber.set(guest.endpoint, guest);
    return guest.endpoint;
  }

  /** The sender with that number; undefined once another has taken its place in the table. */
  pairOf(endpoint: Endpoint): EndpointPair | undefined {
    return this.#byNumber.get(endpoint)?.pair;
  }

  /** Keeps a guest until {@link letGo} was called as often: its connection is open. */
  hold(endpoint: Endpoint): void {
    const guest = this.#byNumber.get(endpoint);
    if (guest !== undefined) guest.holds += 1;
  }

  /** The end of a {@link hold}. */
  letGo(endpoint: Endpoint): void {
    const guest = this.#byNumber.get(endpoint);
    if (guest !== undefined) guest.holds -= 1;
  }

  #freeNumber(): Endpoint {
    const { first, span } = this.#options;
    while (this.#byNumber.has(first + this.#next)) this.#next = (this.#next + 1) % span;
    const endpoint = first + this.#next;
    this.#next = (this.#next + 1) % span;
    return endpoint;
  }

  /** Gives a newcomer the place of somebody silent. */
  #place(guest: Guest): void {
    const places = this.#places;
    if (places.length < this.#options.limit) {
      places.push(guest);
      return;
    }
    // Twice around at most: the first time takes what was heard.
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
    // All of them are held: connections are bounded where they are accepted.
    places.push(guest);
  }
}

function keyOf(address: string, port: number): string {
  return `${address}:${port}`;
}
