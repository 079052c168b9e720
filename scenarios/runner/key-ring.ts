/**
 * Which message a datagram carried, by its key: what a run of many packets can afford, two numbers
 * written for each and nothing kept of those that arrived.
 *
 * Keys of one sender to one other go up by one (engine/host/protocol.ts, `MessageAccount`), so that a
 * ring holds the latest of them. An older one whose message is not settled when its place is taken
 * moves into a map.
 *
 * @module
 */

/** Keys with the same upper bits follow each other. */
const FOLLOWING = 2 ** 27;
/** Messages under way between two nodes, in the usual case. */
const PLACES = 1 << 13;
const NONE = -1;

interface Ring {
  readonly keys: Float64Array;
  readonly messages: Float64Array;
}

/** See the module. */
export class KeyRing {
  readonly #isSettled: (message: number) => boolean;
  readonly #rings = new Map<number, Ring>();
  readonly #older = new Map<number, number>();
  #lastUpper = NONE;
  #lastRing: Ring | undefined;

  /** @param isSettled True of a message whose packets nobody will ask for. */
  constructor(isSettled: (message: number) => boolean) {
    this.#isSettled = isSettled;
  }

  /** The message of this number leaves under this key. */
  // hot: once per packet of a gateway.
  note(key: number, message: number): void {
    const upper = Math.floor(key / FOLLOWING);
    const { keys, messages } = this.#ringOf(upper);
    const place = (key - upper * FOLLOWING) & (PLACES - 1);
    const old = messages[place] as number;
    if (old !== NONE && !this.#isSettled(old)) this.#older.set(keys[place] as number, old);
    keys[place] = key;
    messages[place] = message;
  }

  /** The message that left under this key; undefined when none did, or it is settled for long. */
  find(key: number): number | undefined {
    const upper = Math.floor(key / FOLLOWING);
    const ring = this.#rings.get(upper);
    const place = (key - upper * FOLLOWING) & (PLACES - 1);
    return ring?.keys[place] === key ? ring.messages[place] : this.#older.get(key);
  }

  #ringOf(upper: number): Ring {
    if (upper === this.#lastUpper && this.#lastRing !== undefined) return this.#lastRing;
    const ring = this.#rings.get(upper) ?? this.#addRing(upper);
    this.#lastUpper = upper;
    this.#lastRing = ring;
    return ring;
  }

  #addRing(upper: number): Ring {
    const keys = new Float64Array(PLACES);
    const ring = { keys, messages: new Float64Array(PLACES).fill(NONE) };
    this.#rings.set(upper, ring);
    return ring;
  }
}
