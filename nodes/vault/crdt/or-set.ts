/**
 * A set in which additions win over concurrent removals (Bieniusa et al., INRIA RR-8083, 2012): an element is in it
 * while it has a dot. A removal drops the dots that it has seen and keeps only the mark that they were seen. Each dot
 * bears a value, so that the set also serves as a map: a removal of a field hides the writes that it has seen, and a
 * concurrent write survives.
 *
 * The change that an operation makes is a small set, which is merged by the same function.
 *
 * @module
 */
import { DotContext } from './dot-context.ts';
import { WEIGHTLESS, type Weight } from './snapshot-bytes.ts';

/** An addition that was not removed. */
export interface Dot<Value> {
  readonly actor: string;
  /** Number of the addition among those of the actor to this set, from 1. */
  readonly count: number;
  readonly element: string;
  readonly value: Value;
}

/** See the module. */
export class OrSet<Value> {
  readonly context: DotContext = new DotContext();
  /** Dots by element; no empty arrays. */
  readonly entries = new Map<string, Dot<Value>[]>();
  readonly #byName = new Map<string, Dot<Value>>();
  readonly #weight: Weight<Value>;
  #bytes = 0;

  constructor(weight: Weight<Value> = WEIGHTLESS) {
    this.#weight = weight;
  }

  /** Number of dots and marks that are kept. */
  get size(): number {
    return this.#byName.size + this.context.size;
  }

  /** Upper bound on the bytes that they take in a snapshot. */
  get bytes(): number {
    return this.#bytes + this.context.bytes;
  }

  /** All dots, by element. */
  *dots(): Generator<Dot<Value>> {
    for (const dots of this.entries.values()) yield* dots;
  }

  /** The value of the dot with this name; undefined if there is none. */
  valueOf({ actor, count }: Pick<Dot<Value>, 'actor' | 'count'>): Value | undefined {
    return this.#byName.get(nameOf(actor, count))?.value;
  }

  /** Adds a dot that was not seen before. */
  insert(dot: Dot<Value>): void {
    if (this.context.has(dot.actor, dot.count)) return;
    this.context.add(dot.actor, dot.count);
    this.#keep(dot);
  }

  /**
   * Joins another state: a dot stays if it is in both, or in one of them and not seen by the other. The cost is
   * proportional to the entries of the other set, plus either the dots here or those that the other has seen, whichever
   * are fewer.
   * @param dropped Called with each dot, of either set, that is not in the result.
   */
  merge(other: OrSet<Value>, dropped: (dot: Dot<Value>) => void): void {
    for (const dot of this.#seenBy(other.context)) {
      if (other.#byName.has(nameOf(dot.actor, dot.count))) continue;
      this.#remove(dot);
      dropped(dot);
    }
    for (const dot of other.dots()) {
      const known = this.valueOf(dot);
      if (known !== undefined) {
        // Only a defective actor gives two additions the same dot: the one that is here stays.
        if (known !== dot.value) dropped(dot);
      } else if (this.context.has(dot.actor, dot.count)) dropped(dot);
      else this.#keep(dot);
    }
    this.context.merge(other.context);
  }

  /** Removes all elements, and keeps the marks that they were seen. */
  clear(dropped: (dot: Dot<Value>) => void): void {
    for (const dot of this.#byName.values()) dropped(dot);
    this.entries.clear();
    this.#byName.clear();
    this.#bytes = 0;
  }

  /** A copy that has seen the same dots, and has no elements. */
  cleared(dropped: (dot: Dot<Value>) => void): OrSet<Value> {
    for (const dot of this.#byName.values()) dropped(dot);
    const seen = new OrSet<Value>();
    seen.context.merge(this.context);
    return seen;
  }

  /** The dots here that a context has seen. */
  #seenBy(context: DotContext): readonly Dot<Value>[] {
    if (context.dotCount >= this.#byName.size) {
      return [...this.#byName.values()].filter(({ actor, count }) => context.has(actor, count));
    }
    const seen: Dot<Value>[] = [];
    for (const [actor, count] of context.dots()) {
      const dot = this.#byName.get(nameOf(actor, count));
      if (dot !== undefined) seen.push(dot);
    }
    return seen;
  }

  #keep(dot: Dot<Value>): void {
    this.#byName.set(nameOf(dot.actor, dot.count), dot);
    this.#bytes += this.#weight.bytesOf(dot.value);
    const dots = this.entries.get(dot.element);
    if (dots === undefined) this.entries.set(dot.element, [dot]);
    else dots.push(dot);
  }

  #remove(dot: Dot<Value>): void {
    this.#byName.delete(nameOf(dot.actor, dot.count));
    this.#bytes -= this.#weight.bytesOf(dot.value);
    const dots = this.entries.get(dot.element) ?? [];
    const left = dots.filter((one) => one !== dot);
    if (left.length === 0) this.entries.delete(dot.element);
    else this.entries.set(dot.element, left);
  }
}

function nameOf(actor: string, count: number): string {
  return `${count} ${actor}`;
}
