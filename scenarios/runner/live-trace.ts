/**
 * The trace of a live run: states, spans, marks, faults and series, in the scenario's time.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import { type BroadcastParts, broadcastTrace } from './broadcast.ts';
import type { Recordings } from './job.ts';
import { openTrace } from './record-trace.ts';
import type { Recorder } from './recorder.ts';
import type { Stage } from './stage.ts';

/**
 * Begins the requested file, and the broadcast to viewers, if any; packets are not observed live.
 */
export function liveTrace(
  parts: Omit<BroadcastParts, 'network'>,
  { trace, broadcast }: Recordings,
): Recorder | undefined {
  const file = trace === undefined ? undefined : openTrace(parts, trace);
  if (broadcast === undefined) return file;
  const watched = broadcastTrace(parts, broadcast);
  return file === undefined ? watched : new BothTraces(file, watched);
}

/** Writes the same trace to a file and to the broadcast. */
class BothTraces implements Recorder {
  readonly keepsStates = true;
  readonly observer = undefined;
  readonly #both: readonly Recorder[];

  constructor(file: Recorder, watched: Recorder) {
    this.#both = [file, watched];
  }

  delivered(...what: Parameters<Recorder['delivered']>): void {
    for (const one of this.#both) one.delivered(...what);
  }

  state(...what: Parameters<Recorder['state']>): void {
    for (const one of this.#both) one.state(...what);
  }

  spanned(...what: Parameters<Recorder['spanned']>): void {
    for (const one of this.#both) one.spanned(...what);
  }

  marked(...what: Parameters<Recorder['marked']>): void {
    for (const one of this.#both) one.marked(...what);
  }

  logged(...what: Parameters<Recorder['logged']>): void {
    for (const one of this.#both) one.logged(...what);
  }

  nodeDropped(node: string, reason: string): void {
    for (const one of this.#both) one.nodeDropped?.(node, reason);
  }

  tick(nowNs: number, stage: Stage): void {
    for (const one of this.#both) one.tick?.(nowNs, stage);
  }

  finish(result: SeedResult, stage: Stage): void {
    for (const one of this.#both) one.finish(result, stage);
  }

  /** Only the file can cause a warning. */
  warning(): string | undefined {
    return this.#both[0]?.warning?.();
  }

  close(): void {
    for (const one of this.#both) one.close?.();
  }
}
