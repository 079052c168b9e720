/**
 * Builds a path from the parts of segments that the combinator chose: hop fields, info fields,
 * interfaces, MTU and expiry.
 *
 * SCION control plane "Path Segment Combination"; initial segment ids follow from the traversal
 * rules of the header specification ("Hop Field MAC Computation"). It does not check whether the
 * parts fit together.
 *
 * @module
 */

import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import {
  encodePath,
  type HopField,
  hopExpiryHalfSeconds,
  type InfoField,
  type SegmentedPath,
} from '../wire/path.ts';
import { countAsHops, type SegmentEdge } from './edges.ts';
import { type Path, type PathInterface, pathFingerprint } from './path.ts';
import { collectPathMetadata } from './path-metadata.ts';
import { type AsEntry, type SegmentHop, segmentIdAt } from './segment.ts';

/** The parts of segments and the ends of the path to build. */
export interface AssembleRequest {
  readonly edges: readonly SegmentEdge[];
  readonly source: IsdAs;
  readonly target: IsdAs;
  readonly crypto: CryptoProvider;
}

/** The part of a path that one segment contributes, in the order of travel. */
interface Part {
  readonly info: InfoField;
  readonly hops: readonly HopField[];
  /** The full MAC of each hop field, if its AS announces it. */
  readonly fullMacs: readonly (Uint8Array | undefined)[];
  readonly interfaces: readonly PathInterface[];
  readonly mtu: number;
  readonly expiryHalfSeconds: number;
}

/** Builds the path over the edges of the request. */
export function assemblePath(request: AssembleRequest): Path {
  const { edges, source, target, crypto } = request;
  const parts = edges.map(buildPart);
  const interfaces = parts.flatMap((part) => part.interfaces);
  const wire: SegmentedPath = {
    kind: 'scion',
    currentInfo: 0,
    currentHop: 0,
    segmentLengths: [
      parts[0]?.hops.length ?? 0,
      parts[1]?.hops.length ?? 0,
      parts[2]?.hops.length ?? 0,
    ],
    infos: parts.map((part) => part.info),
    hops: parts.flatMap((part) => part.hops),
  };
  // Reference combinator isEpicAvailable: the ASes of the last two hop fields check the path.
  const [penultimate, last] = parts.flatMap((part) => part.fullMacs).slice(-2);
  const metadata = collectPathMetadata(interfaces, edges.flatMap(usedEntries));
  return {
    source,
    target,
    wire,
    raw: encodePath(wire),
    interfaces,
    mtu: leastOf(parts.map((part) => part.mtu)),
    expiryHalfSeconds: leastOf(parts.map((part) => part.expiryHalfSeconds)),
    fingerprint: pathFingerprint(crypto, interfaces),
    weight: countAsHops(edges),
    ...(metadata === undefined ? {} : { metadata }),
    ...(penultimate === undefined || last === undefined ? {} : { epic: { penultimate, last } }),
  };
}

/**
 * Returns the entries of a segment that the path uses, including the entry at which it enters or
 * leaves the segment.
 */
function usedEntries({ segment, shortcut }: SegmentEdge): readonly AsEntry[] {
  return segment.entries.slice(shortcut);
}

/**
 * The number of entries whose MACs the initial SegID of this part of the path includes. Routers add
 * or remove further MACs as the packet travels.
 */
function initialFolds(edge: SegmentEdge): number {
  const last = edge.segment.entries.length - 1;
  const isPeer = edge.peer !== 0;
  if (edge.role === 'down') return edge.shortcut + (isPeer ? 1 : 0);
  // Against construction direction, a router removes its AS's MAC from the SegID when a packet
  // enters from another AS. The router of the source AS does not, since the packet comes from
  // inside, so the initial SegID does not include that MAC. The exception is a source AS at the
  // peering link: the initial SegID then includes the MAC of its regular hop entry, since the MAC
  // of the peering hop is chained after it.
  return isPeer && edge.shortcut === last ? last + 1 : last;
}

function buildPart(edge: SegmentEdge): Part {
  const { segment, shortcut } = edge;
  const hops: HopField[] = [];
  const fullMacs: (Uint8Array | undefined)[] = [];
  const interfaces: PathInterface[] = [];
  let mtu = Number.POSITIVE_INFINITY;
  let expiryHalfSeconds = Number.POSITIVE_INFINITY;
  for (let index = segment.entries.length - 1; index >= shortcut; index--) {
    const entry = segment.entries[index];
    if (entry === undefined) continue;
    const peer = index === shortcut && edge.peer !== 0 ? entry.peers[edge.peer - 1] : undefined;
    const hop = peer?.hop ?? entry.hop;
    const isCut = index === shortcut && peer === undefined;
    mtu = Math.min(mtu, entry.mtu, peer?.mtu ?? ingressMtu(entry, isCut));
    expiryHalfSeconds = Math.min(
      expiryHalfSeconds,
      hopExpiryHalfSeconds(segment.timestamp, hop.expTime),
    );
    hops.push(hopField(hop));
    fullMacs.push(fullMacOf(hop));
    if (hop.consEgress !== 0) interfaces.push({ isdAs: entry.isdAs, ifId: hop.consEgress });
    if (hop.consIngress !== 0 && !isCut) {
      interfaces.push({ isdAs: entry.isdAs, ifId: hop.consIngress });
    }
  }
  if (edge.role === 'down') {
    hops.reverse();
    fullMacs.reverse();
    interfaces.reverse();
  }
  const info: InfoField = {
    isPeering: edge.peer !== 0,
    isConsDir: edge.role === 'down',
    segmentId: segmentIdAt(segment, initialFolds(edge)),
    timestamp: segment.timestamp,
  };
  return { info, hops, fullMacs, interfaces, mtu, expiryHalfSeconds };
}

/**
 * MTU of the link by which the beacon entered an AS, bytes; Infinity if the path does not use that
 * link, or at the origin.
 */
function ingressMtu(entry: AsEntry, isCut: boolean): number {
  return isCut || entry.ingressMtu === 0 ? Number.POSITIVE_INFINITY : entry.ingressMtu;
}

/**
 * Returns the full MAC of a hop field. For a peering hop field the reference (getAuthPeer) takes the MAC of another hop
 * field, so routers drop the packets of such paths.
 */
function fullMacOf({ mac, macRest }: SegmentHop): Uint8Array | undefined {
  return macRest && concatBytes(mac, macRest);
}

function hopField({ consIngress, consEgress, expTime, mac }: SegmentHop): HopField {
  return { consIngress, consEgress, expTime, mac, hasIngressAlert: false, hasEgressAlert: false };
}
