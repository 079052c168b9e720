/**
 * The requested recorders of a run: trace, capture, journeys, broadcast. None of them changes the run,
 * and a recorder that is not requested costs nothing.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { makeInterimResultReader } from '../experiment/measured-so-far.ts';
import type { World } from '../world.ts';
import { type BroadcastParts, broadcastTrace } from './broadcast.ts';
import { recordJourneys } from './explain.ts';
import { recordPcap } from './record-pcap.ts';
import { makeTraceParts, recordTrace, startTraceFile } from './record-trace.ts';
import type { FollowedPacket, Recorder, RecorderParts, RunRecording } from './recorder.ts';
import type { RecordingPaths } from './recordings.ts';

/** All recorders of one run. */
export class Recorders implements RunRecording {
  readonly all: readonly Recorder[];

  constructor(all: readonly Recorder[]) {
    this.all = all;
  }

  /** The recorders that observe packets. */
  get observers(): readonly NetworkObserver[] {
    return this.all.flatMap(({ observer }) => observer ?? []);
  }

  /** Observers of messages to be passed to the node with this name. */
  messagesOf(node: string): readonly MessageObserver[] {
    return this.all.flatMap((recorder) => recorder.messagesOf?.(node) ?? []);
  }

  /** Called between slices of the run. */
  tick(nowNs: number, experiment: Experiment): void {
    for (const recorder of this.all) recorder.tick?.(nowNs, experiment);
  }

  /** Ends all recordings; returns warnings for the user. */
  finish(result: SeedResult, experiment: Experiment): readonly string[] {
    for (const recorder of this.all) recorder.finish(result, experiment);
    return this.all.flatMap((recorder) => recorder.warning?.() ?? []);
  }

  /** Closes files; those of a failed run stay readable. */
  close(): void {
    for (const recorder of this.all) recorder.close?.();
  }
}

/** The recorders of a run whose packets can be observed. */
export function makeRecorders(
  parts: RecorderParts,
  { trace, pcapPath, explain: journeys = 0, broadcast }: RecordingPaths,
): Recorders {
  const recorders: Recorder[] = [];
  const leader = trace === undefined ? undefined : recordTrace(parts, trace);
  if (leader !== undefined) recorders.push(leader);
  if (pcapPath !== undefined) recorders.push(recordPcap(parts, pcapPath));
  if (broadcast !== undefined) {
    const soFar = makeInterimResultReader(parts.world, parts);
    const followed = leader === undefined ? {} : { leader };
    recorders.push(broadcastTrace({ ...makeTraceParts(parts), soFar, ...followed }, broadcast));
  }
  const { onJourneys } = parts;
  if (journeys > 0 && onJourneys !== undefined) {
    const listeners = [...recorders];
    const reached = (packet: FollowedPacket): void => {
      for (const listener of listeners) listener.reached?.(packet);
    };
    recorders.push(recordJourneys(parts, journeys, { tell: onJourneys, reached }));
  }
  return new Recorders(recorders);
}

/**
 * The recorders of a live run: states, spans, marks, faults and series, in the scenario's time, but no packets.
 */
export function makeLiveRecorders(
  parts: Omit<BroadcastParts, 'network' | 'soFar'> & { readonly world: World },
  { trace, broadcast }: RecordingPaths,
): Recorders {
  const recorders: Recorder[] = [];
  if (trace !== undefined) recorders.push(startTraceFile(parts, trace));
  if (broadcast !== undefined) {
    const soFar = makeInterimResultReader(parts.world, parts);
    recorders.push(broadcastTrace({ ...parts, soFar }, broadcast));
  }
  return new Recorders(recorders);
}
