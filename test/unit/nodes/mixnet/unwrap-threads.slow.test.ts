/**
 * Packets in worker threads: where decisions are made, how many packets there may be, and what
 * happens to them when their epoch ends.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { ByteJobInput, ComputeResult } from '../../../../engine/host/compute.ts';
import type { Host } from '../../../../engine/host/host.ts';
import type { HistogramData } from '../../../../engine/measure/histogram.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import type { EpochPosition } from '../../../../nodes/mixnet/directory/index.ts';
import { packetFormatOf, selectUnwrapParameters } from '../../../../nodes/mixnet/format.ts';
import { PACKET_PORT, UNWRAPPING_PACKETS_MAX } from '../../../../nodes/mixnet/geometry.ts';
import { SenderDelayPolicy } from '../../../../nodes/mixnet/mix/delay-law.ts';
import { KeyRing } from '../../../../nodes/mixnet/mix/key-ring.ts';
import { Relay, type RelayParts } from '../../../../nodes/mixnet/mix/relay.ts';
import type { ReplayGuardsByEpoch } from '../../../../nodes/mixnet/mix/replay-guards-by-epoch.ts';
import { FrameCodec } from '../../../../nodes/mixnet/wire.ts';
import { createPacket, unwrapJob, x25519Nike } from '../../../../nodes/sphinx/index.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';
import { load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';
import { accepted, labelledBytes, labelledSource, TestNetwork } from '../sphinx/network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const network = new TestNetwork(crypto, x25519Nike(crypto), true);
const EPOCH = 100;
const EPOCH_NS = 60 * SECOND;

/** A packet for the key that the ring below uses in an epoch. */
function packetUnder(epoch: number, label: string): Uint8Array {
  const path = network.path(4).slice(epoch - EPOCH);
  const random = labelledSource(crypto, label);
  return accepted(createPacket(network.suite, { path, random }, network.payload())).packet;
}

/**
 * A relay whose threads answer when the test tells them to, in any order; everything else happens
 * immediately.
 */
class Lab {
  readonly drops: string[] = [];
  readonly warnings: string[] = [];
  readonly calls: (ByteJobInput & { answer(message?: string): void })[] = [];
  readonly tags = new Map<number, Set<string>>();
  readonly ring: KeyRing;
  readonly relay: Relay;
  instant: EpochPosition = { epoch: EPOCH, elapsedNs: EPOCH_NS / 2, remainingNs: EPOCH_NS / 2 };
  #now = 0;
  #made = 0;

  constructor(unwrap: 'inline' | 'threads' = 'threads') {
    const options = mixnetConfig.parse({ role: 'mix', unwrap, sphinx: { payload: '103B' } });
    const host = this.#host();
    const format = packetFormatOf(crypto, options);
    const shape = unwrap === 'threads' ? selectUnwrapParameters(options) : undefined;
    const tags = this.#book();
    this.ring = new KeyRing({ host, format, tags, epochNs: EPOCH_NS, unwrap: shape });
    this.ring.prepare(EPOCH, () => undefined);
    const clock = { now: (): EpochPosition => this.instant, lengthNs: EPOCH_NS };
    this.relay = new Relay({
      host,
      options,
      format,
      clock,
      tags,
      observer: undefined,
      codec: new FrameCodec(format.geometry),
      keys: this.ring,
      delays: new SenderDelayPolicy(1),
      role: { ended: () => 'absorbed' },
      send: () => true,
    } as unknown as RelayParts);
  }

  receive(packet: Uint8Array): void {
    this.relay.receive(packet, { next: () => 1, endRefused: undefined });
  }

  /** Advances the calendar to an epoch, as a new document does. */
  enterEpoch(epoch: number): void {
    this.#now += EPOCH_NS;
    this.instant = { ...this.instant, epoch };
    this.ring.forgetBefore(epoch - 1);
  }

