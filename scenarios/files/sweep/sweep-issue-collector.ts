/**
 * Collects the mistakes of combinations of a sweep, and moves them to the position in the file that is
 * responsible.
 *
 * A combination is loaded as if flags set its values. Since no user typed these flags, a mistake in a
 * value is reported at its axis, or at its item in the list of the axis.
 *
 * @module
 */
import {
  ConfigError,
  type ConfigIssue,
  FLAG_PSEUDO_FILE,
  type IssuePosition,
} from '../../../topologies/files/config-error.ts';
import { shorten } from '../../../topologies/files/leaf.ts';
import type { ValuePath } from '../../../topologies/files/locate.ts';
import type { ConfigSource } from '../../../topologies/files/source.ts';
import { valueAt } from '../../../topologies/files/zod-words.ts';
import { looksLikeRange, readRange } from './range.ts';
import { rangeValues } from './range-values.ts';

type Values = Readonly<Record<string, string>>;

/** Column at which the path of a flag begins in the line that error messages show for it. */
const PATH_COLUMN = FLAG_PSEUDO_FILE.length + 2;

/** Collects the mistakes of all combinations of a sweep, each once. */
export class SweepIssueCollector {
  readonly #source: ConfigSource;
  readonly #set: Values;
  readonly #issues = new Map<string, ConfigIssue>();

  /**
   * @param source The scenario file, with the values that flags set.
   * @param set Values that flags set; mistakes in these are reported at the flag.
   */
  constructor(source: ConfigSource, set: Values) {
    this.#source = source;
    this.#set = set;
  }

  /** Records the mistakes of one combination. */
  add({ issues }: ConfigError, cell: Values): void {
    const swept = Object.entries(cell).filter(([path]) => !Object.hasOwn(this.#set, path));
    for (const issue of issues) {
      const moved = this.#moved(issue, swept);
      // A mistake is reported once for all values of a range and for all combinations, if position
      // and code are the same.
      const key = [moved.file, moved.line, moved.column, moved.path, moved.code].join('\n');
      if (!this.#issues.has(key)) this.#issues.set(key, moved);
    }
  }

  /** All mistakes; undefined if there are none. */
  error(): ConfigError | undefined {
    return this.#issues.size === 0 ? undefined : new ConfigError([...this.#issues.values()]);
  }

  /** @throws ConfigError if any combination has mistakes. */
  throwIfAny(): void {
    const error = this.error();
    if (error !== undefined) throw error;
  }

  #moved(issue: ConfigIssue, swept: readonly (readonly [string, string])[]): ConfigIssue {
    const isOf = ([path, value]: readonly [string, string]): boolean =>
      issue.file === FLAG_PSEUDO_FILE &&
      issue.sourceLine === `${FLAG_PSEUDO_FILE} ${path}=${value}`;
    const hit = swept.find(isOf);
    if (hit !== undefined) {
      return { ...issue, ...this.#placeOf(hit, issue.column === PATH_COLUMN) };
    }
    if (swept.length === 0) return issue;
    const values = swept.map(([path, value]) => `${path}=${shorten(value)}`).join(', ');
    return { ...issue, message: `${issue.message}, with ${values} of the sweep` };
  }

  #placeOf([path, value]: readonly [string, string], isPath: boolean): IssuePosition {
    const axis = ['sweep', path];
    if (isPath) return this.#source.place(axis, 'key');
    return this.#source.place(this.#itemOf(axis, value), 'value');
  }

  /** The path of the list item that has a value; the path of the axis if the axis is a single range. */
  #itemOf(axis: ValuePath, value: string): ValuePath {
    const items = valueAt(this.#source.data, axis);
    if (!Array.isArray(items)) return axis;
    const written = items.findIndex((item) => String(item) === value);
    const index = written >= 0 ? written : items.findIndex((item) => hasValue(item, value));
    return index < 0 ? axis : [...axis, index];
  }
}

/** True if the text is a range that includes the value. */
function hasValue(item: unknown, value: string): boolean {
  if (typeof item !== 'string' || !looksLikeRange(item)) return false;
  const range = readRange(item);
  if ('mistake' in range) return false;
  const values = rangeValues(range.value);
  return 'value' in values && values.value.includes(value);
}
