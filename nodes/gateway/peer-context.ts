/**
 * What the gateway provides to each of its peers. Types only.
 *
 * @module
 */
import type { Endpoint } from '../../engine/host/socket.ts';
import type { WirePath } from '../scion/index.ts';
import type { PacketAccount } from './account.ts';
import type { Behaviour } from './behaviour.ts';
import type { GatewayOptions } from './config.ts';
import type { FrameDropReason } from './drops.ts';
import type { FrameType } from './geometry.ts';
import type { InterfaceDownAccusation, PathController, PathStatus } from './multipath/types.ts';
import type { OpenThreads } from './opening/open-threads.ts';
import type { GatewayMeasurements } from './operator/measurements.ts';
import type { IpRouter } from './routing/ip-router.ts';
import type { ClockReadings, SessionOptions, SessionSink } from './session-parts.ts';
import type { PacketAddresses } from './underlay/packet-template.ts';
import type { GatewayPath, PathDirectory } from './underlay/path-directory.ts';
import type { EpicClock } from './underlay/underlay-path.ts';

/** The gateway as seen by a peer. */
export interface PeerContext {
  readonly options: GatewayOptions;
  /** True if a trace of states is recorded. */
  readonly isTraced: boolean;
  /** The threads that open data frames; undefined if this thread opens them. */
  readonly threads: OpenThreads | undefined;
  readonly moment: () => ClockReadings;
  readonly directory: PathDirectory;
  readonly measured: GatewayMeasurements;
  /** The paths to a peer that can be used now. */
  readonly lookUp: (peer: string) => readonly GatewayPath[];
  /** The values from which the fields of packets on EPIC-HP paths are made. */
  readonly epicClock: EpicClock;
  /** The number that stands for the peer's address and port. */
  readonly endpoint: (address: string, port: number) => Endpoint;
  /** Draws the flow id of a path. */
  readonly drawFlowId: () => number;
  /** Draws the number of a gateway's first stream of SIG frames. */
  readonly drawStream: () => number;
  /** Buffer for the plaintext of the largest frame; valid during one call only. */
  readonly scratch: Uint8Array;
  readonly behaviour: Behaviour;
  readonly makeController: (peer: string) => PathController;
  readonly sessionOptions: (peer: string, sink: SessionSink) => SessionOptions;
  /** The addresses used in packets to this peer. */
  readonly ends: (peer: string) => PacketAddresses;
  /** The router through which a path leaves our AS. */
  readonly firstRouterOf: (path: WirePath) => Endpoint | undefined;
  /** Counts an outgoing datagram. */
  readonly sent: (type: FrameType, bytes: number) => void;
  /** The account of packets between us and this peer; undefined without an observer. */
  readonly accountOf: (peer: string) => PacketAccount | undefined;
  /** Called when the node believes a message that accuses one of the paths. */
  readonly report: (accusation: InterfaceDownAccusation, paths: readonly PathStatus[]) => void;
  readonly router: Pick<IpRouter, 'received' | 'announceTo' | 'classes'>;
  /** Counts a sealed frame whose number the replay window accepted. */
  readonly accepted: () => void;
  /** Counts a frame that the session rejected. */
  readonly refused: (reason: FrameDropReason) => void;
}
