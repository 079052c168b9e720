/**
 * Decides whether a benchmark has become slow, independent of the machine: its speed as multiples of the two
 * calibration loops is compared with the recorded multiples.
 *
 * On another machine, one of the two multiples may be small, since its memory or its cores have another speed. Code
 * that has become slow makes both small. So the larger of the two counts.
 *
 * @module
 */
import { z } from 'zod';

/** Schema of a line of a benchmark, as measured or as recorded. */
export const speedSchema = z.strictObject({
  bench: z.string(),
  name: z.string(),
  /** `rate`: more is better; `time`: less is better. */
  kind: z.enum(['rate', 'time']),
  /** A rate as a multiple of the calibration loop's; of a time, the number of steps that the loop makes in it. */
  ratio: z.number().positive(),
  /** The same, with the loop over memory. */
  memoryRatio: z.number().positive(),
});

/** A line of a benchmark, as measured or as recorded. */
export type Speed = z.output<typeof speedSchema>;

/** What was recorded on one kind of machine. */
const recordSchema = z.strictObject({
  date: z.iso.date(),
  commit: z.string(),
  cpu: z.string(),
  node: z.string(),
  speeds: z.array(speedSchema),
});

/** The lines that were recorded on one kind of machine. */
export type SpeedRecord = z.output<typeof recordSchema>;

/** Schema of the file with the records, one for each model of processor. */
export const recordsSchema = z.strictObject({ records: z.array(recordSchema).min(1) });

/** A speed below this share of the recorded speed is a failure. */
export const RED_BELOW = 0.6;

/** A measured speed with its score: how it compares with the recorded speed. */
export interface ScoredSpeed {
  readonly speed: Speed;
  /** 1: as fast as recorded, 0.5: half as fast; the larger of the scores by the two loops. */
  readonly score: number;
}

/** Scores a measured speed. */
export function scoreOf(speed: Speed, recorded: Speed): ScoredSpeed {
  const relative = (now: number, then: number): number =>
    speed.kind === 'rate' ? now / then : then / now;
  const byLoop = relative(speed.ratio, recorded.ratio);
  const byMemory = relative(speed.memoryRatio, recorded.memoryRatio);
  return { speed, score: Math.max(byLoop, byMemory) };
}

/**
 * The recorded lines with which a machine is compared: those of its own kind, since lines differ by a third between
 * kinds of machines even as multiples of the loops; for a line that was not recorded on its kind, those of all kinds.
 */
export function recordedLinesFor(records: readonly SpeedRecord[], cpu: string): readonly Speed[] {
  const own = records.filter((one) => one.cpu === cpu).flatMap(({ speeds }) => speeds);
  const all = records.flatMap(({ speeds }) => speeds);
  return [...own, ...all.filter((line) => !own.some((other) => isSameLine(line, other)))];
}

/** The best score of a measured speed, compared with the same line of several records. */
export function bestScore(speed: Speed, lines: readonly Speed[]): ScoredSpeed {
  const scores = lines.map((line) => scoreOf(speed, line).score);
  return { speed, score: Math.max(0, ...scores) };
}

/** True if both are the same line of the same benchmark. */
export function isSameLine(a: Speed, b: Speed): boolean {
  return a.bench === b.bench && a.name === b.name;
}
