/**
 * Mutated datagrams and records at the nodes of a mixnet: drops with reasons, never an
 * exception, and the nodes continue.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CpuProfile } from '../../engine/net/cpu-profile.ts';
import { openDescriptor } from '../../nodes/mixnet/directory/index.ts';
import { MIXNET_DROP_REASONS } from '../../nodes/mixnet/drops.ts';
import { PACKET_PORT } from '../../nodes/mixnet/geometry.ts';
import {
  type AuthorityRecordType,
  createAuthorityRecordReader,
  decodeDocumentRecord,
  decodeDocumentRequest,
  encodeAuthorityRecord,
  encodeDocumentRecord,
  encodeDocumentRequest,
} from '../../nodes/mixnet/records.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import type { CpuChoice } from '../../scenarios/model.ts';
import { load, MS, prepare, SECOND } from '../unit/runner/fixture.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const SEED = 20_261_122;
/** Number of datagrams that the attacker sends per millisecond. */
const BURST = 100;
/**
 * Genuine datagrams that are not delivered, so that their tags are new when they arrive mutated.
 */
const KEPT_BACK = 100;
const crypto = createCryptoProvider('node');

/** Damages bytes of a mixnet packet, sometimes at the end: a payload behind an authentic header. */
function damage(genuine: Uint8Array, random: RandomStream): Uint8Array {
  if (random.below(8) > 0) return mutate(genuine, random, { header: 40, types: 20 });
  const damaged = genuine.slice();
  damaged[damaged.length - 1 - random.below(400)]! ^= 1 << random.below(8);
  return damaged;
}

const scenario = load('mixnet.yaml', {
  crypto: 'modelled',
  duration: '45s',
  warmup: '2s',
  'topology.generate.clients': '6',
  'options.mixnet.rates.payload': '{ mean: 200ms }',
  'options.mixnet.rates.loop': '{ mean: 200ms }',
  'options.mixnet.rates.drop': '{ mean: 200ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 2/s, size: 200B }]',
});
const addresses = new Map(scenario.topology.hosts.map(({ name, address }) => [name, address]));

interface Victim {
  readonly name: string;
  readonly sender: string;
  /** The name of the link, and the side that leads to the victim. */
  readonly link: string;
  readonly side: 'forward' | 'backward';
}

/** Records genuine datagrams to the victim; the first ones are not delivered. */
function record({ world }: PreparedRun, victim: Victim): Uint8Array[] {
  const seen: Uint8Array[] = [];
  world.link(victim.link).tap(victim.side, ({ bytes, offset, length }) => {
    const isPacket = length > 1_000;
    if (isPacket && seen.length < 2 * KEPT_BACK) seen.push(bytes.slice(offset, offset + length));
    return !isPacket || seen.length > KEPT_BACK;
  });
  return seen;
}

/** Injects mutated datagrams as if they came from the same senders as the genuine ones. */
function attack({ world }: PreparedRun, genuine: readonly Uint8Array[], victim: Victim): void {
  const random = openRandomStream(SEED, `${victim.name}<${victim.sender}`, 'fuzz');
  const [direction] = world.sim.link(victim.link).directions(victim.side);
  const endpoint = (name: string): number =>
    world.sim.endpoints.intern(addresses.get(name) ?? '', PACKET_PORT);
  const [from, to] = [endpoint(victim.sender), endpoint(victim.name)];
  for (let sent = 0; sent < INPUTS; sent += 1) {
    const buffer = damage(genuine[random.below(genuine.length)]!, random);
    world.sim.network.inject(direction!, { buffer, offset: 0, length: buffer.length, from, to });
    if (sent % BURST === 0) world.sim.runUntil(world.now() + MS);
  }
}

const VICTIMS: readonly (readonly [Victim, readonly string[]])[] = [
  [
    { name: 'mix-1-1', sender: 'provider-1', link: 'provider-1--mix-1-1', side: 'forward' },
    ['frame-length', 'frame-command', 'unknown-version', 'mac-mismatch', 'replay', 'frame-padding'],
  ],
  [
    { name: 'provider-1', sender: 'client-1', link: 'client-1--provider-1', side: 'forward' },
    ['frame-length', 'gateway-rate-limited', 'frame-padding', 'unexpected-frame'],
  ],
  [
    { name: 'provider-1', sender: 'mix-3-1', link: 'provider-1--mix-3-1', side: 'backward' },
    ['frame-length', 'mac-mismatch', 'replay', 'payload-tag', 'frame-command'],
  ],
  [
    { name: 'client-2', sender: 'provider-2', link: 'client-2--provider-2', side: 'backward' },
    ['frame-length', 'frame-kind', 'frame-padding', 'spool-sequence', 'unexpected-frame'],
  ],
];

describe('mutated datagrams', () => {
  it.each(VICTIMS)(
    `R-084: ${INPUTS} at $name from $sender are named drops, and messages arrive on`,
    (victim, expected) => {
      const prepared = prepare(scenario);
      const { world, experiment } = prepared;
      const genuine = record(prepared, victim);
      world.sim.runUntil(16 * SECOND);
      expect(genuine.length).toBeGreaterThan(KEPT_BACK);
      attack(prepared, genuine, victim);
      const { meter } = experiment.flows[0]!;
      const before = meter.deliveredTotal;
      world.sim.runUntil(world.now() + 20 * SECOND);
      expect(meter.deliveredTotal - before).toBeGreaterThan(20);
      expect([meter.duplicates, experiment.deliveries.damaged]).toEqual([0, 0]);
      expect(experiment.node(victim.name)?.invariant?.()).toBeUndefined();
      const seen = Object.keys(world.nodeDrops());
      for (const reason of seen) expect(MIXNET_DROP_REASONS).toHaveProperty(reason);
      // The mutations are useful only if they get beyond the first checks.
      expect(seen).toEqual(expect.arrayContaining([...expected]));
    },
  );
});

