/**
 * Path segments: AS entries with authenticated hop fields, which the ASes add one after the other.
 *
 * SCION control plane "Path Segments" and reference control/beaconing/extender.go. Signatures and
 * the Protobuf form are in segment-wire.ts.
 *
 * @module
 */
import { writeUint16 } from '../../_kit/bytes.ts';
import { HOP_MAC_LENGTH, ISD_AS_LENGTH } from '../geometry.ts';
import { type HopAuthenticator, nextSegmentId } from '../mac.ts';
import type { AsSequence } from '../trace-states.ts';
import { type IsdAs, writeIsdAs } from '../wire/isd-as.ts';
import { hopExpiryHalfSeconds } from '../wire/path.ts';
import type { StaticInfo } from './static-info.ts';

/** A hop field in a segment. */
export interface SegmentHop {
  /** Ingress interface in construction direction; 0 at the origin. */
  readonly consIngress: number;
  /** Egress interface in construction direction; 0 at the last AS. */
  readonly consEgress: number;
  readonly expTime: number;
  readonly mac: Uint8Array;
  /**
   * The last 10 of the 16 bytes of the MAC, of which `mac` has the first 6; absent if the AS does not announce
   * them (see epic-extension.ts).
   */
  readonly macRest?: Uint8Array;
}

/** A peering link of an AS, by which a path may enter or leave the segment at this AS. */
export interface PeerEntry {
  readonly peer: IsdAs;
  /** The peer's interface on the link. */
  readonly peerIfId: number;
  /** MTU of the peering link, bytes. */
  readonly mtu: number;
  /**
   * The hop field for the peering link: its ConsIngress is the peering interface, its ConsEgress is
   * the ConsEgress of the entry's regular hop.
   */
  readonly hop: SegmentHop;
}

/** The entry that one AS adds to a segment. */
export interface AsEntry {
  readonly isdAs: IsdAs;
  /** MTU inside the AS, bytes. */
  readonly mtu: number;
  /** MTU of the link on which the beacon arrived, bytes; 0 at the origin. */
  readonly ingressMtu: number;
  readonly hop: SegmentHop;
  /** Peer entries, sorted by peering interface. */
  readonly peers: readonly PeerEntry[];
  /** The properties that the AS announces; absent if there are none. */
  readonly staticInfo?: StaticInfo;
}

/** A segment in the direction of beaconing: the first entry is the origin, a core AS. */
export interface PathSegment {
  /** Segment id, 16 bits: the beta with which the MAC of the first entry's hop field is made. */
  readonly segmentId: number;
  /** Creation time, seconds since 1970. */
  readonly timestamp: number;
  readonly entries: readonly AsEntry[];
}

/** A peering link of the AS that extends a segment. */
export interface PeerLink {
  readonly ifId: number;
  readonly peer: IsdAs;
  readonly peerIfId: number;
  readonly mtu: number;
}

/** The data from which {@link extendSegment} makes the entry of an AS. */
export interface SegmentExtension {
  readonly isdAs: IsdAs;
  readonly mtu: number;
  readonly ingress: number;
  readonly ingressMtu: number;
  /** The egress interface; 0 ends the segment here. */
  readonly egress: number;
  readonly expTime: number;
  /** Peering links, sorted by interface. */
  readonly peerLinks: readonly PeerLink[];
  readonly staticInfo?: StaticInfo | undefined;
  /** True if hop fields get {@link SegmentHop.macRest}. */
  readonly isEpic?: boolean;
  /** Makes MACs with this AS's forwarding key. */
  readonly authenticator: HopAuthenticator;
}

const IF_ID_LENGTH = 2;
const IDENTITY_ENTRY_LENGTH = ISD_AS_LENGTH + 2 * IF_ID_LENGTH;

