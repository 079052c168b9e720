/**
 * Alternates measurements with the calibration loop, so that each figure comes with the machine's
 * speed just before and just after it.
 *
 * @module
 */
import { runCalibrationLoop } from '../engine/measure/calibration-loop.ts';
import { type BenchResult, cpuTimeUs, DisturbedRound, spreadOf } from './bench-result.ts';
import { loopRatio } from './ratio.ts';

const STEPS = 20_000_000;
/** How often a round is tried when other work on the machine disturbs it. */
const TRIES = 3;

/** One measured figure, with its unit and its ratio to a reference. */
export interface MeasuredFigure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** The value as a multiple of a reference of its own; if absent, of the calibration loop. */
  readonly ratio?: number;
  readonly note?: string;
}

/** Measures its figures once. */
export type Measurement = () => readonly MeasuredFigure[] | Promise<readonly MeasuredFigure[]>;

/**
 * Medians of all figures over the rounds; the loop runs just before and just after each. A
 * disturbed round is repeated and in the end left out. A measurement without any valid round has no
 * figures, and the reason is printed to stderr.
 */
export async function inTurnWithLoop(
  measurements: readonly Measurement[],
  rounds: number,
): Promise<readonly BenchResult[]> {
  const all = new Map<string, { readonly taken: MeasuredFigure; readonly ratio: number }[]>();
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

async function undisturbed(measure: Measurement): Promise<readonly MeasuredFigure[]> {
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

/** The rate of the calibration loop, millions of steps per CPU second. */
function loopPace(): number {
  return STEPS / cpuTimeUs(() => runCalibrationLoop(STEPS));
}
