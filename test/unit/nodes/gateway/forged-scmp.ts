/**
 * An attacker at a router in the AS of gateway-111 that reports an interface as down, for tests on
 * scion-default.yaml.
 *
 * @module
 */
import { GATEWAY_PORT } from '../../../../nodes/gateway/underlay/underlay-path.ts';
import { requireHostAddress } from '../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { encodeScmpPacket } from '../../../../nodes/scion/wire/scmp.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';

/** The content of the forged message. */
export interface ForgedScmp {
  /** The AS that the message claims to come from. */
  readonly from: string;
  /** The AS that owns the interface. */
  readonly about: string;
  readonly ifId: number;
  /** Present if the way inside the AS from this interface to the other one is said to be down, not the other one. */
  readonly ingress?: number;
  /** The packet that supposedly caused it. */
  readonly quote: Uint8Array;
}

/** Largest number of bytes of the packet that are quoted. */
const QUOTE_BYTES_MAX = 1000;

/** Sends a message to gateway-111 at the present instant. */
export function forgeScmp(
  { world }: PreparedRun,
  { from, about, ifId, ingress, quote }: ForgedScmp,
): void {
  const { address } = world.sim.host('gateway-111');
  const attacker = world.host('br-111-2');
  const socket = attacker.udp({ port: 4_000, onDatagram: () => undefined });
  const bytes = encodeScmpPacket(
    {
      trafficClass: 0,
      flowId: 1,
      target: requireIsdAs('1-ff00:0:111'),
      source: requireIsdAs(from),
      targetHost: requireHostAddress(address),
      sourceHost: requireHostAddress('127.0.0.9'),
      path: { kind: 'empty' },
    },
    {
      ...(ingress === undefined
        ? { kind: 'external-interface-down', ifId }
        : { kind: 'internal-connectivity-down', ingress, egress: ifId }),
      code: 0,
      isdAs: requireIsdAs(about),
      data: quote.subarray(0, QUOTE_BYTES_MAX),
    },
  );
  const buffer = attacker.alloc(bytes.length);
  buffer.set(bytes);
  socket?.send(buffer, 0, bytes.length, attacker.endpoint(address, GATEWAY_PORT));
  socket?.close();
}
