/**
 * The router and its neighbours in router tests, and packets with valid hop fields for them.
 *
 * Router `br` of AS 1-ff00:0:1 has interfaces 1 (core), 2 (parent), 3 (child), 4 (child), 5 (peer);
 * sibling `other` has 6 (child) and 7 (parent).
 *
 * @module
 */
import { nobleCrypto } from '../../../../../engine/crypto/noble.ts';
import { fromHex, readUint16 } from '../../../../../nodes/_kit/bytes.ts';
import { HopAuthenticator } from '../../../../../nodes/scion/mac.ts';
import { makeEpicPath } from '../../../../../nodes/scion/wire/epic.ts';
import {
  type DecodedHeader,
  decodeHeader,
  encodePacket,
} from '../../../../../nodes/scion/wire/header.ts';
import {
  type HostAddress,
  requireHostAddress,
} from '../../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import type { HopField, InfoField, SegmentedPath } from '../../../../../nodes/scion/wire/path.ts';
import { encodeScmpPacket, type ScmpMessage } from '../../../../../nodes/scion/wire/scmp.ts';
import { encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';
import type { RouterCases } from './test-router.ts';

export const NOW = 1_700_000_000;
export const HERE = '1-ff00:0:1';
const FAR = '1-ff00:0:99';
const KEY = '000102030405060708090a0b0c0d0e0f';
const SEGMENT_ID = 0x4711;

/** The configuration, in the format of router.json. */
export const situation: RouterCases = {
  now: NOW,
  key: { hopFieldKey: KEY },
  router: {
    isdAs: HERE,
    internal: '127.1.1.1:30042',
    external: {
      1: { linkTo: 'CORE', isdAs: '1-ff00:0:10' },
      2: { linkTo: 'PARENT', isdAs: '1-ff00:0:20' },
      3: { linkTo: 'CHILD', isdAs: '1-ff00:0:30' },
      4: { linkTo: 'CHILD', isdAs: '1-ff00:0:40' },
      5: { linkTo: 'PEER', isdAs: '1-ff00:0:50' },
      8: { linkTo: 'CORE', isdAs: '1-ff00:0:80' },
      9: { linkTo: 'PARENT', isdAs: '1-ff00:0:90' },
    },
    siblings: {
      other: {
        internal: '127.1.1.2:30042',
        interfaces: {
          6: { linkTo: 'CHILD', isdAs: '1-ff00:0:60' },
          7: { linkTo: 'PARENT', isdAs: '1-ff00:0:70' },
        },
      },
    },
    services: { CS: ['127.1.1.100:30252'] },
  },
  cases: [],
};

/** One segment of a path. `hops` are in the direction of travel, each as [in, out]. */
export interface SegmentOptions {
  readonly isConsDir?: boolean;
  readonly isPeering?: boolean;
  readonly hops: readonly (readonly [number, number])[];
}

export interface PacketOptions {
  readonly segments: readonly SegmentOptions[];
  /** Index of the hop of this router, from 0. */
  readonly current: number;
  /**
   * True if the packet comes from another AS: against construction direction, its SegID has not
   * been updated yet.
   */
  readonly isFromOutside?: boolean;
  readonly source?: string;
  readonly target?: string;
  readonly sourceHost?: HostAddress;
  readonly targetHost?: HostAddress;
  readonly ageSeconds?: number;
  readonly ingressAlert?: boolean;
  readonly egressAlert?: boolean;
  readonly payloadLength?: number;
  readonly targetPort?: number;
  readonly message?: ScmpMessage;
}

const hops = new HopAuthenticator(nobleCrypto.aesCmac(fromHex(KEY)));

/** Makes a packet that passes every check of its router, unless its options say otherwise. */
export function makePacket(options: PacketOptions): Uint8Array {
  const header = {
    trafficClass: 0,
    flowId: 5,
    source: requireIsdAs(options.source ?? FAR),
    target: requireIsdAs(options.target ?? '1-ff00:0:98'),
    sourceHost: options.sourceHost ?? requireHostAddress('127.9.9.9'),
    targetHost: options.targetHost ?? requireHostAddress('127.1.1.128'),
    path: makePath(options),
  };
  if (options.message !== undefined) return encodeScmpPacket(header, options.message);
  const payload = new Uint8Array(options.payloadLength ?? 20).fill(0x55);
  return encodeUdpPacket(header, {
    sourcePort: 31_111,
    targetPort: options.targetPort ?? 31_222,
    payload,
  });
}

/** Makes a packet with any upper layer. */
export function makeRaw(options: PacketOptions, nextHeader: number, upper: Uint8Array): Uint8Array {
  const header = {
    trafficClass: 0,
    flowId: 5,
    nextHeader,
    source: requireIsdAs(options.source ?? FAR),
    target: requireIsdAs(options.target ?? '1-ff00:0:98'),
    sourceHost: options.sourceHost ?? requireHostAddress('127.9.9.9'),
    targetHost: options.targetHost ?? requireHostAddress('127.1.1.128'),
    path: makePath(options),
  };
  return encodePacket(header, upper);
}

/** When and how the sender of a packet on an EPIC-HP path made its fields. */
export interface EpicOptions {
  /** Nanoseconds between then and NOW. */
  readonly sentAgoNs?: number;
  /** Of the packet's payload, if another value than the right one is covered. */
  readonly payloadLength?: number;
}

/** Puts the SCION path of a packet into an EPIC-HP path with the right fields. */
export function withEpicPath(packet: Uint8Array, options: EpicOptions = {}): Uint8Array {
  const { header, headerLength } = decodeHeader(packet) as DecodedHeader;
  const path = header.path as SegmentedPath;
  const payload = packet.slice(headerLength);
  const { sentAgoNs = 0, payloadLength = payload.length } = options;
  const sentNs = -sentAgoNs;
  const seconds = Math.floor(sentNs / 1e9);
  const now = { seconds: NOW + seconds, nanos: sentNs - seconds * 1e9 };
  const [penultimate, last] = path.hops.slice(-2).map((hop, index) => {
    const at = path.hops.length - 2 + index;
    const info = at < path.hops.length - path.segmentLengths[path.infos.length - 1]! ? 2 : 1;
    const { timestamp } = path.infos.at(-info)!;
    return hops.tag({ segmentId: SEGMENT_ID, timestamp, ...hop }).slice();
  });
  const { source, sourceHost } = header;
  const sender = { source, sourceHost, path, penultimate: penultimate!, last: last! };
  const made = makeEpicPath(nobleCrypto, sender, { now, counter: 7, payloadLength })!;
  return encodePacket({ ...header, path: made }, payload);
}

function makePath(options: PacketOptions): SegmentedPath {
  const infos: InfoField[] = [];
  const fields: HopField[] = [];
  const timestamp = NOW - (options.ageSeconds ?? 60);
  options.segments.forEach((segment, place) => {
    const { isConsDir = true, isPeering = false } = segment;
    let segmentId = SEGMENT_ID;
    segment.hops.forEach(([from, to], index) => {
      const isCurrent = fields.length === options.current;
      const hop = makeHop(isConsDir ? [from, to] : [to, from], timestamp);
      const joint = place === 0 ? segment.hops.length - 1 : 0;
      // Against construction direction the ingress router updates the SegID before its check,
      // except at a peering link.
      const isFolded = isCurrent && !isConsDir && options.isFromOutside !== false;
      if (isFolded && !(isPeering && index === joint)) segmentId ^= readUint16(hop.mac, 0);
      fields.push(isCurrent ? withAlerts(hop, isConsDir, options) : hop);
    });
    infos.push({ isPeering, isConsDir, segmentId, timestamp });
  });
  const lengths = options.segments.map(({ hops: { length } }) => length);
  let currentInfo = 0;
  for (let rest = options.current; rest >= (lengths[currentInfo] ?? 0); currentInfo++) {
    rest -= lengths[currentInfo] ?? 0;
  }
  return {
    kind: 'scion',
    currentInfo,
    currentHop: options.current,
    segmentLengths: [lengths[0] ?? 0, lengths[1] ?? 0, lengths[2] ?? 0],
    infos,
    hops: fields,
  };
}

function makeHop(
  [consIngress, consEgress]: readonly [number, number],
  timestamp: number,
): HopField {
  const hop = { expTime: 63, consIngress, consEgress };
  const mac = hops.mac({ segmentId: SEGMENT_ID, timestamp, ...hop });
  return { ...hop, mac, hasIngressAlert: false, hasEgressAlert: false };
}

function withAlerts(hop: HopField, isConsDir: boolean, options: PacketOptions): HopField {
  const { ingressAlert = false, egressAlert = false } = options;
  return {
    ...hop,
    hasIngressAlert: isConsDir ? ingressAlert : egressAlert,
    hasEgressAlert: isConsDir ? egressAlert : ingressAlert,
  };
}
