/**
 * Collects mistakes of one or several files, so that all are shown at once.
 *
 * Spec: ux.md 2.2 (all files are checked before anything runs).
 *
 * @module
 */
import type { z } from 'zod';
import { ConfigError, type ConfigIssue, formatPath } from './config-error.ts';
import type { EntryPart, FilePath } from './locate.ts';
import type { Source } from './source.ts';
import { type PathMistake, wordIssues } from './zod-words.ts';

/** Mistakes that are kept with their places; of more, the number is enough. */
const KEPT_MAX = 1_000;

/** Mistakes found so far. */
export class Problems {
  readonly #issues: ConfigIssue[] = [];
  /** What was noted, so that a map which two schemas check is not complained of twice. */
  readonly #told = new Set<string>();

  /** Mistakes that are counted only. */
  #more = 0;

  /** Number of mistakes. */
  get count(): number {
    return this.#issues.length + this.#more;
  }

  /** True when more mistakes are only counted, so that nobody need word them. */
  get isFull(): boolean {
    return this.#issues.length >= KEPT_MAX;
  }

  /** Counts a mistake that nobody words. */
  countOnly(): void {
    this.#more += 1;
  }

  /**
   * Notes a mistake at a path of a file, unless it is already noted.
   *
   * @param root Path of the values inside the file, for maps that stand inside another file.
   */
  add(source: Source, mistake: PathMistake, root: FilePath = []): void {
    if (this.isFull) {
      this.countOnly();
      return;
    }
    const { code, message, hint, part } = mistake;
    const path = [...root, ...mistake.path];
    const place = source.place(path, part);
    const shown = formatPath(path);
    const { file, line, column } = place;
    const key = [file, line, column, shown, message].join('\n');
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const issue = { ...place, path: shown, code, message };
    this.#issues.push(hint === undefined ? issue : { ...issue, hint });
  }

  /** Notes the issues of another error, e.g. of a file that this one names. */
  addAll(issues: readonly ConfigIssue[]): void {
    const kept = issues.slice(0, KEPT_MAX - this.#issues.length);
    this.#issues.push(...kept);
    this.#more += issues.length - kept.length;
  }

  /** @throws ConfigError when there is any mistake. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new ConfigError(this.#issues, { more: this.#more });
  }

  /**
   * Checks values against a schema.
   *
   * @returns the parsed value, or undefined after noting what is wrong.
   */
  check<T>(
    source: Source,
    schema: z.ZodType<T>,
    data: unknown,
    root: FilePath = [],
  ): T | undefined {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    // Words cost more than the check: those that would only be counted are not worded.
    const { issues } = result.error;
    const worded = wordIssues({ issues: issues.slice(0, KEPT_MAX) }, schema, data);
    for (const mistake of worded) this.add(source, mistake, root);
    this.#more += Math.max(0, issues.length - KEPT_MAX);
    return undefined;
  }
}

/** A hint, or how to word it when somebody will read it. */
export type Hint = string | (() => string);

/** Its words. */
export function hintText(hint: Hint): string {
  return typeof hint === 'string' ? hint : hint();
}

/** Runs a step that may throw a ConfigError and keeps its issues instead. */
export function collect<T>(problems: Problems, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.addAll(error.issues);
    return undefined;
  }
}

/** Where an entry stands, for values that keep their position. */
export function positionOf(
  source: Source,
  path: FilePath,
  part: EntryPart = 'value',
): { readonly file: string; readonly line: number; readonly column: number } {
  const { file, line, column } = source.place(path, part);
  return { file, line, column };
}
