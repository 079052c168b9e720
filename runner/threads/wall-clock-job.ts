/**
 * The messages between the main thread and the thread of a real-time run: plain data.
 *
 * @module
 */

import type { EmulateSettings } from '../run/emulate-run.ts';
import type { SeedAnswer, SeedJob } from '../run/job.ts';
import type { LiveSettings } from '../run/live-run.ts';

/** The command of a real-time run, with its flags. */
export type WallClockRunKind =
  | { readonly command: 'live'; readonly how: LiveSettings }
  | { readonly command: 'emulate'; readonly how: EmulateSettings };

/** One run of one seed in real time, as its thread receives it. */
export type WallClockJob = Required<Omit<SeedJob, 'asked'>> &
  WallClockRunKind & {
    /** All seeds of the run, whose number decides how files of outside programs are named. */
    readonly seeds: readonly number[];
  };

/** Messages from the thread that runs the job. */
export type WallClockReport =
  | { readonly kind: 'progress'; readonly nowNs: number; readonly events: number }
  | { readonly kind: 'journey'; readonly text: string }
  /** An outside program, as the leader of its process group. */
  | { readonly kind: 'program'; readonly pid: number; readonly isLiving: boolean }
  | { readonly kind: 'answer'; readonly answer: SeedAnswer };

/** A message to the thread: `stop` ends the run. */
export type WallClockThreadCommand = 'stop';
