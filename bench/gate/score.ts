/**
 * Whether a benchmark has become slow, independent of the machine: its speed as multiples of the two
 * calibration loops, beside the multiples that were recorded.
 *
 * A machine with slower memory makes the one multiple small, one with a faster core the other; code that has become
 * slow makes both small. So the larger of the two counts.
 *
 * @module
 */
import { z } from 'zod';

/** A line of a benchmark, or what was recorded of it. */
export const speedSchema = z.strictObject({
  bench: z.string(),
  name: z.string(),
  /** `rate`: more is better; `time`: less is. */
  kind: z.enum(['rate', 'time']),
  /** Multiple of the calibration loop; of a time, the steps that the loop makes in it. */
  ratio: z.number().positive(),
  /** The same of the loop over memory. */
  memoryRatio: z.number().positive(),
});

/** See {@link speedSchema}. */
export type Speed = z.output<typeof speedSchema>;

/** The file that holds what was recorded. */
export const recordSchema = z.strictObject({
  date: z.iso.date(),
  commit: z.string(),
  cpu: z.string(),
  node: z.string(),
  speeds: z.array(speedSchema),
});

/** A speed below this part of what was recorded is a failure. */
export const RED_BELOW = 0.7;

/** A speed beside the recorded one. */
export interface Scored {
  readonly speed: Speed;
  /** 1 is as fast as recorded, 0.5 half as fast; the larger of those by the two loops. */
  readonly score: number;
}

/** Scores a measured speed. */
export function scoreOf(speed: Speed, recorded: Speed): Scored {
  const relative = (now: number, then: number): number =>
    speed.kind === 'rate' ? now / then : then / now;
  const byLoop = relative(speed.ratio, recorded.ratio);
  const byMemory = relative(speed.memoryRatio, recorded.memoryRatio);
  return { speed, score: Math.max(byLoop, byMemory) };
}

/** The same line in what was recorded. */
export function isSameLine(a: Speed, b: Speed): boolean {
  return a.bench === b.bench && a.name === b.name;
}