/**
 * Costs similar to measured ones (docs/PERFORMANCE.md), so that processing forged packets is not
 * free.
 */
const PROFILE: CpuProfile = {
  name: 'test',
  receive: { ns: 4_000 },
  send: { ns: 4_000 },
  // The cost of opening a packet applies to every datagram, forged or not.
  handlers: { mixnet: { datagram: { ns: 60_000 } } },
};

const CPU: CpuChoice = {
  profile: PROFILE,
  receiveBuffer: [],
  machines: 'topology',
  file: 'none',
  sha256: '',
  cpuModel: 'test',
  date: '2026-11-20',
};

describe('a mix under attack', () => {
  const calmScenario = load('mixnet.yaml', {
    crypto: 'modelled',
    duration: '40s',
    warmup: '2s',
    'topology.generate.clients': '6',
    'options.mixnet.rates.payload': '{ mean: 400ms }',
    'options.mixnet.rates.loop': '{ mean: 400ms }',
    'options.mixnet.rates.drop': '{ mean: 400ms }',
    traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 1/s, size: 200B }]',
  });
  const victim = VICTIMS[0]![0];
  const startNs = 10 * SECOND;
  const endNs = startNs + (INPUTS / BURST) * 10 * MS;

  /**
   * The packets that the mix forwards between two instants, and its drops, with or without an
   * attacker.
   */
  function forwarded(isAttacked: boolean): { packets: number; drops: Record<string, number> } {
    const prepared = prepare({ ...calmScenario, cpu: CPU });
    const { world } = prepared;
    const count = (): number =>
      (world.metrics(victim.name)['mix.forwarded'] as { readonly value: number }).value;
    const genuine: Uint8Array[] = [];
    world.link(victim.link).tap(victim.side, ({ bytes, offset, length }) => {
      if (length > 3_000) genuine.push(bytes.slice(offset, offset + length));
      return true;
    });
    world.sim.runUntil(startNs);
    const before = count();
    const random = openRandomStream(SEED, 'flood', 'fuzz');
    const [direction] = world.sim.link(victim.link).directions(victim.side);
    const at = (name: string): number =>
      world.sim.endpoints.intern(addresses.get(name) ?? '', PACKET_PORT);
    const [from, to] = [at(victim.sender), at(victim.name)];
    for (let sent = 0; sent < INPUTS; sent += 1) {
      if (isAttacked) {
        // Mutates only packets that the mix has already seen, so each mutation must be dropped.
        const buffer = damage(genuine[random.below(50)]!, random);
        world.sim.network.inject(direction!, {
          buffer,
          offset: 0,
          length: buffer.length,
          from,
          to,
        });
      }
      if (sent % 10 === 9) world.sim.runUntil(world.now() + MS);
    }
    expect(world.now()).toBe(endNs);
    const packets = count() - before;
    world.sim.runUntil(endNs + SECOND);
    return { packets, drops: { ...world.nodeDrops() } };
  }

  it(`forwards within 10 % as many packets while ${INPUTS} mutated ones come, and names a reason for each, seed ${SEED}`, () => {
    const calm = forwarded(false);
    const attacked = forwarded(true);
    expect(calm.packets).toBeGreaterThan(80);
    expect(Math.abs(attacked.packets / calm.packets - 1)).toBeLessThan(0.1);
    let dropped = 0;
    for (const [reason, total] of Object.entries(attacked.drops)) {
      expect(MIXNET_DROP_REASONS).toHaveProperty(reason);
      dropped += total - (calm.drops[reason] ?? 0);
    }
    expect(dropped).toBe(INPUTS);
  });
});

describe('mutated records', () => {
  it(`R-084: ${INPUTS} on a stream are read or refused, and never an exception, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'records', 'fuzz');
    const genuine = [
      encodeDocumentRequest(258_000),
      encodeAuthorityRecord('upload', random.bytes(300)),
      encodeDocumentRecord('here', random.bytes(500)),
      encodeAuthorityRecord('accepted', new Uint8Array(0)),
    ];
    const seen = new Map<AuthorityRecordType | 'refused', number>();
    const count = (what: AuthorityRecordType | 'refused'): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    for (let sent = 0; sent < INPUTS; sent += 1) {
      const bytes = damage(genuine[random.below(genuine.length)]!, random);
      const reader = createAuthorityRecordReader(
        ['upload', 'ask', 'document', 'accepted'],
        (type, body) => {
          count(type);
          if (type === 'ask') decodeDocumentRequest(body);
          if (type === 'document') decodeDocumentRecord(body);
          if (type === 'upload') expect(openDescriptor(crypto, body)).toHaveProperty('drop');
        },
      );
      const cut = random.below(bytes.length + 1);
      const isRead = reader.read(bytes, 0, cut) && reader.read(bytes, cut, bytes.length - cut);
      if (!isRead) count('refused');
    }
    expect([...seen.keys()].sort()).toEqual(['accepted', 'ask', 'document', 'refused', 'upload']);
  });
});
