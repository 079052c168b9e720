/**
 * Joins the results of parts of a sweep, and of repeated ones.
 *
 * @module
 */
import { Refusal } from '../refusal.ts';
import { canonical } from './identity.ts';
import { unpackResult } from './packed-result.ts';
import type { KnownResults, RunLine, SweepHead } from './results-file.ts';

/** A file, and what it holds. */
export interface Part extends Pick<KnownResults, 'head' | 'lines'> {
  readonly path: string;
}

/** Two results of one run that are not the same. */
export interface Conflict {
  readonly id: string;
  readonly seed: number;
  readonly parameters: RunLine['parameters'];
  /** Files and fingerprints. */
  readonly found: readonly (readonly [path: string, fingerprint: string])[];
}

/** All runs of all parts, each once. */
export interface Merged {
  /** That of all parts, without their number. */
  readonly head: SweepHead;
  readonly lines: ReadonlyMap<string, RunLine>;
  readonly conflicts: readonly Conflict[];
}

/**
 * Joins parts of one sweep, or the lines of one that goes on. Damaged lines are left out, as if their runs
 * had not been made.
 * @param parts At least one.
 * @throws Refusal naming the first one that belongs to another sweep, and what differs.
 */
export function mergeResults(parts: readonly Part[]): Merged {
  const [first] = parts;
  if (first === undefined) throw new Refusal('there is nothing to merge');
  const head = wholeOf(first.head);
  for (const part of parts) refuseOther(first, part);
  const lines = new Map<string, RunLine>();
  const origins = new Map<string, Origins>();
  const all = parts.flatMap(({ path, lines: own }) => own.map((line) => ({ path, line })));
  for (const { path, line } of all) {
    const result = unpackResult(line.result);
    if (result === undefined) continue;
    const { id, fingerprint } = line;
    const known = origins.get(id) ?? { line, paths: new Map<string, string>() };
    if (!known.paths.has(fingerprint)) known.paths.set(fingerprint, path);
    origins.set(id, known);
    if (!lines.has(id) && result.fingerprint === fingerprint) lines.set(id, line);
  }
  return { head, lines, conflicts: [...origins.values()].flatMap(conflictsOf) };
}

/** A run, and the first file with each of its fingerprints. */
interface Origins {
  readonly line: RunLine;
  readonly paths: Map<string, string>;
}

function conflictsOf({ line, paths }: Origins): readonly Conflict[] {
  if (paths.size === 1) return [];
  const { id, seed, parameters } = line;
  const found = [...paths].map(([fingerprint, path]) => [path, fingerprint] as const);
  return [{ id, seed, parameters, found }];
}

function wholeOf({ shard: _, ...head }: SweepHead): SweepHead {
  return head;
}

const NAMES: Readonly<Partial<Record<keyof SweepHead, string>>> = {
  commit: 'commit',
  sha256: 'scenario file',
  name: 'scenario',
  set: 'values that are set',
  seeds: 'seeds',
  adaptive: 'number of adaptive seeds',
};

function refuseOther(first: Part, part: Part): void {
  for (const [key, name] of Object.entries(NAMES) as [keyof SweepHead, string][]) {
    const [a, b] = [first.head[key], part.head[key]].map((one) => canonical(one ?? null));
    if (a === b) continue;
    throw new Refusal(`${part.path} and ${first.path} differ in their ${name}: ${b} and ${a}`);
  }
}
