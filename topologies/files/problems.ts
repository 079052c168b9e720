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

/** Mistakes found so far. */
export class Problems {
  readonly #issues: ConfigIssue[] = [];
  /** What was noted, so that a map which two schemas check is not complained of twice. */
  readonly #told = new Set<string>();

  /** Number of mistakes. */
  get count(): number {
    return this.#issues.length;
  }

  /**
   * Notes a mistake at a path of a file, unless it is already noted.
   *
   * @param root Path of the values inside the file, for maps that stand inside another file.
   */
  add(source: Source, mistake: PathMistake, root: FilePath = []): void {
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
    this.#issues.push(...issues);
  }

  /** @throws ConfigError when there is any mistake. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new ConfigError(this.#issues);
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
    for (const mistake of wordIssues(result.error, schema, data)) this.add(source, mistake, root);
    return undefined;
  }
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
