/**
 * The nodes of a mixnet together in virtual time: epochs, crashes, replays, limits.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../../engine/host/stream.ts';
import { MIXNET_DROP_REASONS } from '../../../../nodes/mixnet/drops.ts';
import {
  AUTHORITY_STREAMS_MAX,
  DIRECTORY_PORT,
  PACKET_PORT,
} from '../../../../nodes/mixnet/geometry.ts';
import { encodeDocumentRequest } from '../../../../nodes/mixnet/records.ts';
import type { SeedResult } from '../../../../reports/model.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';
import { counter, load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

/** A small network with short epochs. */
const SMALL: Overrides = {
  crypto: 'modelled',
  duration: '50s',
  warmup: '3s',
  'topology.generate.clients': '4',
  'topology.generate.width': '2',
  'options.mixnet.epoch': '12s',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 400ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 0.5/s, size: 200B, stop: 30s }]',
};
const small = (more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...SMALL, ...more });

/** The number of messages that arrived, and of those that were sent after the warm-up. */
function delivered(result: SeedResult): readonly [number, number] {
  const { numerator, denominator } = ratio(result, 'mixnet.delivery');
  return [numerator, denominator];
}

const dropsOf = (drops: Readonly<Record<string, number>>): string[] => Object.keys(drops).sort();

describe('a mixnet', () => {
  it('goes through epochs: every node gets each document, keys change, nothing is lost', () => {
    const result = run(small());
    expect(delivered(result)).toEqual([13, 13]);
    // Counts after the warm-up: 6 mixes, 2 providers and 4 clients each changed at least three
    // times.
    expect(counter(result, 'mix.epochs')).toBeGreaterThanOrEqual(3 * 12);
    expect(dropsOf(result.nodeDrops)).toEqual([]);
  });

  it.each(['cascade', 'free-route'])('carries messages by %s', (topology) => {
    const result = run(small({ 'topology.generate.topology': topology }));
    expect(delivered(result)).toEqual([13, 13]);
    expect(ratio(result, 'mix.loops_returned').numerator).toBeGreaterThan(50);
    expect(dropsOf(result.nodeDrops)).toEqual([]);
  });

  it('checks layers that a beacon has drawn, and carries messages over them', () => {
    const result = run(small({ 'topology.generate.placement': 'beacon' }));
    expect(delivered(result)).toEqual([13, 13]);
    expect(dropsOf(result.nodeDrops)).toEqual([]);
  });

  it('counts what a client sends beyond its token bucket as gateway-rate-limited', () => {
    const result = run(small({ 'options.client-1.client.drop': '{ mean: 20ms }' }));
    expect(result.nodeDrops['gateway-rate-limited']).toBeGreaterThan(500);
    expect(delivered(result)[1]).toBe(13);
  });

  it('counts messages for a full spool, of one client alone', () => {
    // The client retrieves so rarely that its loops alone fill the spool.
    const rare = { 'options.client-3.client.retrieve': '{ interval: 40s, law: fixed }' };
    const result = run(small({ ...rare, 'options.mixnet.spool.perClient': '3' }));
    expect(result.nodeDrops['spool-full']).toBeGreaterThan(3);
    expect(delivered(result)).toEqual([13, 13]);
  });
});

/** Records everything that reaches `mix-2-1` from the previous layer. */
function eavesdrop({ world }: PreparedRun): Uint8Array[] {
  const seen: Uint8Array[] = [];
  for (const link of ['mix-1-1--mix-2-1', 'mix-1-2--mix-2-1']) {
    world.link(link).tap('forward', ({ bytes, offset, length }) => {
      seen.push(bytes.slice(offset, offset + length));
      return true;
    });
  }
  return seen;
}

/** Sends recorded packets again, ten per millisecond. */
function replay({ world }: PreparedRun, packets: readonly Uint8Array[]): void {
  const [direction] = world.sim.link('mix-1-1--mix-2-1').directions('forward');
  const at = (name: string): number => {
    const { address } = small().topology.hosts.find((host) => host.name === name)!;
    return world.sim.endpoints.intern(address, PACKET_PORT);
  };
  const [from, to] = [at('mix-1-1'), at('mix-2-1')];
  for (const packet of packets) {
    const buffer = packet.slice();
    world.sim.network.inject(direction!, { buffer, offset: 0, length: buffer.length, from, to });
  }
}

const count = ({ world }: PreparedRun, metric: string): number =>
  (world.metrics('mix-2-1')[metric] as { readonly value: number } | undefined)?.value ?? 0;