  #book(): ReplayGuardsByEpoch {
    return {
      enter: (epoch: number, tag: Uint8Array, onSynced: () => void): string | undefined => {
        const known = this.tags.get(epoch) ?? new Set();
        this.tags.set(epoch, known);
        if (known.has(toHex(tag))) return 'replay';
        known.add(toHex(tag));
        onSynced();
        return undefined;
      },
      retire: (epoch: number): void => void this.tags.delete(epoch),
    } as unknown as ReplayGuardsByEpoch;
  }

  #host(): Host {
    const table = new Map<string, Uint8Array>();
    const measure = { add: (): void => undefined, record: (): void => undefined };
    return {
      now: (): number => this.#now,
      meter: { counter: () => measure, histogram: () => measure },
      log: { warn: (text: string) => void this.warnings.push(text) },
      trace: { isRecorded: false, state: (): void => undefined },
      random: (name: string) => openRandomStream(1, 'mix', name),
      randomBytes: (length: number) => labelledBytes(crypto, `node ${this.#made++} key`, length),
      alloc: (length: number) => new Uint8Array(length),
      release: (): void => undefined,
      drop: (reason: string) => void this.drops.push(reason),
      after: () => ({ cancel: (): void => undefined, rearm: (): void => undefined }),
      store: () => ({
        put: (name: string, value: Uint8Array): void => void table.set(name, value.slice()),
        get: (name: string): Uint8Array | undefined => table.get(name)?.slice(),
        delete: (name: string): void => void table.delete(name),
        sync: (done: () => void): void => done(),
      }),
      compute: (_job: string, input: ByteJobInput, done: (result: ComputeResult) => void) => {
        // As in live runs, the call copies the setup.
        const opened = unwrapJob.open(input.setup.slice(), crypto);
        const answer = (message?: string): void => {
          if (message !== undefined) {
            done({ kind: 'failed', message });
            return;
          }
          const record = new Uint8Array(unwrapJob.recordLength);
          opened.run(input.bytes, record);
          done({ kind: 'done', output: { bytes: input.bytes, record } });
        };
        this.calls.push({ ...input, answer });
      },
    } as unknown as Host;
  }
}

