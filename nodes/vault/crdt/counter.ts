/**
 * Counters that go up and down: totals of each actor, of what it has added and of what it has taken away (Shapiro et
 * al., "A comprehensive study of convergent and commutative replicated data types", 2011, section 3.1.3).
 *
 * @module
 */

/** Totals of one actor, neither of which ever decreases, and the operation that set them last. */
export interface Totals<Source> {
  readonly added: number;
  readonly taken: number;
  readonly source: Source;
}

/** A counter. */
export class Counter<Source> {
  /** Totals by actor. */
  readonly totals = new Map<string, Totals<Source>>();

  get value(): number {
    let value = 0;
    for (const { added, taken } of this.totals.values()) value += added - taken;
    return value;
  }

  /** Joins another state: the larger totals of each actor. */
  merge(other: Counter<Source>): void {
    for (const [actor, theirs] of other.totals) {
      const ours = this.totals.get(actor);
      this.totals.set(actor, ours === undefined ? theirs : larger(ours, theirs));
    }
  }
}

function larger<Source>(ours: Totals<Source>, theirs: Totals<Source>): Totals<Source> {
  const added = Math.max(ours.added, theirs.added);
  const taken = Math.max(ours.taken, theirs.taken);
  if (added === ours.added && taken === ours.taken) return ours;
  return { added, taken, source: theirs.source };
}
