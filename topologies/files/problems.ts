/**
 * Collects the mistakes of one or several files, so that all are shown together, before anything
 * runs.
 *
 * @module
 */
import type { z } from 'zod';
import { type ConfigCode, ConfigError, type ConfigIssue, formatValuePath } from './config-error.ts';
import type { EntryPart, ValuePath } from './locate.ts';
import type { ConfigSource } from './source.ts';
import { explainIssues, type PathMistake } from './zod-words.ts';

/** The part of a {@link ConfigSource} that finds the position of a mistake. */
type Places = Pick<ConfigSource, 'place'>;

/** Largest number of mistakes kept with their positions; any beyond that are only counted. */
const KEPT_MAX = 1_000;

/**
 * Codes of mistakes in names of links and in paths over links; such a mistake may only be a
 * consequence of a missing link.
 */
const ABOUT_LINKS: readonly ConfigCode[] = ['E107', 'E123', 'E124'];
/**
 * Code of mistakes in names of metrics; such a mistake may only be a consequence of an unknown
 * protocol.
 */
const ABOUT_PROTOCOLS: readonly ConfigCode[] = ['E108'];
/** Codes of mistakes that may only be a consequence of a node that could not be read. */
const ABOUT_NODES: readonly ConfigCode[] = ['E106', ...ABOUT_LINKS, ...ABOUT_PROTOCOLS];
const ABOUT = { links: ABOUT_LINKS, protocols: ABOUT_PROTOCOLS, nodes: ABOUT_NODES };

/** Collects mistakes with their positions. */
export class ConfigIssueCollector {
  readonly #issues: ConfigIssue[] = [];
  /** Mistakes already recorded, so that a map checked by two schemas is not reported twice. */
  readonly #told = new Set<string>();

  /** Number of mistakes that are counted without being kept. */
  #more = 0;
  /**
   * Codes of mistakes that are counted but not kept, because they may only be consequences of
   * something that is missing.
   */
  #inDoubt: ReadonlySet<ConfigCode> = new Set();
  #doubtful = 0;

  /** Number of mistakes, including those that are only counted. */
  get count(): number {
    return this.#issues.length + this.#more + this.#doubtful;
  }

  /**
   * Notes that links, protocols or nodes are missing: from now on, mistakes in entries that name
   * one are only counted.
   */
  miss(what: keyof typeof ABOUT): void {
    this.#inDoubt = new Set([...this.#inDoubt, ...ABOUT[what]]);
  }

  /** True if a mistake with this code may only follow from what is missing. */
  isInDoubt(code: ConfigCode): boolean {
    return this.#inDoubt.has(code);
  }

  /** True when further mistakes are only counted, so that their messages need not be composed. */
  get isFull(): boolean {
    return this.#issues.length >= KEPT_MAX;
  }

  /** Counts a mistake without a message. */
  countOnly(): void {
    this.#more += 1;
  }

  /**
   * Records a mistake at a path of a file, unless it is already recorded.
   *
   * @param root Path of the values inside the file, for maps inside another file.
   */
  add(source: Places, mistake: PathMistake, root: ValuePath = []): void {
    if (this.isInDoubt(mistake.code)) {
      this.#doubtful += 1;
      return;
    }
    if (this.isFull) {
      this.countOnly();
      return;
    }
    const { code, message, hint, part } = mistake;
    const path = [...root, ...mistake.path];
    const place = source.place(path, part);
    const shown = formatValuePath(path);
    const issue = { ...place, path: shown, code, message };
    if (this.#told.has(keyOf(issue))) return;
    this.#told.add(keyOf(issue));
    this.#issues.push(hint === undefined ? issue : { ...issue, hint });
  }

  /** Records the issues of another error, e.g. from a file that this one names. */
  addAll(issues: readonly ConfigIssue[]): void {
    const kept = issues.slice(0, KEPT_MAX - this.#issues.length);
    for (const one of kept) this.#issues.push(one);
    this.#more += issues.length - kept.length;
  }

  /** Records those mistakes of another check that are not recorded yet, each after changing it with `reword`. */
  addNew(other: ConfigIssueCollector, reword: (issue: ConfigIssue) => ConfigIssue): void {
    const fresh = other.#issues.filter((issue) => !this.#told.has(keyOf(issue)));
    this.addAll(fresh.map(reword));
    this.#more += other.#more;
  }

  /** @throws ConfigError when there is any mistake. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new ConfigError(this.#issues, { more: this.#more });
  }

  /**
   * Checks values against a schema.
   *
   * @returns the parsed value, or undefined after recording what is wrong.
   */
  check<T>(
    source: Places,
    schema: z.ZodType<T>,
    data: unknown,
    root: ValuePath = [],
  ): T | undefined {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    // Composing messages costs more than the check, so it is skipped for mistakes that are only
    // counted.
    const { issues } = result.error;
    const worded = explainIssues({ issues: issues.slice(0, KEPT_MAX) }, schema, data);
    for (const mistake of worded) this.add(source, mistake, root);
    this.#more += Math.max(0, issues.length - KEPT_MAX);
    return undefined;
  }
}

function keyOf({ file, line, column, path, message }: ConfigIssue): string {
  return [file, line, column, path, message].join('\n');
}

/** A hint, or a function that composes it when it will be read. */
export type Hint = string | (() => string);

/** The text of a hint; composes it if the hint is a function. */
export function hintText(hint: Hint): string {
  return typeof hint === 'string' ? hint : hint();
}

/** Runs a step that may throw a ConfigError and keeps its issues instead. */
export function collectConfigErrors<T>(
  problems: ConfigIssueCollector,
  step: () => T,
): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.addAll(error.issues);
    return undefined;
  }
}

/** The position of an entry, for values that remember it. */
export function findPosition(
  source: ConfigSource,
  path: ValuePath,
  part: EntryPart = 'value',
): { readonly file: string; readonly line: number; readonly column: number } {
  const { file, line, column } = source.place(path, part);
  return { file, line, column };
}
