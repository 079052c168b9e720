/**
 * Joins the results of parts of a sweep, and of repeated ones.
 *
 * @module
 */
import { Refusal } from '../refusal.ts';
import { canonical } from './identity.ts';
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
 * Joins parts of one sweep.
 * @param parts At least one.
 * @throws Refusal naming the first one that belongs to another sweep, and what differs.
 */
export function mergeResults(parts: readonly Part[]): Merged {
  const [first] = parts;
  if (first === undefined) throw new Refusal('there is nothing to merge');
  const head = wholeOf(first.head);
  for (const part of parts) refuseOther(first, part);
  const lines = new Map<string, RunLine>();
  const origins = new Map<string, string>();
  const conflicts: Conflict[] = [];
  for (const { path, lines: own } of parts) {
    for (const line of own) {
      const before = lines.get(line.id);
      if (before === undefined) {
        lines.set(line.id, line);
        origins.set(line.id, path);
      } else if (before.fingerprint !== line.fingerprint) {
        const { id, seed, parameters } = line;
        const found = [
          [origins.get(id) ?? '', before.fingerprint],
          [path, line.fingerprint],
        ] as const;
        conflicts.push({ id, seed, parameters, found });
      }
    }
  }
  return { head, lines, conflicts };
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
