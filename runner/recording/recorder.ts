/**
 * The interface of a recorder of a run: it is told what nodes and network do, and never acts.
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

/** What recorders need from a run. */
export interface RecorderParts {
  readonly world: LocalWorld;
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  /** Receives the journeys of `explain` at the end. */
  readonly onJourneys?: (text: string) => void;
  /** Finds the messages in datagrams of a host; undefined if its protocol has none. */
  readonly readerOf?: (host: HostSpec) => LocateMessage | undefined;
  /**
   * Tells the fate of an application's message and the nodes that hold it; absent if there is no
   * account.
   */
  readonly account?: Pick<MessageAccountant, 'fateOf' | 'positions'> | undefined;
}

/** A packet of a journey, when it is sent on a link or delivered. */
export interface FollowedPacket {
  /** A number that a packet made from this one inherits. */
  readonly trail: number;
  readonly node: string;
  readonly bytes: Uint8Array;
  /** The direction of the link on which it is sent; absent if an application got the bytes. */
  readonly direction?: LinkDirectionView;
  readonly row?: number;
  /** How long the node held the packet, ns; absent if the node made it. */
  readonly heldNs?: number | undefined;
}

/** Writes files about a run from what nodes and links report. */
export interface Recorder extends WorldListener {
  /** Observes packets; undefined in live runs. */
  readonly observer: NetworkObserver | undefined;
  /** The observer to which the node with this name reports (ADR 0012). */
  messagesOf?(node: string): MessageObserver;
  /**
   * Called when a packet of a journey is sent on a link or delivered. Its bytes are valid during the
   * call only.
   */
  reached?(packet: FollowedPacket): void;
  /** Called every few milliseconds of the run's time. */
  tick?(nowNs: number, experiment: Experiment): void;
  /** Called at the end of the run to write what is not written yet. */
  finish(result: SeedResult, experiment: Experiment): void;
  /** A warning for the user about the recording; read after `finish`. */
  warning?(): string | undefined;
  /** Closes files, also after a run that failed. */
  close?(): void;
}

/** All recorders of a run as one. */
export interface RunRecording {
  /** Called every few milliseconds of the run's time. */
  tick(nowNs: number, experiment: Experiment): void;
  /** Writes what is not written yet; returns warnings for the user. */
  finish(result: SeedResult, experiment: Experiment): readonly string[];
  /** Closes files, also after a run that failed. */
  close(): void;
}
