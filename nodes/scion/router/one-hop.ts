/**
 * Processes packets with one-hop paths, which reach a neighbour AS before any segment exists.
 *
 * SCION header specification "Path Type: OneHopPath", reference router/dataplane.go (processOHP).
 * The sender gets no SCMP error, since there is no path for an answer. As in the reference, expiry
 * and link state are not checked; unlike in the reference, PayloadLen is checked.
 *
 * @module
 */
import { writeHopField } from '../wire/path.ts';
import type { RouterContext } from './context.ts';
import type { PacketProcessingState, PacketVerdict } from './passage.ts';

/** Decides what happens to a packet with a one-hop path that is not BFD. */
export function processOneHopPacket(
  passage: PacketProcessingState,
  context: RouterContext,
): PacketVerdict {
  // "Path Type: OneHopPath": the path is used in construction direction.
  const { packet } = passage;
  if (!packet.isConsDir) return 'onehop-direction';
  if (packet.payloadLength !== packet.actualPayloadLength) return 'packet-length';
  return passage.ingress === 0 ? leaveAs(passage, context) : enterAs(passage, context);
}

function leaveAs(passage: PacketProcessingState, context: RouterContext): PacketVerdict {
  const { packet } = passage;
  if (!packet.isSource(context.isdAs)) return 'onehop-source';
  const egress = context.interfaces.get(packet.consEgress);
  if (egress === undefined || egress.link.kind !== 'external') return 'onehop-egress';
  if (!packet.isTarget(egress.isdAs)) return 'onehop-target';
  if (!context.hops.verify(packet)) return 'onehop-mac';
  packet.foldMacIntoSegmentId();
  passage.egress = egress;
  return 'forward';
}

function enterAs(passage: PacketProcessingState, context: RouterContext): PacketVerdict {
  const { packet, ingress } = passage;
  if (!packet.isTarget(context.isdAs)) return 'onehop-target';
  const entry = context.interfaces.get(ingress);
  if (entry === undefined || !packet.isSource(entry.isdAs)) return 'onehop-source';
  const { segmentId, timestamp, expTime } = packet;
  packet.selectSecondHop();
  const fields = { segmentId, timestamp, expTime, consIngress: ingress, consEgress: 0 };
  const flags = { hasIngressAlert: false, hasEgressAlert: false };
  const hop = { ...fields, ...flags, mac: context.hops.mac(fields) };
  writeHopField(packet.buffer, packet.hopOffset, hop);
  return context.delivery.resolve(passage);
}
