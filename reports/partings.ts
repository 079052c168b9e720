/**
 * Where two runs of one seed diverge, from the checkpoints of their fingerprints alone: after the
 * first differing event all later fingerprints differ, so the divergence is between the last equal
 * and the first unequal one (docs/spec/fingerprint.md, "Comparing two runs").
 *
 * @module
 */
import { countWithNoun } from './format.ts';
import type { Report } from './report-schema.ts';

/** Whether, and between which instants, the two runs of a seed diverge. */
export type SeedDivergence =
  | { readonly kind: 'same'; readonly seed: number }
  | {
      readonly kind: 'parted';
      readonly seed: number;
      /** Everything up to this instant was equal in both runs. */
      readonly sameUntilNs: number;
      /** The first different event came at this instant at the latest; undefined if it came after the last checkpoint. */
      readonly partedByNs: number | undefined;
    };

type SeedFacts = Report['perSeed'][number];
type Checkpoints = NonNullable<SeedFacts['checkpoints']>;

/** Number of hex digits of the fingerprint at a checkpoint. */
const DIGITS = 8;
const NAMED_MAX = 3;

/** Finds where two runs diverge, for each seed that both ran with checkpoints. */
export function findSeedDivergences(a: Report, b: Report): readonly SeedDivergence[] {
  return a.perSeed.flatMap((one) => {
    const other = b.perSeed.find(({ seed }) => seed === one.seed);
    return other === undefined ? [] : partingOf(one, other);
  });
}

function partingOf(a: SeedFacts, b: SeedFacts): readonly SeedDivergence[] {
  const { seed } = a;
  if (a.checkpoints === undefined || b.checkpoints === undefined) return [];
  if (a.fingerprint === b.fingerprint) return [{ kind: 'same', seed }];
  let sameUntilNs = 0;
  for (const atNs of commonInstants(a.checkpoints, b.checkpoints)) {
    if (digestAt(a.checkpoints, atNs) !== digestAt(b.checkpoints, atNs)) {
      return [{ kind: 'parted', seed, sameUntilNs, partedByNs: atNs }];
    }
    sameUntilNs = atNs;
  }
  return [{ kind: 'parted', seed, sameUntilNs, partedByNs: undefined }];
}

/**
 * Lists the instants at which both runs have a checkpoint. Their checkpoints may be at different
 * instants, because the interval between checkpoints depends on the length of a run.
 */
function commonInstants(a: Checkpoints, b: Checkpoints): readonly number[] {
  const count = Math.floor(a.digests.length / DIGITS);
  const endNs = Math.floor(b.digests.length / DIGITS) * b.everyNs;
  return Array.from({ length: count }, (_, at) => (at + 1) * a.everyNs).filter(
    (atNs) => atNs % b.everyNs === 0 && atNs <= endNs,
  );
}

function digestAt({ everyNs, digests }: Checkpoints, atNs: number): string {
  const at = (atNs / everyNs - 1) * DIGITS;
  return digests.slice(at, at + DIGITS);
}

/**
 * A sentence such as `seed 2 parts between 11.76 s and 12 s, and 4 seeds later`; undefined if no
 * seed diverges.
 */
export function seedDivergencesText(partings: readonly SeedDivergence[]): string | undefined {
  const parted = partings.flatMap((one) => (one.kind === 'parted' ? [one] : []));
  if (parted.length === 0) return undefined;
  const first = [...parted].sort((a, b) => a.sameUntilNs - b.sameUntilNs);
  const named = first.slice(0, NAMED_MAX).map(({ seed, sameUntilNs, partedByNs }) => {
    const from = secondsText(sameUntilNs);
    const where =
      partedByNs === undefined ? `after ${from}` : `between ${from} and ${secondsText(partedByNs)}`;
    return `seed ${seed} parts ${where}`;
  });
  const rest = first.length - named.length;
  return [...named, ...(rest === 0 ? [] : [`${countWithNoun(rest, 'seed')} later`])].join(', ');
}

/**
 * A sentence such as `1 of 3 seeds had the same events in both; seed 2 parts between 11.76 s and 12
 * s`.
 */
export function sameEventsText(partings: readonly SeedDivergence[]): string | undefined {
  if (partings.length === 0) return undefined;
  const same = partings.filter(({ kind }) => kind === 'same').length;
  const count = `${same} of ${countWithNoun(partings.length, 'seed')} had the same events in both`;
  const parted = seedDivergencesText(partings);
  return parted === undefined ? count : `${count}; ${parted}`;
}

function secondsText(ns: number): string {
  return `${Number((ns / 1e9).toFixed(6))} s`;
}
