/**
 * What records a run: it hears what nodes and network say and never acts.
 *
 * @module
 */

import type { MessageObserver, ReadMessage } from '../../engine/host/protocol.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import type { SimStageWorld } from './sim-stage-world.ts';
import type { Stage } from './stage.ts';
import type { WorldListener } from './world.ts';

/** What recorders are given. */
export interface RecorderParts {
  readonly world: SimStageWorld;
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  /** Gets the stories of `explain` at the end. */
  readonly onStory?: (text: string) => void;
  /** Finds the messages in datagrams of a host; undefined where its protocol has none. */
  readonly readerOf?: (host: HostSpec) => ReadMessage | undefined;
}

/** One thing that is recorded. */
export interface Recorder extends WorldListener {
  /** Watches packets; undefined in live runs. */
  readonly observer: NetworkObserver | undefined;
  /** What a node of this name is to be told with (docs/adr/0012). */
  messagesOf?(node: string): MessageObserver;
  /** Called every few milliseconds of the run's time. */
  tick?(nowNs: number, stage: Stage): void;
  /** The run has ended; writes the rest. */
  finish(result: SeedResult, stage: Stage): void;
  /** What the user should know of what was recorded; asked after `finish`. */
  warning?(): string | undefined;
  /** Closes files, also after a run that broke. */
  close?(): void;
}

/** Ends what is recorded; the result says what the user should know of it. */
export function finishRecorder(
  recorder: Recorder | undefined,
  result: SeedResult,
  stage: Stage,
): SeedResult {
  recorder?.finish(result, stage);
  const warning = recorder?.warning?.();
  return warning === undefined ? result : { ...result, warnings: [...result.warnings, warning] };
}
