/**
 * The IP router of a gateway: announces the prefixes that its policy advertises, accepts those of
 * peers that the policy accepts, and finds the peer for a packet by the longest prefix that its
 * destination is in.
 *
 * Announcements are repeated. A route leaves the table when it is withdrawn or no longer announced,
 * or when its peer is gone. A peer cannot attract packets whose destination the policy rejects, or
 * whose destination is in a prefix that this gateway itself announces. The router has no access to
 * the host.
 *
 * @module
 */
import type { Timer } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import { type IsdAs, isdAsOfWords, type PacketEnd } from '../../scion/index.ts';
import type { GatewayOptions } from '../config.ts';
import type { ClockReadings } from '../session-parts.ts';
import type { FrameHeader } from '../wire.ts';
import { decodeAnnouncement, type PrefixAnnouncement } from './announcement.ts';
import {
  ANNOUNCE_NS,
  ANNOUNCEMENT_FRAME_RATE_MAX,
  PREFIX_LIFE_SECONDS,
  PREFIXES_PER_PEER_MAX,
  ROUTING_POLICY_LIMITS,
} from './geometry.ts';
import { readIpHeader } from './ip-header.ts';
import {
  containsAddress,
  containsPrefix,
  type IpAddress,
  type IpPrefix,
  isSamePrefix,
} from './ip-prefix.ts';
import {
  acceptedParts,
  advertisedPrefixes,
  ownPrefixes,
  type PolicyWork,
  parseRoutingPolicy,
  type RoutingPolicy,
} from './policy.ts';
import { type Route, RouteTable } from './route-table.ts';
import { makeTrafficClasses, type TrafficClass } from './traffic-class.ts';

const NS_PER_SECOND = 1_000_000_000;

/** A peer, as the router needs it. */
export interface RoutedPeer {
  readonly name: string;
  readonly end: Pick<PacketEnd, 'isdAs'>;
  /** True if packets leave on a path that answers. */
  readonly isUsable: boolean;
  announce(at: ClockReadings, announcement: PrefixAnnouncement): void;
}

/** What the router needs from its gateway. */
export interface IpRouterParts<P extends RoutedPeer = RoutedPeer> {
  readonly own: IsdAs;
  readonly peers: {
    readonly all: readonly P[];
    get(name: string): P | undefined;
  };
  readonly moment: () => ClockReadings;
  readonly after: (delayNs: number, fire: () => void) => Timer;
  /** Sends a packet to the peer of this name. */
  readonly send: (peer: string, packet: Uint8Array, wishes: SendWishes | undefined) => string;
  /** Counts a refused packet or announcement. */
  readonly drop: (reason: string) => void;
}

/** The position of a frame in the sequence of all frames of a peer. */
type FramePlace = Pick<FrameHeader, 'epoch' | 'sequence'>;
const BEFORE_ALL_FRAMES: FramePlace = { epoch: -1, sequence: 0 };

/** The data about a peer that has announced prefixes. */
interface Announcer {
  readonly bucket: TokenBucket;
  /** The frame of its last withdrawal; announcements in earlier frames are ignored. */
  withdrawn: FramePlace;
}

/** Routes IP packets. */
export class IpRouter<P extends RoutedPeer = RoutedPeer> {
  readonly table = new RouteTable();
  /** The traffic classes in force. */
  classes: readonly TrafficClass[] = [];
  /** The prefixes that this gateway announces. */
  own: readonly IpPrefix[] = [];
  readonly #parts: IpRouterParts<P>;
  /** The data of each peer that has announced anything. */
  readonly #announcers = new Map<string, Announcer>();
  #timer: Timer | undefined;
  #policy: RoutingPolicy = [];

  constructor(parts: IpRouterParts<P>, options: Pick<GatewayOptions, 'routing' | 'classes'>) {
    this.#parts = parts;
    this.#read(options.routing);
    this.changeClasses(options.classes);
  }

