/**
 * When and why a run with `until: done` ended, in words (`done at 16.9 s of at most 60 s`) and on
 * time axes.
 *
 * @module
 */
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import type { RunCompletion } from './model.ts';
import type { Report } from './report-schema.ts';

/** Largest number of unfinished nodes that are named; further nodes are only counted. */
const NAMED_MAX = 3;

/** Says what ended the run; undefined if nothing but its duration could have ended it. */
export function runCompletionText({
  perSeed,
  scenario,
}: Pick<Report, 'perSeed' | 'scenario'>): string | undefined {
  const all = perSeed.flatMap(({ seed, done }) => (done === undefined ? [] : [{ seed, done }]));
  const instants = all.flatMap(({ done }) => (done.by === 'done' ? [done.atNs] : []));
  const open = all.flatMap(({ seed, done }) =>
    done.by === 'duration' ? [{ seed, who: `${named(done)} unfinished` }] : [],
  );
  const [first] = open;
  const limit = `${seconds(scenario.durationNs)} s`;
  if (first === undefined) {
    return all.length === 0 ? undefined : `done at ${range(instants)} of at most ${limit}`;
  }
  if (all.length === 1) return `not done within ${limit}, ${first.who}`;
  const some = `done in ${instants.length} of ${all.length} seeds within ${limit}`;
  return `${some}, seed ${first.seed}: ${first.who}`;
}

/** Where a time axis ends, ns: at the duration of the run, or earlier if no seed needed all of it. */
export function axisEndNs({ perSeed, scenario }: Pick<Report, 'perSeed' | 'scenario'>): number {
  const isDone = perSeed.length > 0 && perSeed.every(({ done }) => done?.by === 'done');
  if (!isDone) return scenario.durationNs;
  return greatestOf(perSeed.map(({ virtualSeconds }) => virtualSeconds * 1e9));
}

function range(instants: readonly number[]): string {
  const from = seconds(leastOf(instants));
  const to = seconds(greatestOf(instants));
  return from === to ? `${from} s` : `${from} to ${to} s`;
}

function named({ unfinished }: Extract<RunCompletion, { by: 'duration' }>): string {
  const more = unfinished.length - NAMED_MAX;
  const names = unfinished.slice(0, NAMED_MAX).join(', ');
  return more > 0 ? `${names} and ${more} more` : names;
}

function seconds(ns: number): string {
  return String(Number((ns / 1e9).toPrecision(4)));
}
