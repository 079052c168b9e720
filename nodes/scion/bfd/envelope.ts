/**
 * Encodes BFD packets as SCION packets: with a one-hop path to another AS, with an empty path to a
 * sibling.
 *
 * SCION doc/protocols/bfd.rst, reference router/dataplane.go (bfdSend). The packets are complete
 * and ready to send.
 *
 * @module
 */
import type { CalendarTime } from '../../../engine/host/time.ts';
import { EXP_TIME_DEFAULT, PROTOCOL_BFD } from '../geometry.ts';
import type { HopAuthenticator } from '../mac.ts';
import { encodePacket } from '../wire/header.ts';
import type { HostAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import {
  encodedPathLength,
  encodePath,
  type HopField,
  type OneHopPath,
  type WirePath,
} from '../wire/path.ts';
import {
  BFD_CONTROL_PACKET_BYTES,
  BFD_FLOW_ID,
  BFD_PATH_BACKDATING_SECONDS,
  BFD_TRAFFIC_CLASS,
} from './geometry.ts';
import { type BfdPacket, encodeBfdControlPacket } from './packet.ts';

/** The ISD-AS numbers and addresses of both ends of a link. */
export interface BfdPacketAddresses {
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

/**
 * A one-hop path of zeros, used where only the length counts: all one-hop paths are equally long.
 */
export const BLANK_ONE_HOP_PATH: OneHopPath = {
  kind: 'one-hop',
  info: { isPeering: false, isConsDir: true, segmentId: 0, timestamp: 0 },
  first: NO_HOP,
  second: NO_HOP,
};

/** Makes a one-hop path that leaves the AS by interface `ifId` and is valid from now on. */
export function makeOneHopPath(
  hops: HopAuthenticator,
  ifId: number,
  now: CalendarTime,
): OneHopPath {
  const info = {
    isPeering: false,
    isConsDir: true,
    segmentId: 0,
    // As in the reference, the time stamp is in the past, since the clock of the neighbour may be
    // behind.
    timestamp: now.seconds - BFD_PATH_BACKDATING_SECONDS,
  };
  const fields = { expTime: EXP_TIME_DEFAULT, consIngress: 0, consEgress: ifId };
  const mac = hops.mac({ ...info, ...fields });
  return { kind: 'one-hop', info, first: { ...NO_HOP, ...fields, mac }, second: NO_HOP };
}

/**
 * Makes an encoder for the BFD packets of one link, whose headers differ only in their paths.
 * @param like An example path, as long as all later ones: empty to a sibling, {@link
 * BLANK_ONE_HOP_PATH} to another AS.
 * @returns a function that encodes a complete packet; its result is valid until the next call.
 */
export function createBfdPacketEncoder(
  ends: BfdPacketAddresses,
  like: WirePath,
): (path: WirePath, packet: BfdPacket) => Uint8Array {
  const header = {
    ...ends,
    trafficClass: BFD_TRAFFIC_CLASS,
    flowId: BFD_FLOW_ID,
    nextHeader: PROTOCOL_BFD,
    path: like,
  };
  const whole = encodePacket(header, new Uint8Array(BFD_CONTROL_PACKET_BYTES));
  const payloadAt = whole.length - BFD_CONTROL_PACKET_BYTES;
  const pathAt = payloadAt - encodedPathLength(like);
  return (path, packet) => {
    whole.set(encodePath(path), pathAt);
    encodeBfdControlPacket(packet, whole, payloadAt);
    return whole;
  };
}
