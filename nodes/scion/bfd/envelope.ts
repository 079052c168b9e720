/**
 * How a BFD packet travels in SCION: over a one-hop path to another AS, over an empty path to a
 * sibling.
 *
 * SCION doc/protocols/bfd.rst, reference router/dataplane.go (bfdSend). Builds complete packets,
 * ready to send.
 *
 * @module
 */
import type { CalendarTime } from '../../../engine/host/time.ts';
import { EXP_TIME_DEFAULT, PROTOCOL_BFD } from '../geometry.ts';
import type { HopAuthenticator } from '../mac.ts';
import { encodePacket } from '../wire/header.ts';
import type { HostAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import type { HopField, OneHopPath, WirePath } from '../wire/path.ts';
import {
  BFD_FLOW_ID,
  BFD_LENGTH,
  BFD_TIMESTAMP_AGE_SECONDS,
  BFD_TRAFFIC_CLASS,
} from './geometry.ts';
import { type BfdPacket, encodeBfd } from './packet.ts';

/** Both ends of a link. */
export interface BfdEnds {
  readonly source: IsdAs;
  readonly sourceHost: HostAddress;
  readonly target: IsdAs;
  readonly targetHost: HostAddress;
}

const NO_MAC = new Uint8Array(6);
const NO_HOP: HopField = {
  hasIngressAlert: false,
  hasEgressAlert: false,
  expTime: 0,
  consIngress: 0,
  consEgress: 0,
  mac: NO_MAC,
};

/** A one-hop path out of interface `ifId`, valid from now. */
export function oneHopOut(hops: HopAuthenticator, ifId: number, now: CalendarTime): OneHopPath {
  const info = {
    isPeering: false,
    isConsDir: true,
    segmentId: 0,
    // As in the reference, the time stamp is dated back: clocks of neighbours may be behind ours.
    timestamp: now.seconds - BFD_TIMESTAMP_AGE_SECONDS,
  };
  const fields = { expTime: EXP_TIME_DEFAULT, consIngress: 0, consEgress: ifId };
  const mac = hops.mac({ ...info, ...fields });
  return { kind: 'one-hop', info, first: { ...NO_HOP, ...fields, mac }, second: NO_HOP };
}

/**
 * A complete packet with `packet` as payload.
 * @param path Empty to a sibling, {@link oneHopOut} to another AS.
 */
export function encodeBfdPacket(ends: BfdEnds, path: WirePath, packet: BfdPacket): Uint8Array {
  const payload = new Uint8Array(BFD_LENGTH);
  encodeBfd(packet, payload, 0);
  const header = {
    ...ends,
    trafficClass: BFD_TRAFFIC_CLASS,
    flowId: BFD_FLOW_ID,
    nextHeader: PROTOCOL_BFD,
    path,
  };
  return encodePacket(header, payload);
}
