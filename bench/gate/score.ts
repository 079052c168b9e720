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

/** What was recorded on one kind of machine. */
const recordSchema = z.strictObject({
  date: z.iso.date(),
  commit: z.string(),
  cpu: z.string(),
  node: z.string(),
  speeds: z.array(speedSchema),
});

/** See {@link recordsSchema}. */
export type SpeedRecord = z.output<typeof recordSchema>;

/** The file that holds what was recorded, by the model of the processor. */
export const recordsSchema = z.strictObject({ records: z.array(recordSchema).min(1) });

/** A speed below this part of what was recorded is a failure. */
export const RED_BELOW = 0.6;

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

/**
 * The recorded lines that count on a machine: its own kind's, since lines differ by a third between kinds whatever the
 * loops say; of a line that was not recorded on its kind, those of all kinds.
 */
export function linesFor(records: readonly SpeedRecord[], cpu: string): readonly Speed[] {
  const own = records.filter((one) => one.cpu === cpu).flatMap(({ speeds }) => speeds);
  const all = records.flatMap(({ speeds }) => speeds);
  return [...own, ...all.filter((line) => !own.some((other) => isSameLine(line, other)))];
}

/** The best score of a measured speed beside the same line of several records. */
export function bestScore(speed: Speed, lines: readonly Speed[]): Scored {
  const scores = lines.map((line) => scoreOf(speed, line).score);
  return { speed, score: Math.max(0, ...scores) };
}

/** The same line in what was recorded. */
export function isSameLine(a: Speed, b: Speed): boolean {
  return a.bench === b.bench && a.name === b.name;
}
