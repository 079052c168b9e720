/**
 * Check 21: a cloud, whose hosts share nothing but their accesses (docs/VERIFICATION.md,
 * docs/spec/link-model.md#clouds).
 *
 * @module
 */

import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../engine/net/sim-world.ts';
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import { ACCEPT_EQUAL, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const MS = 1_000_000;
const BYTES = 1_000;
const PORT = 7;
/** Rate of the senders' access links: ten packets take a millisecond. */
const UP_BPS = 80_000_000;
/** Rate of the receiver's access link: one packet takes a millisecond. */
const DOWN_BPS = 8_000_000;
const SENDERS = 3;
const PACKETS = 300;
const REGIONS = ['east', 'north', 'west'] as const;
/**
 * Delays between regions, ms: rows are the regions of senders, columns those of receivers. All values
 * are different.
 */
const DELAYS = [
  [1, 20, 40],
  [25, 2, 60],
  [45, 65, 3],
] as const;

/** Check 21 of docs/VERIFICATION.md: hosts of a cloud share nothing but their accesses. */
export const cloudCheck: VerificationCheck = {
  id: '21',
  name: 'cloud',
  formula: '8 bytes / up + delay(from, to) + 8 bytes / down; one access for all that a host gets',
  catches: '1 ns, one packet out of order or out of turn',
  run: (engine) => [...sharing(engine), regions(engine)],
};

/** Three hosts of one region send to one host of another region as fast as they can. */
function sharing(engine: SeededEngine): readonly CheckMeasure[] {
  const world = engine.world();
  const senders = Array.from({ length: SENDERS }, (_, i) => addHost(world, `west-${i}`, i + 1));
  const receiver = addHost(world, 'east-0', SENDERS + 1);
  join(world, [...senders.map(() => 2), 0]);
  const counts = senders.map(() => 0);
  let lead = 0;
  let outOfOrder = 0;
  let firstNs = 0;
  let lastNs = 0;
  receiver.udp({
    port: PORT,
    onDatagram: (buffer, offset) => {
      const sender = buffer[offset] as number;
      const number = ((buffer[offset + 1] as number) << 8) | (buffer[offset + 2] as number);
      if (number !== counts[sender]) outOfOrder += 1;
      counts[sender] = (counts[sender] ?? 0) + 1;
      lead = Math.max(lead, greatestOf(counts) - leastOf(counts));
      if (firstNs === 0) firstNs = receiver.now();
      lastNs = receiver.now();
    },
  });
  for (const [i, host] of senders.entries()) flood(host, receiver, i);
  world.runUntil(10_000 * MS);
  const all = SENDERS * PACKETS;
  const first = 0.1 * MS + DELAYS[2][0] * MS + MS;
  const rows = [
    ['first of 900 packets, ns', first, firstNs],
    ['last of 900 packets, ns', first + (all - 1) * MS, lastNs],
    ['packets that came through', all, counts.reduce((sum, count) => sum + count, 0)],
    ['largest lead of a flow, packets', 1, lead],
    ['packets out of order', 0, outOfOrder],
  ] as const;
  return rows.map(([label, theory, measured]) => exactly(label, theory, measured));
}

/**
 * Sends a packet from each of six hosts, two in each region, to each other host; so far apart in
 * time that no two packets meet.
 */
function regions(engine: SeededEngine): CheckMeasure {
  const world = engine.world();
  const hosts = REGIONS.flatMap((name, i) =>
    [0, 1].map((k) => addHost(world, `${name}-${k}`, 1 + 2 * i + k)),
  );
  join(world, [0, 0, 1, 1, 2, 2]);
  let error = 0;
  let arrived = 0;
  for (const to of hosts) {
    to.udp({
      port: PORT,
      onDatagram: (buffer, offset) => {
        const from = buffer[offset] as number;
        const row = DELAYS[from >> 1];
        const delay = row?.[to.index >> 1] ?? 0;
        arrived += 1;
        const due = (from * 100 + to.index * 10 + 0.1 + delay + 1) * MS;
        error = Math.max(error, Math.abs(to.now() - Math.round(due)));
      },
    });
  }
  for (const from of hosts) {
    for (const to of hosts) {
      if (from === to) continue;
      const atNs = (from.index * 100 + to.index * 10) * MS;
      world.scheduler.after(atNs, () => send(from, to, [from.index]));
    }
  }
  world.runUntil(10_000 * MS);
  const pairs = hosts.length * (hosts.length - 1);
  return exactly(
    'largest error of a pair, ns',
    0,
    arrived === pairs ? error : Number.POSITIVE_INFINITY,
  );
}

function addHost(world: SimWorld, name: string, number: number): SimHost {
  return world.addHost({ name, address: `127.0.0.${number}` });
}

/** Gives all hosts of the world an access, each in the region with its number. */
function join(world: SimWorld, regionOf: readonly number[]): void {
  const queue = { kind: 'drop-tail', limitPackets: 10_000 } as const;
  const up: LinkDirectionSpec = { rateBps: UP_BPS, delayNs: 0, queue };
  const down: LinkDirectionSpec = { rateBps: DOWN_BPS, delayNs: 0, queue };
  world.addCloud({
    id: 'verify/21',
    regions: REGIONS,
    members: world.hosts.map(({ name, index }) => ({
      host: name,
      region: regionOf[index] ?? 0,
      up,
      down,
    })),
    between: (from, to) => ({
      rateBps: Number.POSITIVE_INFINITY,
      delayNs: (DELAYS[from]?.[to] ?? 0) * MS,
    }),
  });
}

function flood(from: SimHost, to: SimHost, mark: number): void {
  for (let number = 0; number < PACKETS; number += 1) {
    send(from, to, [mark, number >> 8, number & 255]);
  }
}

function send(from: SimHost, to: SimHost, head: readonly number[]): void {
  const socket = from.udp({ port: 0, onDatagram: () => undefined });
  const buffer = from.alloc(BYTES);
  buffer.set(head);
  socket?.send(buffer, 0, BYTES, from.endpoint(to.address, PORT));
  socket?.close();
}

function exactly(label: string, theory: number, measured: number): CheckMeasure {
  return { label, theory, measured, accept: ACCEPT_EQUAL, digits: 0 };
}
