/**
 * The measurements of one metric, for each combination of label values. Label values come from
 * peers and paths, so the number of combinations is bounded: beyond {@link LABEL_SETS_MAX}, further
 * ones are counted together under the label value `other`.
 *
 * @module
 */
import { OTHER_LABEL_VALUE } from '../../../engine/pure/series-name.ts';

/** Largest number of combinations of label values of one metric, including `other`. */
export const LABEL_SETS_MAX = 10_000;

/** One combination of label values, and its measurements. */
export interface LabelledRow<Value> {
  readonly labels: readonly string[];
  readonly value: Value;
}

/** The values of one metric. */
export class LabelTable<Value> {
  /**
   * How often a measurement was added to `other`, because there was no room for its combination.
   */
  folded = 0;
  readonly #make: () => Value;
  readonly #max: number;
  /** Rows by the text of their labels, in the order in which they were first seen. */
  readonly #byLabels = new Map<string, LabelledRow<Value>>();
  /**
   * The row that was used last. It is tried first, because consecutive packets often take the same
   * path.
   */
  #last: LabelledRow<Value> | undefined;

  constructor(make: () => Value, max = LABEL_SETS_MAX) {
    this.#make = make;
    this.#max = max;
  }

  /** All rows, in the order in which they were first seen. */
  get rows(): readonly LabelledRow<Value>[] {
    return [...this.#byLabels.values()];
  }

  /** The value for these labels, or the value for `other` if there is no room for them. */
  // hot: once per packet.
  of(...labels: readonly string[]): Value {
    const last = this.#last;
    if (last?.labels.every((label, index) => label === labels[index])) return last.value;
    const known = this.#byLabels.get(keyOf(labels));
    if (known !== undefined) {
      this.#last = known;
      return known.value;
    }
    // One row is reserved for `other`.
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

/** A number that never decreases. */
export class Count {
  total = 0;

  add(amount = 1): void {
    this.total += amount;
  }
}

/** Makes a table of counts. */
export function makeCounts(): LabelTable<Count> {
  return new LabelTable(() => new Count());
}

function keyOf(labels: readonly string[]): string {
  return labels.join('\n');
}
