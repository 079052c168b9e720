/**
 * What is measured for each combination of label values of one metric. Values of labels come from peers and paths, so
 * their number is bounded: what comes after {@link LABEL_SETS_MAX} combinations is kept under the value `other`, and counted.
 *
 * @module
 */
import { OTHER_LABEL_VALUE } from '../../../engine/pure/series-name.ts';

/** Largest number of combinations of label values of one metric, `other` among them. */
export const LABEL_SETS_MAX = 10_000;

/** One combination of label values, and what was measured for it. */
export interface LabelledRow<Value> {
  readonly labels: readonly string[];
  readonly value: Value;
}

/** The values of one metric. */
export class LabelTable<Value> {
  /** How often a combination found no room. */
  folded = 0;
  readonly #make: () => Value;
  readonly #max: number;
  /** By the texts of labels, the first seen first. */
  readonly #byLabels = new Map<string, LabelledRow<Value>>();
  /** The row asked for last: packets follow others on their path. */
  #last: LabelledRow<Value> | undefined;

  constructor(make: () => Value, max = LABEL_SETS_MAX) {
    this.#make = make;
    this.#max = max;
  }

  /** All rows, the first seen first. */
  get rows(): readonly LabelledRow<Value>[] {
    return [...this.#byLabels.values()];
  }

  /** The value of these labels, or of `other`. */
  // hot: once per packet.
  of(...labels: readonly string[]): Value {
    const last = this.#last;
    if (last?.labels.every((label, index) => label === labels[index])) return last.value;
    const known = this.#byLabels.get(keyOf(labels));
    if (known !== undefined) {
      this.#last = known;
      return known.value;
    }
    // One place is kept for `other`.
    if (this.#byLabels.size < this.#max - 1) return this.#add(labels);
    this.folded += 1;
    const others = labels.map(() => OTHER_LABEL_VALUE);
    return this.#byLabels.get(keyOf(others))?.value ?? this.#add(others);
  }

  #add(labels: readonly string[]): Value {
    const row = { labels, value: this.#make() };
    this.#byLabels.set(keyOf(labels), row);
    return row.value;
  }
}

/** A number that only grows. */
export class Count {
  total = 0;

  add(amount = 1): void {
    this.total += amount;
  }
}

/** A table of counts. */
export function makeCounts(): LabelTable<Count> {
  return new LabelTable(() => new Count());
}

function keyOf(labels: readonly string[]): string {
  return labels.join('\n');
}