  /** Announces our prefixes at regular intervals, if there is a policy. */
  start(): void {
    this.stop();
    if (this.#policy.length === 0) return;
    this.table.expire(this.#parts.moment().nowNs);
    for (const peer of this.#parts.peers.all) this.announceTo(peer);
    this.#timer = this.#parts.after(ANNOUNCE_NS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /**
   * Sends a packet to the peer to which its destination is routed.
   * @returns `ok`, or why it is refused.
   */
  send(packet: Uint8Array, wishes: SendWishes | undefined): string {
    const header = readIpHeader(packet);
    const peer = header === undefined ? 'ip-malformed' : this.peerFor(header.destination);
    if (typeof peer !== 'string') return this.#parts.send(peer.name, packet, wishes);
    this.#parts.drop(peer);
    return peer;
  }

  /** Announces our prefixes to a peer, if it can be reached. */
  announceTo(peer: RoutedPeer): void {
    this.#announce(peer, PREFIX_LIFE_SECONDS, this.#advertisedTo(peer));
  }

  /**
   * Reads the body of a control frame of a peer.
   * @param frame The position of the frame that contained the body.
   */
  received(peer: RoutedPeer, body: Uint8Array, { epoch, sequence }: FramePlace): void {
    const { moment, drop } = this.#parts;
    const { nowNs } = moment();
    const known = this.#announcers.get(peer.name);
    const announcer = known ?? {
      bucket: TokenBucket.of(ANNOUNCEMENT_FRAME_RATE_MAX),
      withdrawn: BEFORE_ALL_FRAMES,
    };
    this.#announcers.set(peer.name, announcer);
    const announced = announcer.bucket.take(nowNs) ? decodeAnnouncement(body) : 'announcement-rate';
    const { withdrawn } = announcer;
    const isOld =
      epoch < withdrawn.epoch || (epoch === withdrawn.epoch && sequence < withdrawn.sequence);
    if (announced === undefined) drop('malformed-body');
    else if (typeof announced === 'string') drop(announced);
    else if (isOld) drop('announcement-old');
    else {
      if (announced.lifeSeconds === 0) announcer.withdrawn = { epoch, sequence };
      this.#take(nowNs, peer, announced);
    }
  }

  /** Removes the routes of a peer that is gone. */
  forget(name: string): void {
    this.#announcers.delete(name);
    for (const route of this.table.routesOf(name)) this.table.delete(route);
  }

  /**
   * Replaces the policy. Withdraws prefixes that are no longer announced, and removes routes that
   * the new policy does not accept; if it accepts a part of a route, this part returns with the
   * next announcement.
   */
  changePolicy(text: string | undefined): void {
    const { peers } = this.#parts;
    const before = peers.all.map((peer) => ({ peer, prefixes: this.#advertisedTo(peer) }));
    this.#read(text);
    for (const route of this.table.list()) {
      const peer = peers.get(route.peer);
      const work = { left: ROUTING_POLICY_LIMITS.comparisons };
      const parts = peer === undefined ? [] : this.#acceptedOf(peer, route.prefix, work);
      if (parts[0] !== route.prefix) this.table.delete(route);
    }
    for (const { peer, prefixes } of before) {
      const kept = this.#advertisedTo(peer);
      const isKept = (one: IpPrefix): boolean => kept.some((other) => isSamePrefix(one, other));
      this.#announce(
        peer,
        0,
        prefixes.filter((one) => !isKept(one)),
      );
    }
    this.start();
  }

  /** Replaces the traffic classes; afterwards, peers must look up their paths again. */
  changeClasses(classes: GatewayOptions['classes']): void {
    this.classes = makeTrafficClasses(classes ?? []);
  }

  /**
   * The peer for a destination, or the reason why there is none. If several peers announced the
   * same prefix, the first one that answers is chosen.
   */
  peerFor(
    destination: IpAddress,
    nowNs = this.#parts.moment().nowNs,
  ): P | 'route-local' | 'no-route' {
    if (this.own.some((prefix) => containsAddress(prefix, destination))) return 'route-local';
    const routes = this.table.lookup(destination, nowNs);
    const peers = routes.flatMap(({ peer }) => this.#parts.peers.get(peer) ?? []);
    return peers.find((peer) => peer.isUsable) ?? peers[0] ?? 'no-route';
  }

  #read(text: string | undefined): void {
    const policy = parseRoutingPolicy(text ?? '');
    // The text was already checked together with the options, so it has no mistakes.
    this.#policy = 'reason' in policy ? [] : policy;
    this.own = ownPrefixes(this.#policy, this.#parts.own);
  }

  #announce(peer: RoutedPeer, lifeSeconds: number, prefixes: readonly IpPrefix[]): void {
    if (prefixes.length === 0) return;
    peer.announce(this.#parts.moment(), { lifeSeconds, prefixes });
  }

  #take(nowNs: number, peer: RoutedPeer, { lifeSeconds, prefixes }: PrefixAnnouncement): void {
    const endNs = nowNs + lifeSeconds * NS_PER_SECOND;
    const work = { left: ROUTING_POLICY_LIMITS.comparisons };
    for (const prefix of prefixes) {
      if (lifeSeconds === 0) this.#withdraw(prefix, peer.name);
      else this.#add({ prefix, endNs }, peer, work);
    }
  }

  #withdraw(prefix: IpPrefix, name: string): void {
    for (const route of this.table.routesOf(name)) {
      if (containsPrefix(prefix, route.prefix)) this.table.delete(route);
    }
  }

  #add({ prefix, endNs }: Omit<Route, 'peer'>, peer: RoutedPeer, work: PolicyWork): void {
    const { drop } = this.#parts;
    if (this.own.some((one) => containsPrefix(one, prefix))) {
      drop('prefix-own');
      return;
    }
    const parts = this.#acceptedOf(peer, prefix, work);
    if (parts.length === 0) drop('prefix-refused');
    for (const part of parts) {
      const isKnown = this.table.get(part, peer.name) !== undefined;
      const isRoom = isKnown || this.table.count(peer.name) < PREFIXES_PER_PEER_MAX;
      if (isRoom) this.table.set({ prefix: part, peer: peer.name, endNs });
      else drop('prefix-limit');
    }
  }

  #acceptedOf(peer: RoutedPeer, prefix: IpPrefix, work: PolicyWork): readonly IpPrefix[] {
    const ends = { own: this.#parts.own, peer: isdAsOfWords(peer.end.isdAs) };
    return acceptedParts(this.#policy, ends, prefix, work);
  }

  #advertisedTo(peer: RoutedPeer): readonly IpPrefix[] {
    const ends = { own: this.#parts.own, peer: isdAsOfWords(peer.end.isdAs) };
    return advertisedPrefixes(this.#policy, ends);
  }
}
