/**
 * An attacker in a simulated network that sends mutated datagrams to the socket of a node.
 *
 * @module
 */
import { openRandomStream } from '../../engine/core/stream.ts';
import { writeUint16 } from '../../nodes/_kit/bytes.ts';
import {
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  SCMP_CHECKSUM_OFFSET,
  UDP_CHECKSUM_OFFSET,
} from '../../nodes/scion/geometry.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { MS } from '../unit/runner/fixture.ts';
import { mutate } from './mutate.ts';

export const SEED = 20_261_121;
/** Number of datagrams that the attacker sends per millisecond. */
const BURST = 100;
const CHECKSUM_OFFSETS = new Map([
  [PROTOCOL_UDP, UDP_CHECKSUM_OFFSET],
  [PROTOCOL_SCMP, SCMP_CHECKSUM_OFFSET],
]);

/** Corrects the checksum of UDP or SCMP, so that the mutation gets beyond this check. */
function repair(packet: Uint8Array, view: PacketView): Uint8Array {
  if (view.parse(packet, 0, packet.length) !== undefined) return packet;
  const field = CHECKSUM_OFFSETS.get(view.upperProtocol);
  if (field === undefined || view.upperOffset + 8 > packet.length) return packet;
  const at = view.upperOffset + field;
  packet.fill(0, at, at + 2);
  writeUint16(packet, at, view.upperChecksum());
  return packet;
}

/** A socket that is attacked. */
export interface Victim {
  readonly name: string;
  readonly port: number;
  /**
   * The link to the victim, the side of the link that leads to it, and the host that sends on it.
   */
  readonly link: string;
  readonly side: 'forward' | 'backward';
  readonly sender: string;
  readonly senderPort: number;
}

/** Records genuine datagrams to the victim, including the first ones of the run. */
export function record({ world }: PreparedRun, victim: Victim): Uint8Array[] {
  const seen: Uint8Array[] = [];
  world.link(victim.link).tap(victim.side, ({ bytes, offset, length }) => {
    if (seen.length < 400) seen.push(bytes.slice(offset, offset + length));
    return true;
  });
  return seen;
}

/** Injects mutated datagrams as if they came from the same senders as the genuine ones. */
export function attack(
  { world, scenario }: PreparedRun,
  genuine: readonly Uint8Array[],
  victim: Victim,
  inputs: number,
): void {
  const random = openRandomStream(SEED, victim.name, 'fuzz');
  const view = new PacketView();
  const [direction] = world.sim.link(victim.link).directions(victim.side);
  const endpoint = (of: string, port: number): number => {
    const host = scenario.topology.hosts.find(({ name }) => name === of);
    return world.sim.endpoints.intern(host?.address ?? '', port);
  };
  const from = endpoint(victim.sender, victim.senderPort);
  const to = endpoint(victim.name, victim.port);
  for (let sent = 0; sent < inputs; sent += 1) {
    const mutated = mutate(genuine[random.below(genuine.length)]!, random, { header: 28 });
    const buffer = random.chance(0.7) ? repair(mutated, view) : mutated;
    world.sim.network.inject(direction!, { buffer, offset: 0, length: buffer.length, from, to });
    if (sent % BURST === 0) world.sim.runUntil(world.now() + MS);
  }
}
