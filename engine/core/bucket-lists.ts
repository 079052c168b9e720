/**
 * 1,024 unordered lists of (key, reference), stored in chunks. Entries of a list lie next to each
 * other, so that appending to a large rung of the ladder (event-ladder.ts) touches one cache line
 * per list, not one per entry.
 *
 * Does not order anything and does not know what a key means.
 *
 * @module
 */

/** Number of lists in a rung of the ladder; a power of two. */
export const LISTS_PER_RUNG = 1024;

const WORDS = LISTS_PER_RUNG / 32;
/** Binary logarithm of the number of entries per chunk; the 32 keys of a chunk fill four cache lines. */
const CHUNK_SHIFT = 5;
const CHUNK = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK - 1;
const FIRST_CHUNKS = 256;
const NIL = -1;

/**
 * Receives the entries of a list in the order in which they were added, a chunk at a time. The
 * visitor gets an array instead of single keys, because V8 allocates memory for each double that it
 * passes to a call that is not inlined.
 */
export type ChunkVisitor = (
  keys: Float64Array,
  references: Int32Array,
  start: number,
  end: number,
) => void;

/** The lists of one rung of the ladder. */
export class BucketLists {
  /** Number of entries in all lists. */
  size = 0;
  private keys = new Float64Array(FIRST_CHUNKS * CHUNK);
  private references = new Int32Array(FIRST_CHUNKS * CHUNK);
  /** Per chunk: the next chunk of its list, or of the free list. */
  private following = new Int32Array(FIRST_CHUNKS);
  private freeChunk = NIL;
  private usedChunks = 0;
  private readonly heads = new Int32Array(LISTS_PER_RUNG).fill(NIL);
  private readonly tails = new Int32Array(LISTS_PER_RUNG).fill(NIL);
  private readonly counts = new Int32Array(LISTS_PER_RUNG);
  /** One bit per list, set while the list is not empty. */
  private readonly occupied = new Int32Array(WORDS);

  /** Number of entries in one list. */
  countOf(list: number): number {
    return this.counts[list] as number;
  }

  // hot: once per event beyond the horizon.
  /** Adds an entry to the end of a list. */
  append(list: number, key: number, reference: number): void {
    const count = this.counts[list] as number;
    const offset = count & CHUNK_MASK;
    if (offset === 0) this.addChunk(list);
    const at = ((this.tails[list] as number) << CHUNK_SHIFT) | offset;
    this.keys[at] = key;
    this.references[at] = reference;
    this.counts[list] = count + 1;
    this.size += 1;
  }

  /** Index of the first non-empty list at or after index `first`; -1 if there is none. */
  nearest(first: number): number {
    let word = first >> 5;
    // Ignore the bits of the first word that stand for lists before `first`.
    let bits = word < WORDS ? (this.occupied[word] as number) & (-1 << (first & 31)) : 0;
    while (bits === 0) {
      word += 1;
      if (word >= WORDS) return NIL;
      bits = this.occupied[word] as number;
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }

  /** Empties a list and passes its entries to the visitor, which may add entries to other lists. */
  empty(list: number, visit: ChunkVisitor): void {
    this.forEach(list, visit);
    const head = this.heads[list] as number;
    if (head === NIL) return;
    this.following[this.tails[list] as number] = this.freeChunk;
    this.freeChunk = head;
    this.heads[list] = NIL;
    this.tails[list] = NIL;
    this.size -= this.countOf(list);
    this.counts[list] = 0;
    this.occupied[list >> 5] = (this.occupied[list >> 5] as number) & ~(1 << (list & 31));
  }

  /** Calls the visitor for each entry of a list without changing the list. */
  forEach(list: number, visit: ChunkVisitor): void {
    let chunk = this.heads[list] as number;
    for (let left = this.countOf(list); left > 0; left -= CHUNK) {
      const start = chunk << CHUNK_SHIFT;
      visit(this.keys, this.references, start, start + Math.min(left, CHUNK));
      chunk = this.following[chunk] as number;
    }
  }

  /** Replaces each key by what `map` returns, in the same list; `undefined` removes the entry. */
  refill(map: (key: number, reference: number) => number | undefined): void {
    const kept: [number, number][] = [];
    const visit: ChunkVisitor = (keys, references, start, end): void => {
      for (let at = start; at < end; at += 1) {
        const reference = references[at] as number;
        const mapped = map(keys[at] as number, reference);
        if (mapped !== undefined) kept.push([mapped, reference]);
      }
    };
    for (let list = this.nearest(0); list !== NIL; list = this.nearest(list + 1)) {
      kept.length = 0;
      this.empty(list, visit);
      for (const [key, reference] of kept) this.append(list, key, reference);
    }
  }

  private addChunk(list: number): void {
    const chunk = this.acquire();
    const tail = this.tails[list] as number;
    if (tail === NIL) {
      this.heads[list] = chunk;
      this.occupied[list >> 5] = (this.occupied[list >> 5] as number) | (1 << (list & 31));
    } else {
      this.following[tail] = chunk;
    }
    this.tails[list] = chunk;
  }

  private acquire(): number {
    const free = this.freeChunk;
    if (free !== NIL) {
      this.freeChunk = this.following[free] as number;
      return free;
    }
    if (this.usedChunks === this.following.length) this.grow();
    this.usedChunks += 1;
    return this.usedChunks - 1;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    const references = new Int32Array(this.references.length * 2);
    references.set(this.references);
    this.references = references;
    const following = new Int32Array(this.following.length * 2);
    following.set(this.following);
    this.following = following;
  }
}
