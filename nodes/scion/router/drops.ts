/**
 * The reasons for which the border router drops a packet, each explained in one sentence.
 *
 * A reason is also a metric and a trace category. Reasons found while decoding are in
 * ../wire/drops.ts, reasons about BFD packets in ../bfd/packet.ts.
 *
 * @module
 */
import { BFD_DROP_REASONS, type BfdDropReason } from '../bfd/packet.ts';
import { WIRE_DROP_REASONS, type WireDropReason } from '../wire/drops.ts';

/** Drop reasons of the router's own checks, in the order of the checklist. */
const CHECK_DROPS = {
  'underlay-source': 'A datagram on a link did not come from the far end of the link.',
  'empty-path-not-bfd': 'A packet without path asks a router for more than BFD.',
  'path-peering-malformed': 'The peering flag is set on a path that is not of two segments.',
  'hop-expired': 'The hop field has expired.',
  'hop-ingress-mismatch': 'The packet arrived on an interface other than the one in its hop field.',
  'packet-length': 'PayloadLen differs from the bytes after the header.',
  'transit-source': 'A packet in transit came from inside the AS, and not from its ingress router.',
  'source-ia': 'The source ISD-AS cannot be right where the packet came from.',
  'destination-ia': 'The destination ISD-AS contradicts where the path ends.',
  'source-host': 'A packet of this AS has no usable source host address.',
  'hop-mac': 'The hop field was not made by this AS.',
  'egress-unknown': 'The hop field names an egress that this router cannot use.',
  'hop-link-types': 'The packet would go through the AS against its business relations.',
  'segment-change': 'The packet changes segments where that is not allowed.',
  'link-down': 'BFD has declared the egress link down.',
  'packet-too-big': 'The packet is longer than the egress link takes.',
  'epic-future': 'The packet on an EPIC-HP path is dated in the future.',
  'epic-expired': 'The packet on an EPIC-HP path was sent too long ago.',
  'epic-field':
    'The EPIC-HP field for this hop was not made by the owner of the path for this packet.',
  'queue-full': 'The local queue refused the packet.',
  'destination-host': 'Packets cannot be delivered to the destination host address.',
  'host-unknown': 'The destination host is not in this AS.',
  'service-unknown': 'Nobody offers the service that the packet is addressed to.',
  'port-unknown': 'The packet does not say which port of its destination host it wants.',
  'onehop-direction': 'A one-hop path is not in construction direction.',
  'onehop-source': 'A one-hop packet does not come from the AS at the near end of its link.',
  'onehop-target': 'A one-hop packet does not go to the AS at the far end of its link.',
  'onehop-egress': 'A one-hop packet names an egress that this router does not own.',
  'onehop-mac': 'The first hop field of a one-hop path was not made by this AS.',
  'traceroute-not-asked': 'A router alert is set on a packet that is not a traceroute request.',
} as const;

/** All drop reasons of the router with their explanations. */
export const ROUTER_DROP_REASONS = {
  ...WIRE_DROP_REASONS,
  ...CHECK_DROPS,
  ...BFD_DROP_REASONS,
} as const;

/** Why the router rejected a packet. */
export type RouterDropReason = WireDropReason | keyof typeof CHECK_DROPS | BfdDropReason;