describe('a relay whose packets are in threads', () => {
  it('R-113: lets one of two copies pass, whichever comes back first, and no copy after', () => {
    const lab = new Lab();
    for (const label of ['a', 'b', 'a']) lab.receive(packetUnder(EPOCH, label));
    expect(lab.calls).toHaveLength(3);
    for (const call of [...lab.calls].reverse()) call.answer();
    expect([lab.relay.size, lab.drops]).toEqual([2, ['replay']]);
    lab.receive(packetUnder(EPOCH, 'b'));
    lab.calls.at(-1)?.answer();
    expect(lab.drops).toEqual(['replay', 'replay']);
  });

  it('judges as without threads what is hostile', () => {
    const good = packetUnder(EPOCH, 'hostile');
    const flipped = Uint8Array.from(good, (byte, at) => (at === 70 ? byte ^ 1 : byte));
    const packets = [good, flipped, good, Uint8Array.from(good, (byte, at) => byte ^ (at ? 0 : 1))];
    const [inline, threads] = [new Lab('inline'), new Lab()];
    for (const packet of packets) {
      inline.receive(packet);
      threads.receive(packet);
    }
    expect(inline.calls).toHaveLength(0);
    for (const call of threads.calls) call.answer();
    expect(inline.drops).toEqual(['mac-mismatch', 'replay', 'unknown-version']);
    expect(threads.drops).toEqual(inline.drops);
    expect(threads.relay.size).toBe(inline.relay.size);
  });

  it('takes what comes back in the next epoch under the key that it went with', () => {
    const lab = new Lab();
    lab.receive(packetUnder(EPOCH, 'old'));
    lab.enterEpoch(EPOCH + 1);
    lab.receive(packetUnder(EPOCH + 1, 'new'));
    expect(lab.calls[0]?.setup).not.toBe(lab.calls[1]?.setup);
    for (const call of [...lab.calls].reverse()) call.answer();
    expect(lab.drops).toEqual([]);
    expect([...lab.tags].map(([epoch, { size }]) => [epoch, size])).toEqual([
      [EPOCH + 1, 1],
      [EPOCH, 1],
    ]);
  });

  it('R-188: refuses what comes back when its key and tags are gone: a replay among them', () => {
    const lab = new Lab();
    lab.receive(packetUnder(EPOCH, 'old'));
    lab.calls[0]?.answer();
    lab.receive(packetUnder(EPOCH, 'old'));
    lab.enterEpoch(EPOCH + 1);
    lab.enterEpoch(EPOCH + 2);
    lab.calls[1]?.answer();
    expect(lab.drops).toEqual(['epoch-unknown']);
    expect(lab.tags.has(EPOCH)).toBe(false);
  });

  it.each(['inline', 'threads'] as const)(
    '%s: tells a packet of an epoch that is not accepted from a forged one, and drops both',
    (unwrap) => {
      const lab = new Lab(unwrap);
      const early = packetUnder(EPOCH + 2, 'early');
      const forged = Uint8Array.from(early, (byte, at) => (at === 70 ? byte ^ 1 : byte));
      for (const packet of [early, forged, early]) lab.receive(packet);
      for (const call of lab.calls) call.answer();
      expect(lab.drops).toEqual(['epoch-unknown', 'mac-mismatch', 'epoch-unknown']);
      expect(lab.relay.size).toBe(0);
      // No tag was added, so the packet is accepted when its epoch comes.
      expect(lab.tags.size).toBe(0);
      lab.enterEpoch(EPOCH + 2);
      lab.receive(early);
      lab.calls.at(-1)?.answer();
      expect(lab.drops).toHaveLength(3);
      expect(lab.relay.size).toBe(1);
    },
  );

  it('knows a late packet while its key is held, and nothing of it once the key is gone', () => {
    const lab = new Lab('inline');
    lab.enterEpoch(EPOCH + 1);
    lab.receive(packetUnder(EPOCH, 'late'));
    lab.enterEpoch(EPOCH + 2);
    lab.receive(packetUnder(EPOCH, 'late'));
    expect(lab.drops).toEqual(['epoch-unknown', 'mac-mismatch']);
  });

  it('counts what finds no room under a name, and has room again when packets are back', () => {
    const lab = new Lab();
    const packet = packetUnder(EPOCH, 'many');
    for (let sent = 0; sent < UNWRAPPING_PACKETS_MAX + 2; sent += 1) lab.receive(packet);
    expect(lab.drops).toEqual(['unwrap-queue-full', 'unwrap-queue-full']);
    expect(lab.relay.size).toBe(UNWRAPPING_PACKETS_MAX);
    lab.calls[0]?.answer();
    lab.receive(packet);
    expect(lab.drops).toHaveLength(2);
  });

  it('names a failure, gives the place back, and warns once', () => {
    const lab = new Lab();
    for (const label of ['a', 'b']) lab.receive(packetUnder(EPOCH, label));
    for (const call of lab.calls) call.answer('worker 0 died: out of memory');
    expect(lab.drops).toEqual(['unwrap-failed', 'unwrap-failed']);
    expect(lab.relay.size).toBe(0);
    expect(lab.warnings).toEqual(['unwrapping on threads: worker 0 died: out of memory']);
    lab.receive(packetUnder(EPOCH, 'a'));
    lab.calls.at(-1)?.answer();
    expect([lab.relay.size, lab.drops.length]).toEqual([1, 2]);
  });

  it('leaves alone what comes back after the node has stopped', () => {
    const lab = new Lab();
    lab.receive(packetUnder(EPOCH, 'a'));
    lab.relay.stop();
    lab.calls[0]?.answer();
    expect(lab.tags.size).toBe(0);
  });

  it('R-188: opens the keys of a document in the threads before a packet needs them', () => {
    const lab = new Lab();
    for (let document = 0; document < 2; document += 1) lab.relay.setMean(SECOND);
    expect(lab.calls).toHaveLength(1);
    lab.calls[0]?.answer();
    expect([lab.relay.size, lab.drops]).toEqual([0, []]);
    lab.enterEpoch(EPOCH + 1);
    lab.relay.setMean(SECOND);
    expect(lab.calls).toHaveLength(2);
    expect(lab.calls[1]?.setup).toBe(lab.ring.setup(lab.instant));
  });
});

describe('the setup of an instant', () => {
  const at = (epoch: number, elapsedNs: number): EpochPosition => ({
    epoch,
    elapsedNs,
    remainingNs: EPOCH_NS - elapsedNs,
  });

  it('is the same object for the same epochs, another one for others', () => {
    const { ring } = new Lab();
    const middle = ring.setup(at(EPOCH, EPOCH_NS / 2));
    expect(ring.setup(at(EPOCH, EPOCH_NS / 3))).toBe(middle);
    const late = ring.setup(at(EPOCH, EPOCH_NS - 1));
    const early = ring.setup(at(EPOCH + 1, 0));
    expect(new Set([middle, late, early]).size).toBe(3);
    expect(ring.setup(at(EPOCH, EPOCH_NS / 2))).toBe(middle);
    expect(new Lab('inline').ring.setup(at(EPOCH, 0))).toBeUndefined();
    expect(ring.setup(at(EPOCH + 40, EPOCH_NS / 2))).toBeUndefined();
  });

  it('R-188: loses the bytes of a key when its epoch is over, and no others', () => {
    const { ring } = new Lab();
    const alone = ring.setup(at(EPOCH, EPOCH_NS / 2))!;
    const both = ring.setup(at(EPOCH, EPOCH_NS - 1))!;
    const keys = [0, 1].map((node) => toHex(labelledBytes(crypto, `node ${node} key`, 32)));
    expect(toHex(both.slice(-64))).toBe(keys.join(''));
    ring.forgetBefore(EPOCH + 1);
    expect(alone.slice(-32)).toEqual(new Uint8Array(32));
    expect(toHex(both.slice(-64))).toBe('00'.repeat(32) + keys[1]);
    ring.forgetBefore(EPOCH + 2);
    expect(both.slice(-64)).toEqual(new Uint8Array(64));
  });
});