/** Appends the entry of one AS ("Creating an AS entry"); the given segment is not modified. */
export function extendSegment(segment: PathSegment, extension: SegmentExtension): PathSegment {
  const { ingress, egress, expTime, authenticator } = extension;
  const { timestamp, entries } = segment;
  const beta = segmentIdAt(segment, entries.length);
  const makeHop = (segmentId: number, consIngress: number): SegmentHop => {
    const covered = { timestamp, expTime, consEgress: egress, segmentId, consIngress };
    const tag = authenticator.tag(covered);
    const mac = tag.slice(0, HOP_MAC_LENGTH);
    const hop = { consIngress, consEgress: egress, expTime, mac };
    return extension.isEpic === true ? { ...hop, macRest: tag.slice(HOP_MAC_LENGTH) } : hop;
  };
  const hop = makeHop(beta, ingress);
  // "Hop Field MAC", peering: peer hop fields are chained after the AS's regular hop field.
  const peerBeta = nextSegmentId(beta, hop.mac);
  const peers = extension.peerLinks.map(({ ifId, peer, peerIfId, mtu }): PeerEntry => {
    return { peer, peerIfId, mtu, hop: makeHop(peerBeta, ifId) };
  });
  const entry: AsEntry = {
    isdAs: extension.isdAs,
    mtu: extension.mtu,
    ingressMtu: extension.ingressMtu,
    hop,
    peers,
    ...(extension.staticInfo === undefined ? {} : { staticInfo: extension.staticInfo }),
  };
  return { segmentId: segment.segmentId, timestamp, entries: [...entries, entry] };
}

/**
 * Computes beta of the entry with this index: the segment id, XORed with the first two bytes of
 * each earlier entry's MAC.
 */
export function segmentIdAt(segment: PathSegment, index: number): number {
  let beta = segment.segmentId;
  for (let at = 0; at < Math.min(index, segment.entries.length); at += 1) {
    beta = nextSegmentId(beta, (segment.entries[at] as AsEntry).hop.mac);
  }
  return beta;
}

/** Returns the AS where a segment begins. The segment must have an entry. */
export function findFirstAs({ entries }: PathSegment): IsdAs {
  return (entries[0] as AsEntry).isdAs;
}

/**
 * Returns the AS where a segment ends, or the AS that a beacon has passed last. There must be an
 * entry.
 */
export function findLastAs({ entries }: PathSegment): IsdAs {
  return (entries.at(-1) as AsEntry).isdAs;
}

/** Returns when the hop field that ends first expires, half seconds since 1970; peering hop fields are not counted. */
export function segmentExpiryHalfSeconds({ timestamp, entries }: PathSegment): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { hop } of entries) {
    least = Math.min(least, hopExpiryHalfSeconds(timestamp, hop.expTime));
  }
  return least;
}

/**
 * Converts a segment to the sequence of ASes and interfaces, from its origin, that is traced and
 * drawn.
 */
export function asSequenceOfSegment(segment: PathSegment): AsSequence {
  const { entries } = segment;
  const steps = entries.slice(1).map(({ isdAs, hop }, index) => {
    const out = entries[index]?.hop.consEgress ?? 0;
    return { out, into: hop.consIngress, isdAs };
  });
  return { origin: findFirstAs(segment), steps };
}

/**
 * Returns the bytes whose SHA-256 identifies a segment. A refreshed segment over the same
 * interfaces has the same bytes (reference pkg/segment/seg.go ID).
 */
export function segmentIdHashInput(segment: PathSegment): Uint8Array {
  const bytes = new Uint8Array(IDENTITY_ENTRY_LENGTH * segment.entries.length);
  for (const [index, { isdAs, hop }] of segment.entries.entries()) {
    const at = IDENTITY_ENTRY_LENGTH * index;
    writeIsdAs(bytes, at, isdAs);
    writeUint16(bytes, at + ISD_AS_LENGTH, hop.consIngress);
    writeUint16(bytes, at + ISD_AS_LENGTH + IF_ID_LENGTH, hop.consEgress);
  }
  return bytes;
}
