/**
 * The state of a vault: registers, counters, sets and maps by key, and which keys were erased. The
 * change that an operation makes is a small state, which is merged by the same function.
 *
 * An erasure wins over each write, of the register or of a field of the map, that has not seen it, whatever its stamp.
 * So each key has a clock of erasures: for each actor the stamp of its last one. A write names the erasures that it has
 * seen, and counts only if no other erasure is known here.
 *
 * @module
 */
import { Counter } from './counter.ts';
import { type Dot, OrSet } from './or-set.ts';
import { keyBytes, WEIGHTLESS, type Weight } from './snapshot-bytes.ts';
import { compareStamps, type Stamp } from './stamp.ts';
import { compareWrites, type Write } from './write.ts';

/** The last erasure of a key by one actor, and the operation that proves it. */
export interface Erasure<Source> {
  readonly stamp: Stamp;
  readonly source: Source;
}

/** Erasures of one key, by actor. */
export type Erasures<Source> = ReadonlyMap<string, Erasure<Source>>;

const NO_ERASURES: Erasures<never> = new Map();

/** See the module. */
export class VaultState<Source> {
  readonly registers = new Map<string, Write<Source>>();
  readonly counters = new Map<string, Counter<Source>>();
  readonly sets = new Map<string, OrSet<Source>>();
  readonly maps = new Map<string, OrSet<Write<Source>>>();
  /** Erasures by key; no empty ones. */
  readonly erasures = new Map<string, Map<string, Erasure<Source>>>();
  readonly #weight: Weight<Source>;
  #size = 0;
  #bytes = 0;

  constructor(weight: Weight<Source> = WEIGHTLESS) {
    this.#weight = weight;
  }

  /** Number of registers, sets, maps, totals, dots, marks and erasures that were merged into this state. */
  get size(): number {
    return this.#size;
  }

  /** Upper bound on the bytes that they take in a snapshot. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Erasures of a key by actor, none if it was never erased. */
  erasuresOf(key: string): Erasures<Source> {
    return this.erasures.get(key) ?? NO_ERASURES;
  }

  /** The erasures of a key, for a caller that adds at least one. */
  erasuresFor(key: string): Map<string, Erasure<Source>> {
    return entryOf(this.erasures, key, () => new Map<string, Erasure<Source>>());
  }

  /** The counter with this key, which is made if there is none. */
  counterOf(key: string): Counter<Source> {
    return entryOf(this.counters, key, () => new Counter<Source>());
  }