describe('a mix that crashes', () => {
  it.each(['synced', 'prefix', 'torn'] as const)(
    'R-113: refuses every packet it ever sent on, after a restart with a store that was %s',
    (store) => {
      const prepared = prepare(
        small({
          'options.mixnet.epoch': '60s',
          events: `[{ at: 10s, for: 500ms, crash: mix-2-1, store: ${store} }]`,
        }),
      );
      const { world, experiment } = prepared;
      const seen = eavesdrop(prepared);
      world.sim.runUntil(14 * SECOND);
      expect(seen.length).toBeGreaterThan(70);
      const before = world.nodeDrops()['replay'] ?? 0;
      const forwarded = count(prepared, 'mix.forwarded');
      replay(prepared, seen);
      world.sim.runUntil(15 * SECOND);
      const refused = (world.nodeDrops()['replay'] ?? 0) - before;
      // Packets that arrived while the node was down were never opened; all others are rejected as
      // replays.
      expect(refused).toBeGreaterThan(0.8 * seen.length);
      expect(count(prepared, 'mix.replay.false_negative')).toBe(0);
      expect(count(prepared, 'mix.forwarded') - forwarded).toBeLessThan(60);
      world.sim.runUntil(50 * SECOND);
      expect(experiment.flows[0]!.meter.deliveredCount).toBe(13);
      expect(experiment.flows[0]!.meter.duplicates).toBe(0);
    },
  );

  it('lets replays through when it forgets tags, and the witness says so', () => {
    const prepared = prepare(small({ 'options.mixnet.double': 'forgetful' }));
    const seen = eavesdrop(prepared);
    prepared.world.sim.runUntil(9 * SECOND);
    replay(prepared, seen.slice(-50));
    prepared.world.sim.runUntil(10 * SECOND);
    expect(count(prepared, 'mix.replay.false_negative')).toBeGreaterThan(40);
  });

  it('R-188: refuses packets of an epoch whose key is gone, under a name', () => {
    const prepared = prepare(small());
    const seen = eavesdrop(prepared);
    prepared.world.sim.runUntil(40 * SECOND);
    const before = prepared.world.nodeDrops()['mac-mismatch'] ?? 0;
    replay(prepared, seen.slice(0, 20));
    prepared.world.sim.runUntil(41 * SECOND);
    expect((prepared.world.nodeDrops()['mac-mismatch'] ?? 0) - before).toBe(20);
    for (const reason of Object.keys(prepared.world.nodeDrops())) {
      expect(MIXNET_DROP_REASONS).toHaveProperty(reason);
    }
  });
});

describe('an authority', () => {
  /** Opens a stream from a client to the authority, after the first documents were fetched. */
  function dial(prepared: PreparedRun, use: (stream: Stream) => void): void {
    const { hosts } = prepared.world.sim;
    const [client, authority] = ['client-1', 'authority'].map((name) =>
      hosts.find((host) => host.name === name),
    );
    const to = client!.endpoint(authority!.address, DIRECTORY_PORT);
    client!.connect({ to }, (stream) => use(stream!));
  }

  it('answers one request on a stream, however many come and nobody reads', () => {
    const prepared = prepare(small());
    const { sim } = prepared.world;
    sim.runUntil(4 * SECOND);
    const errors: unknown[] = [];
    dial(prepared, (stream) => {
      stream.handle({ onData: () => undefined, onClose: (error) => errors.push(error) });
      for (let count = 0; count < 1_000; count += 1) stream.write(encodeDocumentRequest(0));
    });
    sim.runUntil(5 * SECOND);
    expect(prepared.world.nodeDrops()).toEqual({ 'record-unexpected': 1 });
    expect(errors).toEqual(['reset']);
  });

  it('is not kept from its nodes by streams that say nothing: the oldest ends', () => {
    const prepared = prepare(small());
    const { sim } = prepared.world;
    sim.runUntil(4 * SECOND);
    // Few at a time, so that the queue of the link takes them.
    for (let count = 1; count <= AUTHORITY_STREAMS_MAX + 10; count += 1) {
      dial(prepared, (stream) => stream.handle({ onData: () => undefined }));
      if (count % 20 === 0) sim.runUntil(4 * SECOND + count * 50_000);
    }
    sim.runUntil(4.5 * SECOND);
    expect(prepared.world.nodeDrops()).toEqual({ 'streams-full': 10 });
  });
});

describe('a clock that is off', () => {
  const stepped = (node: string, step: string, more: Overrides = {}): SeedResult =>
    run(small({ events: `[{ at: 8s, clock: { node: ${node}, step: ${step} } }]`, ...more }));
  const ofClocks = ({ warnings }: SeedResult): readonly string[] =>
    warnings.filter((text) => text.includes('clock of this node'));

  it.each(['-9s', '9s'])('by %s of 12 s: packets are of another epoch, and not forged', (step) => {
    // Too few packets to exhaust the budget for other epochs.
    const { nodeDrops } = stepped('client-1', step);
    expect(nodeDrops['epoch-unknown']).toBeGreaterThan(20);
    expect(nodeDrops).not.toHaveProperty('mac-mismatch');
  });

  it.each(['-500ms', '500ms'])('by %s, far within an eighth of an epoch: no drop', (step) => {
    const result = stepped('client-1', step);
    expect(result.nodeDrops).toEqual({});
    expect(ofClocks(result)).toEqual([]);
  });

  it('by three epochs: the node says so, once, and on which side', () => {
    expect(ofClocks(stepped('mix-1-1', '-40s'))).toEqual([
      expect.stringMatching(/^mix-1-1: no document of epoch \d+: .* is behind$/),
    ]);
    expect(ofClocks(stepped('client-3', '40s'))).toEqual([
      expect.stringMatching(/^client-3: no document of epoch \d+: .* is ahead, or nodes/),
    ]);
  });
});

describe.each(['authority', 'provider-1', 'client-2'])('%s', (node) => {
  it('goes on after a crash, and messages arrive again', () => {
    const events = `[{ at: 10s, for: 1s, crash: ${node} }]`;
    const prepared = prepare(small({ events, duration: '60s' }));
    const { world, experiment } = prepared;
    world.sim.runUntil(13 * SECOND);
    const { meter } = experiment.flows[0]!;
    const before = meter.deliveredTotal;
    world.sim.runUntil(60 * SECOND);
    expect(meter.deliveredTotal - before).toBeGreaterThanOrEqual(7);
    expect(meter.duplicates).toBe(0);
  });
});
