/**
 * What a run is asked to record.
 *
 * @module
 */

import type { InjectionPort } from '../injection/messages.ts';
import type { Broadcast } from './broadcast.ts';

/** Recordings in addition to the result, as paths of files to write. */
export interface RecordingPaths {
  /** `windows` records around faults, `full` everything. */
  readonly trace?: { readonly path: string; readonly extent: 'windows' | 'full' };
  readonly pcapPath?: string;
  /** Number of first packets whose journeys are recorded. */
  readonly explain?: number;
  /** The channel for viewers of the run. */
  readonly broadcast?: Broadcast;
  /** The source of faults that are not in the file. */
  readonly injection?: InjectionPort;
}