  /** The set with this key, which is made if there is none. */
  setOf(key: string): OrSet<Source> {
    return entryOf(this.sets, key, () => new OrSet(this.#weight));
  }

  /** The map with this key, which is made if there is none. */
  mapOf(key: string): OrSet<Write<Source>> {
    return entryOf(
      this.maps,
      key,
      () => new OrSet({ bytesOf: ({ source }) => this.#weight.bytesOf(source) }),
    );
  }

  /** The operations that values, totals and dots come from; one may come more than once. */
  *sources(): Generator<Source> {
    for (const { source } of this.registers.values()) yield source;
    for (const { totals } of this.counters.values()) {
      for (const { source } of totals.values()) yield source;
    }
    for (const set of this.sets.values()) for (const { value } of set.dots()) yield value;
    for (const map of this.maps.values()) for (const { value } of map.dots()) yield value.source;
  }

  /** The operations that prove the erasures. */
  *erasureSources(): Generator<Source> {
    for (const erasures of this.erasures.values()) {
      for (const { source } of erasures.values()) yield source;
    }
  }

  /**
   * Joins another state, which is left as it is.
   * @param dropped Called with each source, of either state, whose value or dot is not in the result.
   */
  merge(other: VaultState<Source>, dropped: (source: Source) => void): void {
    for (const [key, erasures] of other.erasures) this.#erase(key, erasures, dropped);
    for (const [key, write] of other.registers) {
      if (this.#isErased(key, other)) dropped(write.source);
      else this.#write(key, write, dropped);
    }
    for (const [key, counter] of other.counters) {
      const ours = this.counterOf(key);
      this.#grow(-ours.totals.size, -this.#bytesOfCounter(ours));
      ours.merge(counter);
      this.#grow(ours.totals.size, this.#bytesOfCounter(ours));
    }
    for (const [key, set] of other.sets) {
      if (!this.sets.has(key)) this.#grow(1, keyBytes(key));
      const ours = this.setOf(key);
      this.#resize(ours, () => ours.merge(set, (dot) => dropped(dot.value)));
    }
    for (const [key, map] of other.maps) this.#mergeMap(key, map, other, dropped);
  }

  #mergeMap(
    key: string,
    map: OrSet<Write<Source>>,
    other: VaultState<Source>,
    dropped: (source: Source) => void,
  ): void {
    if (!this.maps.has(key)) this.#grow(1, keyBytes(key));
    const ours = this.mapOf(key);
    const drop = (dot: Dot<Write<Source>>): void => {
      // The other state may have another copy of the dot, of the same operation.
      if (ours.valueOf(dot)?.source !== dot.value.source) dropped(dot.value.source);
    };
    this.#resize(ours, () =>
      ours.merge(this.#isErased(key, other) ? map.cleared(drop) : map, drop),
    );
  }

  /** True if there are erasures of the key here that the other state has not seen. */
  #isErased(key: string, other: VaultState<Source>): boolean {
    const theirs = other.erasuresOf(key);
    for (const [actor, { stamp }] of this.erasuresOf(key)) {
      const seen = theirs.get(actor);
      if (seen === undefined || compareStamps(seen.stamp, stamp) < 0) return true;
    }
    return false;
  }

  #erase(key: string, erasures: Erasures<Source>, dropped: (source: Source) => void): void {
    const ours = this.erasuresFor(key);
    let isNew = false;
    for (const [actor, erasure] of erasures) {
      const known = ours.get(actor);
      if (known !== undefined && compareStamps(known.stamp, erasure.stamp) >= 0) continue;
      if (known !== undefined) this.#grow(-1, -this.#weight.bytesOf(known.source));
      this.#grow(1, this.#weight.bytesOf(erasure.source));
      ours.set(actor, erasure);
      isNew = true;
    }
    if (isNew) this.#forget(key, dropped);
  }

  /** Drops the register and the fields of a key, which have not seen the newest erasures. */
  #forget(key: string, dropped: (source: Source) => void): void {
    const register = this.registers.get(key);
    if (register !== undefined) {
      this.registers.delete(key);
      this.#grow(-1, -this.#weight.bytesOf(register.source));
      dropped(register.source);
    }
    const map = this.maps.get(key);
    if (map !== undefined) this.#resize(map, () => map.clear((dot) => dropped(dot.value.source)));
  }

  #write(key: string, write: Write<Source>, dropped: (source: Source) => void): void {
    const ours = this.registers.get(key);
    if (ours?.source === write.source) return;
    const isLater = ours === undefined || compareWrites(ours, write) < 0;
    if (isLater) {
      if (ours !== undefined) this.#grow(-1, -this.#weight.bytesOf(ours.source));
      this.#grow(1, this.#weight.bytesOf(write.source));
      this.registers.set(key, write);
    }
    if (ours !== undefined) dropped(isLater ? ours.source : write.source);
  }

  #resize(set: OrSet<unknown>, change: () => void): void {
    this.#grow(-set.size, -set.bytes);
    change();
    this.#grow(set.size, set.bytes);
  }

  #bytesOfCounter({ totals }: Counter<Source>): number {
    let bytes = 0;
    for (const { source } of totals.values()) bytes += this.#weight.bytesOf(source);
    return bytes;
  }

  #grow(size: number, bytes: number): void {
    this.#size += size;
    this.#bytes += bytes;
  }
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}
