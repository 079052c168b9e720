/**
 * Packets that an attacker without keys can send to a border router (ADR 0027), made from public information. Only
 * events with `action: flood` send them; nodes never do.
 *
 * @module
 */
import type { AttackerKnowledge, Forgery } from '../../engine/host/forgery.ts';
import type { Random } from '../../engine/host/random.ts';
import { EXP_TIME_DEFAULT, HOP_MAC_LENGTH, SEGMENT_ID_VALUES } from './geometry.ts';
import { type AsExit, exitsOf, interfaceIdOf, isdAsOf } from './network.ts';
import { CONTROL_PORT, ROUTER_INTERNAL_PORT } from './router/geometry.ts';
import { requireHostAddress } from './wire/host-address.ts';
import { requireIsdAs } from './wire/isd-as.ts';
import type { HopField, WirePath } from './wire/path.ts';
import { encodeUdpPacket } from './wire/udp.ts';

/** Length of the payload of a forged packet when the event gives no size, bytes. */
const PAYLOAD_BYTES = 64;

/** The kinds of packets that an attacker can forge for a border router, by name. */
export const ROUTER_FORGERIES: Readonly<Record<string, Forgery>> = {
  'hop-field': {
    help: 'packets from inside the AS whose hop fields have random MACs',
    port: ROUTER_INTERNAL_PORT,
    sizes: { least: 1, most: 9_000 },
    make: packetsWithForgedHops,
  },
};

function packetsWithForgedHops(parts: AttackerKnowledge): () => Uint8Array {
  const { network, target, random, clock, sizeBytes = PAYLOAD_BYTES } = parts;
  const isdAs = isdAsOf(target) ?? requireIsdAs('1-1');
  const exits = exitsOf(isdAs, network).filter(({ near }) => near.host === target.name);
  const host = requireHostAddress(target.address);
  return () => {
    const exit = exits[random.below(Math.max(1, exits.length))];
    const path = pathOver(exit, clock().seconds, random);
    const ends = { source: isdAs, sourceHost: host, target: exit?.farIsdAs ?? isdAs };
    return encodeUdpPacket(
      { trafficClass: 0, flowId: 1, ...ends, targetHost: host, path },
      {
        sourcePort: CONTROL_PORT,
        targetPort: CONTROL_PORT,
        payload: new Uint8Array(sizeBytes),
      },
    );
  };
}

/** Makes a path of two hops over a link, in construction direction, with random MACs. */
function pathOver(exit: AsExit | undefined, timestamp: number, random: Random): WirePath {
  const [near, far] = exit === undefined ? [1, 1] : [exit.near, exit.far].map(interfaceIdOf);
  return {
    kind: 'scion',
    currentInfo: 0,
    currentHop: 0,
    segmentLengths: [2, 0, 0],
    infos: [
      { isPeering: false, isConsDir: true, segmentId: random.below(SEGMENT_ID_VALUES), timestamp },
    ],
    hops: [hopField(0, near ?? 1, random), hopField(far ?? 1, 0, random)],
  };
}

function hopField(consIngress: number, consEgress: number, random: Random): HopField {
  const mac = Uint8Array.from({ length: HOP_MAC_LENGTH }, () => random.below(256));
  const alerts = { hasIngressAlert: false, hasEgressAlert: false };
  return { ...alerts, expTime: EXP_TIME_DEFAULT, consIngress, consEgress, mac };
}
