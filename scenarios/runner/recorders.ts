/**
 * Attaches the requested recorders to a run: trace, capture, journey. None of them changes the run,
 * and an absent one costs nothing.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import { broadcastTrace } from './broadcast.ts';
import { explain } from './explain.ts';
import type { Recordings } from './job.ts';
import { joinNetworkObservers } from './join-network-observers.ts';
import { measuredSoFar } from './measured-so-far.ts';
import type { Recording } from './phases/run-phases.ts';
import { recordPcap } from './record-pcap.ts';
import { recordTrace, traceParts } from './record-trace.ts';
import type { Passage, Recorder, RecorderParts } from './recorder.ts';
import type { Stage } from './stage.ts';

/** Everything that records one run. */
export class Recorders implements Recording {
  readonly #recorders: readonly Recorder[];

  /**
   * Attaches before the stage is prepared, so that nothing is missed.
   * @param watchers Others that observe the packets of the run.
   */
  constructor(
    parts: RecorderParts,
    { trace, pcapPath, explain: journeys = 0, broadcast }: Recordings,
    watchers: readonly NetworkObserver[] = [],
  ) {
    const recorders: Recorder[] = [];
    const leader = trace === undefined ? undefined : recordTrace(parts, trace);
    if (leader !== undefined) recorders.push(leader);
    if (pcapPath !== undefined) recorders.push(recordPcap(parts, pcapPath));
    if (broadcast !== undefined) {
      const soFar = measuredSoFar(parts.world, parts);
      const followed = leader === undefined ? {} : { leader };
      recorders.push(broadcastTrace({ ...traceParts(parts), soFar, ...followed }, broadcast));
    }
    const { onJourneys } = parts;
    if (journeys > 0 && onJourneys !== undefined) {
      const listeners = [...recorders];
      const passed = (passage: Passage): void => {
        for (const listener of listeners) listener.passed?.(passage);
      };
      recorders.push(explain(parts, journeys, { tell: onJourneys, passed }));
    }
    this.#recorders = recorders;
    for (const recorder of recorders) parts.world.listen(recorder);
    const observers = [...recorders.flatMap(({ observer }) => observer ?? []), ...watchers];
    const joined = joinNetworkObservers(observers);
    if (joined !== undefined) parts.world.sim.observer = joined;
  }

  /** Observers of messages to be passed to the node with this name. */
  messagesOf(node: string): readonly MessageObserver[] {
    return this.#recorders.flatMap((recorder) => recorder.messagesOf?.(node) ?? []);
  }

  /** Called between slices of the run. */
  tick(nowNs: number, stage: Stage): void {
    for (const recorder of this.#recorders) recorder.tick?.(nowNs, stage);
  }

  /** Ends all recordings; returns warnings for the user. */
  finish(result: SeedResult, stage: Stage): readonly string[] {
    for (const recorder of this.#recorders) recorder.finish(result, stage);
    return this.#recorders.flatMap((recorder) => recorder.warning?.() ?? []);
  }

  /** Closes files; if the run failed, what was written stays readable. */
  close(): void {
    for (const recorder of this.#recorders) recorder.close?.();
  }
}
