/**
 * What crosses between the main thread and the thread of a run by the wall clock: plain data.
 *
 * @module
 */

import type { EmulateHow } from './emulate-run.ts';
import type { SeedAnswer, SeedJob } from './job.ts';
import type { LiveHow } from './live-run.ts';

/** The way in which it runs. */
export type WallClockHow =
  | { readonly command: 'live'; readonly how: LiveHow }
  | { readonly command: 'emulate'; readonly how: EmulateHow };

/** One run of one seed. */
export type WallClockJob = Required<SeedJob> &
  WallClockHow & {
    /** Of the whole run: how many seeds there are names files of outside programs. */
    readonly seeds: readonly number[];
  };

/** From the thread. */
export type WallClockNews =
  | { readonly kind: 'progress'; readonly nowNs: number; readonly events: number }
  | { readonly kind: 'journey'; readonly text: string }
  /** An outside program, as the leader of its process group. */
  | { readonly kind: 'program'; readonly pid: number; readonly isLiving: boolean }
  | { readonly kind: 'answer'; readonly answer: SeedAnswer };

/** To the thread. */
export type WallClockOrder = 'stop';
