/**
 * What records a run: it hears what nodes and network say and never acts.
 *
 * @module
 */

import type { MessageObserver, ReadMessage } from '../../engine/host/protocol.ts';
import type { DirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Scenario } from '../model.ts';
import type { Fate } from './message-account.ts';
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
  /** What became of a message of an application; absent where no account is kept. */
  readonly fateOf?: ((flow: number, sequence: number) => Fate) | undefined;
}

/** A packet that a story follows, at one place of its way. */
export interface Passage {
  /** What follows one packet through nodes that make others of it has one number. */
  readonly trail: number;
  readonly node: string;
  readonly bytes: Uint8Array;
  /** What it is offered to, and its row in the packet table; absent: an application got the bytes. */
  readonly direction?: DirectionView;
  readonly row?: number;
  /** How long the node had it; absent where the node made it. */
  readonly heldNs?: number | undefined;
}

/** One thing that is recorded. */
export interface Recorder extends WorldListener {
  /** Watches packets; undefined in live runs. */
  readonly observer: NetworkObserver | undefined;
  /** What a node of this name is to be told with (docs/adr/0012). */
  messagesOf?(node: string): MessageObserver;
  /** A packet of a story came to a place; its bytes are read during the call only. */
  passed?(passage: Passage): void;
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
