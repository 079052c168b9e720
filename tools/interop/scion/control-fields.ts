/**
 * A TRC, a chain and a segment as both sides describe them; the driver's control.go and segments.go have the same names.
 *
 * @module
 */
import { sha256 } from '../../../engine/core/sha256.ts';
import { toHex } from '../../../nodes/_kit/bytes.ts';
import type { CertificateChain } from '../../../nodes/control-service/pki/chain.ts';
import type { Trc } from '../../../nodes/control-service/pki/trc.ts';
import { type SegmentHop, segmentIdHashInput } from '../../../nodes/scion/paths/segment.ts';
import type { SignedSegment } from '../../../nodes/scion/paths/segment-wire.ts';
import type {
  ByInterface,
  PropertyValues,
  StaticInfo,
} from '../../../nodes/scion/paths/static-info.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a TRC. */
export function describeTrc({ id, bytes: _, certificates, ...content }: Trc): Fields {
  const all = certificates.map((one) => toHex(one.bytes));
  return { ...id, ...content, certificates: all };
}

/** The fields of a chain: the AS, its key and the validity. */
export function describeChain({ as }: CertificateChain): Fields {
  const { isdAs, subjectKeyId, notBefore, notAfter } = as;
  return { isdAs, subjectKeyId: toHex(subjectKeyId), notBefore, notAfter };
}

/** The fields of a segment; `next` of an entry is the AS to which its beacon is sent. */
export function describeSegment({ segment, signed }: SignedSegment): Fields {
  const { timestamp, segmentId, entries } = segment;
  return {
    ...{ timestamp, segmentId, identity: toHex(sha256(segmentIdHashInput(segment))) },
    entries: entries.map(({ isdAs, mtu, ingressMtu, hop, peers, staticInfo }, at) => ({
      ...{ isdAs, mtu, ingressMtu, next: signed[at]?.next, hop: describeHop(hop) },
      peers: peers.map((peer) => ({ ...peer, hop: describeHop(peer.hop) })),
      staticInfo: staticInfo === undefined ? null : describeStaticInfo(staticInfo),
    })),
  };
}

function describeHop(hop: SegmentHop): Fields {
  return { ...hop, mac: toHex(hop.mac) };
}

/** The static info of an entry, without carbon, which the reference does not know. */
function describeStaticInfo(info: StaticInfo): Fields {
  const { latencyUs, bandwidthKbps, geo, linkTypes, internalHops, note } = info;
  const places = [...geo].map(([ifId, { latitude, longitude, address }]) => {
    return [ifId, [latitude, longitude, address]];
  });
  return {
    ...{ latencyUs: describeValues(latencyUs), bandwidthKbps: describeValues(bandwidthKbps) },
    geo: Object.fromEntries(places) as unknown,
    ...{ linkTypes: byText(linkTypes), internalHops: byText(internalHops), note },
  };
}

function describeValues({ intra, inter }: PropertyValues): unknown {
  return [byText(intra), byText(inter)];
}

function byText(values: ByInterface): Fields {
  return Object.fromEntries(values);
}
