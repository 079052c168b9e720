/**
 * Everything that is needed to run one seed anywhere, as plain data that can be sent between threads.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import type { Crash } from '../crash/crash.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import type { StopReason } from './run-control.ts';

/** A run of one seed of a scenario. */
export interface SeedJob {
  readonly file: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly recordings: RecordingPaths;
  /** True if the run ends as soon as it cannot meet a limit any more. */
  readonly endsOnMiss?: boolean;
  readonly shared?: SharedArrayBuffer;
  /** Memory in which calls of nodes are recorded (engine/net/node-calls.ts). */
  readonly calls?: SharedArrayBuffer;
  /** Hashes that the files of the run must have, else the run is refused; any files if absent. */
  readonly asked?: JobFiles;
}

/** The answer for a seed: its result, or the reason why it has none, as data. */
export type SeedAnswer =
  | { readonly kind: 'result'; readonly result: SeedResult; readonly journey?: string }
  /** A fault of the scenario that could not be carried out. */
  | {
      readonly kind: 'scenario-error';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly message: string;
    }
  /** The run is not possible on this machine: a port, a disk, a limit. */
  | { readonly kind: 'refused'; readonly message: string }
  /** An error in the code: of a node if `crash` is present, else of the engine. */
  | {
      readonly kind: 'broken';
      readonly message: string;
      readonly stack: string;
      readonly crash?: Crash;
    }
  /**
   * The seed has no measurements: it had not begun when it was told to stop, or it had to be
   * terminated.
   */
  | {
      readonly kind: 'ended';
      readonly ending: StopReason;
      readonly seed: number;
      readonly message: string;
    };
