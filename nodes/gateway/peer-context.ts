/**
 * What the gateway lends to each of its peers. Types only.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { WirePath } from '../scion/index.ts';
import type { PacketAccount } from './account.ts';
import type { GatewayOptions } from './config.ts';
import type { FrameDrop } from './drops.ts';
import type { FrameType } from './geometry.ts';
import type { ScmpPolicy } from './multipath/scmp-policy.ts';
import type { PathController } from './multipath/types.ts';
import type { Moment, SessionOptions, SessionSink } from './session-parts.ts';
import type { PacketEnds } from './underlay/packet-template.ts';
import type { PathDirectory } from './underlay/path-directory.ts';

/** The gateway as its peers see it. */
export interface PeerContext {
  readonly host: Host;
  readonly options: GatewayOptions;
  readonly directory: PathDirectory;
  /** Room for the plaintext of the largest frame; used during one call only. */
  readonly scratch: Uint8Array;
  readonly moment: () => Moment;
  readonly socket: () => DatagramSocket;
  /** What is believed of SCMP messages. */
  readonly scmp: ScmpPolicy;
  readonly makeController: (peer: string) => PathController;
  readonly sessionOptions: (peer: string, sink: SessionSink) => SessionOptions;
  /** Addresses of packets to this peer. */
  readonly ends: (peer: string) => PacketEnds;
  /** The router by which a path leaves our AS. */
  readonly firstRouterOf: (path: WirePath) => Endpoint | undefined;
  /** Counts a datagram that leaves. */
  readonly sent: (type: FrameType, bytes: number) => void;
  /** Who tells of the packets between us and this peer; undefined when nobody listens. */
  readonly accountOf: (peer: string) => PacketAccount | undefined;
  /** Counts a frame that the session refused. */
  readonly refused: (reason: FrameDrop) => void;
}