type Overrides = Readonly<Record<string, string>>;

/** A small network with short epochs, so that keys change while packets are in the threads. */
const SMALL: Overrides = {
  crypto: 'modelled',
  duration: '40s',
  warmup: '3s',
  'topology.generate.clients': '4',
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'options.mixnet.epoch': '12s',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 400ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 0.5/s, size: 200B, stop: 28s }]',
};
const small = (unwrap: string, more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...SMALL, 'options.mixnet.unwrap': unwrap, ...more });

/** The shortest time that any mix spent on a packet. */
function leastNs({ world }: PreparedRun): number {
  const { data } = world.metrics('mix-2-1')['mix.processing'] as { data: HistogramData };
  expect(data.count).toBeGreaterThan(100);
  return data.min;
}

describe('a network in virtual time', () => {
  it.each([
    ['poisson', {}],
    ['stop-and-go', { 'options.mixnet.mixing': '{ strategy: stop-and-go }' }],
    ['real packets', { crypto: 'node', duration: '20s' }],
  ] as const)('delivers the same inline and on threads: %s', (_name, more) => {
    const [inline, threads] = (['inline', 'threads'] as const).map((unwrap) =>
      run(small(unwrap, more)),
    );
    expect(ratio(threads!, 'mixnet.delivery').numerator).toBeGreaterThan(5);
    expect(threads?.metrics['mixnet.delivery']).toEqual(inline?.metrics['mixnet.delivery']);
    expect(inline?.nodeDrops).toEqual({});
    expect(threads?.nodeDrops).toEqual({});
  });

  it('charges the modelled processor for threads, at the cost of the job', () => {
    const least = (['inline', 'threads'] as const).map((unwrap) => {
      const prepared = prepare(small(unwrap));
      prepared.world.sim.runUntil(10 * SECOND);
      return leastNs(prepared);
    });
    expect(least[0]).toBe(0);
    expect(least[1]).toBeGreaterThan(90_000);
  });

  it('R-113: a mix on threads that crashes refuses every packet it ever sent on', () => {
    const events = '[{ at: 10s, for: 500ms, crash: mix-2-1, store: torn }]';
    const prepared = prepare(small('threads', { 'options.mixnet.epoch': '60s', events }));
    const { world } = prepared;
    const seen: Uint8Array[] = [];
    world.link('mix-1-1--mix-2-1').tap('forward', ({ bytes, offset, length }) => {
      seen.push(bytes.slice(offset, offset + length));
      return true;
    });
    world.sim.runUntil(14 * SECOND);
    const genuine = seen.slice();
    expect(genuine.length).toBeGreaterThan(100);
    const before = world.nodeDrops()['replay'] ?? 0;
    const { hosts } = small('threads').topology;
    const [from, to] = ['mix-1-1', 'mix-2-1'].map((name) =>
      world.sim.endpoints.intern(hosts.find((host) => host.name === name)!.address, PACKET_PORT),
    );
    const [direction] = world.sim.link('mix-1-1--mix-2-1').directions('forward');
    for (const buffer of genuine) {
      const packet = { buffer, offset: 0, length: buffer.length, from: from!, to: to! };
      world.sim.network.inject(direction!, packet);
    }
    world.sim.runUntil(15 * SECOND);
    const { value } = world.metrics('mix-2-1')['mix.replay.false_negative'] as { value: number };
    expect(value).toBe(0);
    expect((world.nodeDrops()['replay'] ?? 0) - before).toBeGreaterThan(0.8 * genuine.length);
  });
});
