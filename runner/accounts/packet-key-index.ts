/**
 * Finds the message that a datagram carried by the datagram's key. This is cheap enough for runs of
 * many packets: two numbers are written per packet, and older entries are overwritten.
 *
 * The keys of one sender to one peer increase by one (engine/host/protocol.ts, `MessageAccountingMethod`),
 * so a ring holds the latest keys. If an entry is overwritten before its message is settled, it moves to a
 * map.
 *
 * @module
 */

/**
 * Size of a block of keys with the same upper bits; a sender uses the keys of a block one after the
 * other.
 */
const FOLLOWING = 2 ** 27;
/** Number of entries in a ring: usually no more messages are under way between two nodes. */
const PLACES = 1 << 13;
const NONE = -1;

interface Ring {
  readonly keys: Float64Array;
  readonly messages: Float64Array;
}

/** Finds the message that a datagram carried, by the datagram's key. */
export class PacketKeyIndex {
  readonly #isSettled: (message: number) => boolean;
  readonly #rings = new Map<number, Ring>();
  readonly #older = new Map<number, number>();
  #lastUpper = NONE;
  #lastRing: Ring | undefined;

  /** @param isSettled True for a message of which no packet will be looked up any more. */
  constructor(isSettled: (message: number) => boolean) {
    this.#isSettled = isSettled;
  }

  /** Records that the message with this number leaves under this key. */
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

  /**
   * The number of the message that left under this key; undefined if there is none, or if it was
   * settled long ago.
   */
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
