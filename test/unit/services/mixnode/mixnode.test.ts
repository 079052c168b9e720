/** A mix as a library. No test depends on timing; the tests wait for events only. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConfigError,
  type Mixnode,
  type MixnodeOptions,
  mixPacket,
  parseMixnodeToml,
  startMixnode,
} from '../../../../index.ts';

const mixes: Mixnode[] = [];
afterEach(async () => {
  await Promise.all(mixes.splice(0).map((mix) => mix.stop()));
});

function start(options: MixnodeOptions = {}): Mixnode {
  const mix = startMixnode({ workers: 1, expectedTags: 1_000, ...options });
  mixes.push(mix);
  return mix;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replace(/\0+$/, '');

describe('a mix as a library', () => {
  it('R-190: takes packets, hands out what is inside, counts, and stops', async () => {
    const [entry, middle, exit] = [start(), start(), start()];
    const path = [
      { publicKey: entry.publicKey, delayMs: 20 },
      { publicKey: middle.publicKey, delayMs: 30 },
      exit,
    ];
    const payload = new TextEncoder().encode('through three mixes');
    let packet = mixPacket(path, payload);
    const { length } = packet;
    for (const [index, mix] of [entry, middle].entries()) {
      expect(mix.submit(packet)).toBe('taken');
      await mix.drained();
      const [out, ...more] = mix.take(100);
      expect(more).toEqual([]);
      if (out?.kind !== 'forward') throw new Error('the packet did not go on');
      expect(out.nextNode[31]).toBe(index + 1);
      expect([out.delayMs, out.packet.length]).toEqual([20 + 10 * index, length]);
      packet = out.packet;
    }
    exit.submit(packet);
    await exit.drained();
    const [end] = exit.take(1);
    expect(end?.kind).toBe('deliver');
    expect(end?.kind === 'deliver' && text(end.payload)).toBe('through three mixes');
    const { packetsProcessed, packetsDropped, throughputPps, meanProcessingMs } = exit.stats();
    expect([packetsProcessed, packetsDropped]).toEqual([1, 0]);
    expect(throughputPps).toBeGreaterThan(0);
    expect(meanProcessingMs).toBeGreaterThan(0);
    expect(exit.stats().poolHitRatio).toBe(1);
  });

  it('R-190: names what it drops: replays, other packets, what its queue does not hold', async () => {
    const mix = start({ queue: 3 });
    const packet = mixPacket([mix, mix], new Uint8Array(10));
    expect([packet, packet, new Uint8Array(packet.length)].map((one) => mix.submit(one))).toEqual([
      ...['taken', 'taken', 'taken'],
    ]);
    expect(mix.submit(packet)).toBe('queue-full');
    expect(mix.submit(new Uint8Array(70_000))).toBe('queue-full');
    await mix.drained();
    expect(mix.submit(new Uint8Array(70_000))).toBe('too-long');
    const { packetsSubmitted, packetsProcessed, packetsDropped, drops } = mix.stats();
    expect([packetsSubmitted, packetsProcessed, packetsDropped]).toEqual([6, 1, 5]);
    expect(drops).toEqual({ replay: 1, 'low-order-point': 1, 'queue-full': 2, 'too-long': 1 });
    await mix.stop();
    expect(mix.submit(packet)).toBe('no-worker');
    // Results that existed before the stop are still available.
    expect(mix.take(10)).toHaveLength(1);
    expect(mix.take(10)).toEqual([]);
  });

  it('R-190: counts each packet that is inside when it stops', async () => {
    const mix = start({ queue: 500 });
    for (let count = 0; count < 400; count += 1)
      mix.submit(mixPacket([mix, mix], new Uint8Array(10)));
    await mix.stop();
    const { packetsSubmitted, packetsProcessed, packetsDropped, drops } = mix.stats();
    expect(packetsSubmitted).toBe(400);
    expect(packetsProcessed + packetsDropped).toBe(400);
    expect(drops['stopped']).toBe(packetsDropped);
    expect(packetsDropped).toBeGreaterThan(1);
  });

  it('R-187: takes a replay for one when a bit of its payload has changed', async () => {
    const mix = start();
    const packet = mixPacket([mix, mix], new Uint8Array(10));
    const copies = [1, 500, 1_500].map((back) => {
      const copy = packet.slice();
      copy[copy.length - back] = (copy[copy.length - back] as number) ^ 1;
      return copy;
    });
    for (const one of [packet, ...copies]) mix.submit(one);
    await mix.drained();
    expect(mix.stats().drops).toEqual({ replay: 3 });
  });

  it('refuses paths and payloads that its packets have no room for', () => {
    const mix = start();
    expect(() => mixPacket([], new Uint8Array(1))).toThrow(RangeError);
    expect(() => mixPacket(new Array(6).fill(mix), new Uint8Array(1))).toThrow(RangeError);
    expect(() => mixPacket([mix], new Uint8Array(9_000))).toThrow(/do not fit/);
  });

  it('R-189: starts as a published mixnode.toml says', async () => {
    const { pipeline } = parseMixnodeToml('[pipeline]\nworkers = 1\nmax_queue_depth = 1 # small\n');
    const mix = start(pipeline);
    const packets = [1, 2].map((byte) => mixPacket([mix], Uint8Array.of(byte)));
    expect(packets.map((packet) => mix.submit(packet))).toEqual(['taken', 'queue-full']);
    await mix.drained();
    expect(() => parseMixnodeToml('[pipeline]\nworker = 2')).toThrow(ConfigError);
    expect(() => parseMixnodeToml('[pipeline]\nworker = 2')).toThrow(
      'mixnode.toml:2:1  pipeline.worker: unknown key\n   2 | worker = 2\n     | ^^^^^^\n   hint: did you mean workers?',
    );
  });
});
