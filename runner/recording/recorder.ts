/**
 * The interface of whatever records a run: it is told what nodes and network do, and never acts.
 *
 * @module
 */

import type { LocateMessage, MessageObserver } from '../../engine/host/protocol.ts';
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { MessageAccountant } from '../accounts/message-account.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { LocalWorld, WorldListener } from '../world.ts';

/** The parts that recorders use. */
export interface RecorderParts {
  readonly world: LocalWorld;
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  /** Receives the journeys of `explain` at the end. */
  readonly onJourneys?: (text: string) => void;
  /** Finds the messages in datagrams of a host; undefined if its protocol has none. */
  readonly readerOf?: (host: HostSpec) => LocateMessage | undefined;
  /** The fate of an application's message, and where it is; absent if there is no account. */
  readonly account?: Pick<MessageAccountant, 'fateOf' | 'positions'> | undefined;
}

/** A packet of a journey, at one place on its route. */
export interface FollowedPacket {
  /** A number that stays the same when a node makes a new packet of one that it received. */
  readonly trail: number;
  readonly node: string;
  readonly bytes: Uint8Array;
  /**
   * The link that it is offered to, and its row in the packet table; absent if an application got
   * the bytes.
   */
  readonly direction?: LinkDirectionView;
  readonly row?: number;
  /** How long the node held it; absent if the node made it. */
  readonly heldNs?: number | undefined;
}

/** Writes files about a run from what nodes and links report. */
export interface Recorder extends WorldListener {
  /** Observes packets; undefined in live runs. */
  readonly observer: NetworkObserver | undefined;
  /** The observer that a node with this name reports to (ADR 0012). */
  messagesOf?(node: string): MessageObserver;
  /** Called when a packet of a journey reached a place. The bytes are valid only during the call. */
  reached?(packet: FollowedPacket): void;
  /** Called every few milliseconds of the run's time. */
  tick?(nowNs: number, experiment: Experiment): void;
  /** Called at the end of the run; writes the rest. */
  finish(result: SeedResult, experiment: Experiment): void;
  /** A warning about the recording for the user; queried after `finish`. */
  warning?(): string | undefined;
  /** Closes files, also after a run that failed. */
  close?(): void;
}

/** All recorders of a run as one. */
export interface RunRecording {
  /** Called every few milliseconds of the run's time. */
  tick(nowNs: number, experiment: Experiment): void;
  /** Writes the rest; returns warnings for the user. */
  finish(result: SeedResult, experiment: Experiment): readonly string[];
  /** Closes files, also after a run that failed. */
  close(): void;
}
