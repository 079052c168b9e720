/**
 * The values of each path of a sweep: all listed values, or those that a sample draws.
 *
 * @module
 */

import { compareFractions } from '../../../engine/pure/fraction.ts';
import { type LeafMistake, shorten } from '../../../topologies/files/leaf.ts';
import type { SweepSpec } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import { canonicalAmountKey } from './amount.ts';
import { type SampleSize, sampleList, sampleRange } from './latin.ts';
import type { SweepRange } from './range.ts';
import { RANGE_VALUES_MAX, rangeValues } from './range-values.ts';
import type { Axis } from './schema.ts';
import { whereValue } from './where.ts';

/** A parameter, and its value in each point of a sample. */
export interface SampledAxis {
  readonly parameter: SweepSpec['parameters'][number];
  readonly points: readonly string[];
}

/** A value in the list of an axis, with its index and the earlier values by their meaning. */
interface Written {
  readonly index: number;
  readonly item: string;
  readonly written: Map<string, number>;
}

/** Largest number of values of all ranges of a sweep together: ten times the limit of one range. */
const ALL_VALUES_MAX = 100_000;

/** Reads the axes of one sweep; the number of values of all ranges together is limited. */
export class SweepAxesReader {
  readonly #context: ScenarioContext;
  #left = ALL_VALUES_MAX;

  constructor(context: ScenarioContext) {
    this.#context = context;
  }

  /**
   * All values of a path, each once. A value that is written twice is reported; a value of a range that
   * is known already is left out. Ranges without values are reported at their position.
   */
  list(path: string, axis: Axis): readonly string[] {
    if (axis.length === 1) return this.#itemValues(path, axis, 0);
    const written = new Map<string, number>();
    const values = new Map<string, string>();
    for (const [index, item] of axis.entries()) {
      if (typeof item === 'string') this.#refuseAgain(path, axis, { index, item, written });
      for (const value of this.#itemValues(path, axis, index)) {
        const meaning = canonicalAmountKey(value);
        if (!values.has(meaning)) values.set(meaning, value);
      }
    }
    return [...values.values()];
  }

  /** The values of a path in a sample; a range without a step is a continuous axis. */
  sample(path: string, axis: Axis, size: SampleSize): SampledAxis {
    const [first] = axis;
    const isOpen = axis.length === 1 && typeof first === 'object' && first.kind === 'open';
    if (!isOpen) {
      const values = this.list(path, axis);
      const points = values.length === 0 ? [] : sampleList(path, values, size);
      return { parameter: { path, values }, points };
    }
    if (compareFractions(first.from.value, first.to.value) === 0) {
      const message = `${first.text} ends where it begins`;
      this.#refuse([path, 0], { code: 'E104', message, hint: 'write the value in a list' });
      return { parameter: { path, values: [] }, points: [] };
    }
    const points = sampleRange(path, first, size);
    const amount = (text: string): number => whereValue(text).amount;
    const ascending = [...new Set(points)].sort((a, b) => amount(a) - amount(b));
    return { parameter: { path, values: ascending }, points };
  }

  #itemValues(path: string, axis: Axis, index: number): readonly string[] {
    const item = axis[index] ?? '';
    if (typeof item === 'string') return [item];
    return this.#valuesOf(item, { path, index, isAlone: axis.length === 1 });
  }

  /** Reports a value that means the same as an earlier value, because both would be one combination. */
  #refuseAgain(path: string, axis: Axis, { index, item, written }: Written): void {
    const meaning = canonicalAmountKey(item);
    const first = written.get(meaning);
    if (first === undefined) {
      written.set(meaning, index);
      return;
    }
    const earlier = String(axis[first]);
    const other = earlier === item ? '' : `, ${shorten(earlier)}`;
    const message = `${shorten(item)} is used twice (first as ${path}[${first}]${other})`;
    this.#refuse([path, index], { code: 'E113', message, hint: 'write each value once' });
  }

  #valuesOf(
    range: SweepRange,
    {
      path,
      index,
      isAlone,
    }: { readonly path: string; readonly index: number; readonly isAlone: boolean },
  ): readonly string[] {
    if (this.#left < 0) return [];
    const result = rangeValues(range);
    this.#left -= 'value' in result ? result.value.length : RANGE_VALUES_MAX;
    if (this.#left < 0) {
      const message = `the ranges of this sweep have more than ${ALL_VALUES_MAX} values`;
      this.#context.refuse('E104', ['sweep'], message, 'write larger steps');
      return [];
    }
    if ('value' in result) return result.value;
    this.#refuse(
      [path, index],
      isAlone || range.kind === 'stepped' ? result.mistake : inList(range),
    );
    return [];
  }

  /**
   * Reports a mistake at a range, which is an item in the list of its path, or the only value of the
   * path.
   */
  #refuse([path, index]: readonly [string, number], { code, message, hint }: LeafMistake): void {
    const { sweep } = this.#context.source.data as {
      readonly sweep?: Readonly<Record<string, unknown>>;
    };
    const place = Array.isArray(sweep?.[path]) ? ['sweep', path, index] : ['sweep', path];
    this.#context.refuse(code, place, message, hint);
  }
}

function inList({ text }: SweepRange): LeafMistake {
  const message = `${text} has no step, so it has no values to list`;
  const hint = 'write a step; only a range that stands alone is sampled continuously';
  return { code: 'E104', message, hint };
}
