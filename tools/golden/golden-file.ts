/**
 * A golden file: values by name, as JSON, written anew or compared.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The content of a golden file: values by name. */
export type GoldenValues = Readonly<Record<string, unknown>>;

/** Writes values over a golden file. */
export function writeGolden(path: string, values: GoldenValues): void {
  writeFileSync(path, textOf(values));
}

/** Compares values with a golden file. @returns the names whose values differ, or that only one of both has. */
export function staleGoldenNames(path: string, values: GoldenValues): readonly string[] {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
  const kept = JSON.parse(text) as GoldenValues;
  const names = new Set([...Object.keys(kept), ...Object.keys(values)]);
  return [...names].filter((name) => textOf(kept[name]) !== textOf(values[name]));
}

const textOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
