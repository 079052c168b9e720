/**
 * Measures in turn with the calibration loop, so that each figure has the pace of the machine just
 * before and just after it.
 *
 * @module
 */
import { type BenchResult, cpuTimeUs, spreadOf } from './bench-result.ts';
import { calibrationLoop } from './calibration.ts';
import { loopRatio } from './ratio.ts';

const STEPS = 20_000_000;

/** One measurement of a figure. */
export interface Taken {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Multiple of a reference of its own; that of the loop else. */
  readonly ratio?: number;
  readonly note?: string;
}

/** Takes its figures once. */
export type Measurement = () => readonly Taken[] | Promise<readonly Taken[]>;

/** Medians over the rounds; each figure has the loop just before and just after it. */
export async function inTurnWithLoop(
  measurements: readonly Measurement[],
  rounds: number,
): Promise<readonly BenchResult[]> {
  const all = new Map<string, { readonly taken: Taken; readonly ratio: number }[]>();
  let before = loopPace();
  for (let round = 0; round < rounds; round += 1) {
    for (const measure of measurements) {
      const figures = await measure();
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

/** Millions of steps per CPU second. */
function loopPace(): number {
  return STEPS / cpuTimeUs(calibrationLoop);
}
