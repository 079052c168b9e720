/**
 * Joins the results of several parts or repetitions of a sweep.
 *
 * @module
 */

import { canonicalJson } from '../../scenarios/identity.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { unpackResult } from './packed-result.ts';
import type { KnownResults, ResultsFileRun, SweepHeader } from './results-file.ts';

/** One of the results files that are merged: its path and content. */
export interface ResultsPart extends Pick<KnownResults, 'head' | 'lines'> {
  readonly path: string;
}

/** A run that has different results in several files. */
export interface ResultConflict {
  readonly id: string;
  readonly seed: number;
  readonly parameters: ResultsFileRun['parameters'];
  /** The fingerprint of the run in each file. */
  readonly found: readonly (readonly [path: string, fingerprint: string])[];
}

/** All runs of all parts, each once. */
export interface MergedResults {
  /** The header that all parts share, without the number of a part. */
  readonly head: SweepHeader;
  readonly lines: ReadonlyMap<string, ResultsFileRun>;
  readonly conflicts: readonly ResultConflict[];
}

/**
 * Joins the parts of one sweep, or the lines of a sweep that is continued. Damaged lines are left out,
 * as if their runs had not been made.
 * @param parts At least one.
 * @throws Refusal naming the first part that belongs to another sweep, and what differs.
 */
export function mergeResults(parts: readonly ResultsPart[]): MergedResults {
  const [first] = parts;
  if (first === undefined) throw new Refusal('there is nothing to merge');
  const head = wholeOf(first.head);
  for (const part of parts) refuseOther(first, part);
  const claims = new Map<string, RunLine[]>();
  for (const { path, lines } of parts) for (const line of lines) addRunLine(claims, { path, line });
  const lines = new Map<string, ResultsFileRun>();
  const conflicts: ResultConflict[] = [];
  for (const [id, all] of claims) {
    // To check a line, its result must be unpacked, which takes milliseconds and happens later
    // anyway. So lines are unpacked here only if several of them are for the same run.
    const whole = all.length === 1 ? all : all.filter(isWhole);
    const [one] = whole;
    if (one !== undefined) lines.set(id, one.line);
    for (const one of conflictsOf(all.length === 1 ? [] : all.filter(isUnpacked)))
      conflicts.push(one);
  }
  return { head, lines, conflicts };
}

/** The line of one file for a run. */
interface RunLine {
  readonly path: string;
  readonly line: ResultsFileRun;
}

/** Adds a line, unless an equal one is known. */
function addRunLine(claims: Map<string, RunLine[]>, claim: RunLine): void {
  const { id, fingerprint, result } = claim.line;
  const known = claims.get(id);
  if (known === undefined) claims.set(id, [claim]);
  else if (known.every(({ line }) => line.fingerprint !== fingerprint || line.result !== result)) {
    known.push(claim);
  }
}

function isUnpacked({ line }: RunLine): boolean {
  return unpackResult(line.result) !== undefined;
}

function isWhole({ line }: RunLine): boolean {
  return unpackResult(line.result)?.fingerprint === line.fingerprint;
}

function conflictsOf(claims: readonly RunLine[]): readonly ResultConflict[] {
  const paths = new Map<string, string>();
  for (const { path, line } of claims) {
    if (!paths.has(line.fingerprint)) paths.set(line.fingerprint, path);
  }
  const [first] = claims;
  if (first === undefined || paths.size === 1) return [];
  const { id, seed, parameters } = first.line;
  return [{ id, seed, parameters, found: [...paths].map(([mark, path]) => [path, mark] as const) }];
}

function wholeOf({ shard: _, ...head }: SweepHeader): SweepHeader {
  return head;
}

const NAMES: Readonly<Partial<Record<keyof SweepHeader, string>>> = {
  commit: 'commit',
  sha256: 'scenario file',
  name: 'scenario',
  set: 'values that are set',
  seeds: 'seeds',
  adaptive: 'number of adaptive seeds',
};

function refuseOther(first: ResultsPart, part: ResultsPart): void {
  for (const [key, name] of Object.entries(NAMES) as [keyof SweepHeader, string][]) {
    const [a, b] = [first.head[key], part.head[key]].map((one) => canonicalJson(one ?? null));
    if (a === b) continue;
    throw new Refusal(`${part.path} and ${first.path} differ in their ${name}: ${b} and ${a}`);
  }
}
