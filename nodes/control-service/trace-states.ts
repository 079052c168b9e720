/**
 * What control services trace: how much they know. Nodes write this state, drawings read it.
 *
 * @module
 */
import { countFormat, textFormatFromTemplate } from '../_kit/text-form.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';

/** The numbers of beacons and segments that a control service knows. */
export interface KnowledgeState {
  /** Beacons of neighbours. */
  readonly beacons: number;
  /** Segments that end in its AS. */
  readonly segments: number;
  /** Segments that other ASes registered. */
  readonly registered: number;
  /** ASes to which it has found a path, and those that it watches. */
  readonly found: number;
  readonly watched: number;
}

/** What a control service knows: `9 beacons, 4 segments, 0 registered, paths to 7 of 15`. */
export const KNOWLEDGE_TRACE: SingleTraceState<KnowledgeState> = {
  machine: 'knowledge',
  state: textFormatFromTemplate(
    '{beacons} beacons, {segments} segments, {registered} registered, paths to {found} of {watched}',
    {
      beacons: countFormat,
      segments: countFormat,
      registered: countFormat,
      found: countFormat,
      watched: countFormat,
    },
  ),
};
