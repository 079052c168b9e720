/**
 * Ways: how packets of calls reach the control service of another AS. A way leads over one interface (before any
 * segment exists), over a path combined from segments, or back over the path of a received packet.
 *
 * @module
 */
import type { CalendarTime } from '../../engine/host/time.ts';
import { equalBytes } from '../_kit/bytes.ts';
import {
  CONTROL_PORT,
  encodePath,
  type HopAuthenticator,
  type HostAddress,
  headerLength,
  type IsdAs,
  makeOneHopPath,
  type Path,
  type PathInterface,
  requireHostAddress,
  UDP_HEADER_LENGTH,
  type WirePath,
} from '../scion/index.ts';
import type { RpcWay } from './rpc/endpoint.ts';
import { RPC_ROOM_MIN } from './rpc/geometry.ts';
import type { ControlInterface, ControlSurroundings } from './surroundings.ts';

/** A way: the path and addresses with which the packets of a call reach the other end. */
export interface ControlWay extends RpcWay {
  readonly isdAs: IsdAs;
  readonly host: HostAddress;
  readonly port: number;
  readonly path: WirePath;
  /** Address of the border router through which packets leave this AS. */
  readonly router: string;
  /** For the answer to a packet that came over a one-hop path, the interface on which it entered; otherwise 0. */
  readonly ingress: number;
  /** The interfaces on the way, as far as they are known. */
  readonly interfaces: readonly PathInterface[];
  /** True if there is another way to the same AS. */
  readonly hasOther: boolean;
}

/** The path of a received packet, reversed for the answer. */
export type ArrivalWay = Omit<ControlWay, 'packetBytes' | 'interfaces' | 'hasOther'>;

/** A packet of ours as an SCMP error quotes it: perhaps cut off, and changed by routers. */
export interface QuotedPacket extends Pick<ControlWay, 'isdAs' | 'host' | 'port' | 'path'> {
  /** The UDP payload that was quoted: an RPC packet of a call, or only the first part of one. */
  readonly payload: Uint8Array;
}

/** Any control service of an AS. */
const ANY_CONTROL_SERVICE = requireHostAddress('SVC CS');
/** MTU that is assumed where that of the path is not known, bytes: the least MTU of SCION links. */
const UNKNOWN_MTU = 1_280;

/** True if the quoted packet may have left over this way: to the same end, over the same hops. */
export function isWayOf({ host, port, path }: ControlWay, quote: QuotedPacket): boolean {
  const isSameHost = host.type === quote.host.type && equalBytes(host.bytes, quote.host.bytes);
  return (
    isSameHost && port === quote.port && equalBytes(lastingBytes(path), lastingBytes(quote.path))
  );
}

/** The bytes of a path without the fields that routers change (SCION header specification, "Path Type: SCION"). */
function lastingBytes(path: WirePath): Uint8Array {
  if (path.kind !== 'scion') return encodePath(path);
  const infos = path.infos.map((info) => ({ ...info, segmentId: 0 }));
  return encodePath({ ...path, infos, currentInfo: 0, currentHop: 0 });
}

/** Makes ways out of this AS. */
export class WayMaker {
  readonly #surroundings: ControlSurroundings;
  readonly #own: HostAddress;
  readonly #hops: HopAuthenticator;
  readonly #clock: () => CalendarTime;

  constructor(
    surroundings: ControlSurroundings,
    hops: HopAuthenticator,
    clock: () => CalendarTime,
  ) {
    this.#surroundings = surroundings;
    this.#own = requireHostAddress(surroundings.address);
    this.#hops = hops;
    this.#clock = clock;
  }

  /** The way to the neighbour at the other end of an interface. */
  neighbour({ ifId, neighbour, neighbourIfId, mtu, router }: ControlInterface): ControlWay {
    const interfaces = [
      { isdAs: this.#surroundings.isdAs, ifId },
      { isdAs: neighbour, ifId: neighbourIfId },
    ];
    const path = makeOneHopPath(this.#hops, ifId, this.#clock());
    const way = { isdAs: neighbour, host: ANY_CONTROL_SERVICE, port: CONTROL_PORT, path, router };
    return this.#way({ ...way, ingress: 0, interfaces, hasOther: false }, mtu);
  }

  /**
   * The way to the AS at the end of a path; undefined if the path leaves over no interface of this AS, or if an AS on it
   * announces an MTU that leaves no room for a call.
   */
  along({ target, wire, interfaces, mtu }: Path, hasOther: boolean): ControlWay | undefined {
    const router = this.#surroundings.interfaces.get(interfaces[0]?.ifId ?? 0)?.router;
    if (router === undefined) return undefined;
    const ends = { isdAs: target, host: ANY_CONTROL_SERVICE, port: CONTROL_PORT };
    const way = this.#way({ ...ends, path: wire, router, ingress: 0, interfaces, hasOther }, mtu);
    return way.packetBytes < RPC_ROOM_MIN ? undefined : way;
  }

  /** The way back to the sender of a packet. */
  back({ isdAs, host, port, path, router, ingress }: ArrivalWay): ControlWay {
    const way = { isdAs, host, port, path, router, ingress, interfaces: [], hasOther: false };
    return this.#way(way, UNKNOWN_MTU);
  }

  #way(way: Omit<ControlWay, 'packetBytes'>, mtu: number): ControlWay {
    const { isdAs, host, port, path, router, ingress, interfaces, hasOther } = way;
    const header = headerLength({ targetHost: host, sourceHost: this.#own, path });
    const most = Math.min(mtu, this.#surroundings.mtu);
    const packetBytes = most - header - UDP_HEADER_LENGTH;
    // hot: once per packet of a call. Lists each property, since spreading an object costs more than all else here.
    return { isdAs, host, port, path, router, ingress, interfaces, hasOther, packetBytes };
  }
}
