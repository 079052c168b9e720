/**
 * Takes measurements in turn with the calibration loop, so that each figure comes with the
 * machine's speed just before and just after it.
 *
 * @module
 */
import { calibrationLoop } from '../engine/measure/calibration-loop.ts';
import { type BenchResult, cpuTimeUs, DisturbedRound, spreadOf } from './bench-result.ts';
import { loopRatio } from './ratio.ts';

const STEPS = 20_000_000;
/** Number of attempts for a round that other work on the machine disturbs. */
const TRIES = 3;

/** One measurement of a figure. */
export interface Taken {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Multiple of a reference of its own; if absent, of the loop. */
  readonly ratio?: number;
  readonly note?: string;
}

/** Takes its figures once. */
export type Measurement = () => readonly Taken[] | Promise<readonly Taken[]>;

/**
 * Medians over the rounds; each figure has the loop just before and just after it. A disturbed
 * round is repeated, then left out; a measurement without any valid round has no figures, and the
 * reason goes to stderr.
 */
export async function inTurnWithLoop(
  measurements: readonly Measurement[],
  rounds: number,
): Promise<readonly BenchResult[]> {
  const all = new Map<string, { readonly taken: Taken; readonly ratio: number }[]>();
  let before = loopPace();
  for (let round = 0; round < rounds; round += 1) {
    for (const measure of measurements) {
      const figures = await undisturbed(measure);
      const after = loopPace();
      for (const taken of figures) {
        const ratio = taken.ratio ?? loopRatio(taken, (before + after) / 2) ?? Number.NaN;
        all.set(taken.name, [...(all.get(taken.name) ?? []), { taken, ratio }]);
      }
      before = after;
    }
  }
  return [...all].map(([title, found]) => ({
    name: title,
    unit: found[0]?.taken.unit ?? '',
    ...spreadOf(found.map(({ taken }) => taken.value)),
    ratio: spreadOf(found.map(({ ratio }) => ratio)).value,
    note: found.at(-1)?.taken.note ?? '',
  }));
}

async function undisturbed(measure: Measurement): Promise<readonly Taken[]> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof DisturbedRound)) throw error;
      const next = tried + 1 < TRIES ? 'measured again' : 'left out';
      process.stderr.write(`${error.message}; ${next}\n`);
    }
  }
  return [];
}

/** Millions of steps per CPU second. */
function loopPace(): number {
  return STEPS / cpuTimeUs(() => calibrationLoop(STEPS));
}
