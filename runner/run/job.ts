/**
 * Everything needed to repeat one run of one seed anywhere: plain data that crosses threads.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { JobFiles } from '../../scenarios/open/run-files.ts';
import type { Crash } from '../crash/crash.ts';
import type { RecordingPaths } from '../recording/recordings.ts';
import type { StopReason } from './run-control.ts';

/** The order to run one seed of a scenario. */
export interface SeedJob {
  readonly file: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly recordings: RecordingPaths;
  /** True if the run ends at the first limit that it cannot meet any more. */
  readonly endsOnMiss?: boolean;
  readonly shared?: SharedArrayBuffer;
  /** Memory in which calls of nodes are recorded (engine/net/node-calls.ts). */
  readonly calls?: SharedArrayBuffer;
  /** Hashes of the files that the run must use, which refuses any others; if absent, any files. */
  readonly asked?: JobFiles;
}

/** The answer of a worker: a result, or the reason why it stopped, as data. */
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
  /** The machine is at fault: a port, a disk, a limit. */
  | { readonly kind: 'refused'; readonly message: string }
  /** An error in the code: in that of a node if `crash` is present, else in that of the engine. */
  | {
      readonly kind: 'broken';
      readonly message: string;
      readonly stack: string;
      readonly crash?: Crash;
    }
  /** The seed has no measurements: it had not begun when it was asked to stop, or did not stop. */
  | {
      readonly kind: 'ended';
      readonly ending: StopReason;
      readonly seed: number;
      readonly message: string;
    };
