/**
 * The recordings that a run is requested to make.
 *
 * @module
 */

import type { InjectionPort } from '../injection/messages.ts';
import type { Broadcast } from './broadcast.ts';

/** Recordings in addition to the result, as paths of files to write. */
export interface RecordingPaths {
  /** With the extent `windows`, only the time around faults is recorded; with `full`, everything. */
  readonly trace?: { readonly path: string; readonly extent: 'windows' | 'full' };
  readonly pcapPath?: string;
  /** Number N of packets, the first after the warm-up, whose journeys are recorded. */
  readonly explain?: number;
  /** The channel for viewers of the run. */
  readonly broadcast?: Broadcast;
  /** The source of faults that are not in the file. */
  readonly injection?: InjectionPort;
}
