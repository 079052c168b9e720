/** Check 19 of docs/VERIFICATION.md on the stream model alone, with few seeds and short runs. */
import { describe, expect, it } from 'vitest';
import type { LinkDirectionSpec } from '../../../../../engine/net/link-spec.ts';
import type { StreamOptions } from '../../../../../engine/net/stream/stream-options.ts';
import { bytesOf, join, MS, makeStreamPair, SECOND } from './stream-fixture.ts';

/**
 * Bits per second that arrive in `seconds`, starting at 30 s, from an application that always has
 * more to send.
 */
function goodput(
  forward: LinkDirectionSpec,
  seconds: number,
  how: { readonly seed?: number; readonly options?: Partial<StreamOptions> } = {},
): number {
  const backward = { rateBps: forward.rateBps, delayNs: forward.delayNs };
  const pair = makeStreamPair({ forward, backward, buffers: 'plain', ...how });
  const { client, server } = join(pair, false);
  const chunk = bytesOf(65_536);
  const more = (): void => {
    while (client.stream.write(chunk) !== 'full');
  };
  client.onDrain = more;
  more();
  pair.world.runUntil(30 * SECOND);
  const before = server.bytes;
  pair.world.runUntil((30 + seconds) * SECOND);
  expect(pair.world.network.imbalance()).toBeUndefined();
  return ((server.bytes - before) * 8) / seconds;
}

describe('throughput of a simulated stream', () => {
  it('is the window over the round trip: 44 segments in 64 KiB, 5.1392 Mbit/s at 100 ms', () => {
    const measured = goodput({ rateBps: 1e9, delayNs: 50 * MS }, 60, {
      options: { receiveBufferBytes: 65_536 },
    });
    const theory = (44 * 1_460 * 8) / 0.1;
    expect(Math.abs(measured / theory - 1)).toBeLessThan(0.005);
  });

  // Each answer took back the doubled timeout before a round trip was measured, so that all was sent again, for ever.
  it.each([0.9, 1.2])(
    'stayed at four segments where the light takes %d s: it fills the link',
    (seconds) => {
      const measured = goodput({ rateBps: 100_000, delayNs: seconds * SECOND }, 60);
      expect(Math.abs(measured / ((1e5 * 1_460) / 1_500) - 1)).toBeLessThan(0.1);
    },
  );

  it('follows Mathis at 0.1 % loss and 100 ms: 4.5 to 5.3 Mbit/s', () => {
    const loss = { kind: 'bernoulli', probability: 0.001 } as const;
    const link = { rateBps: 1e9, delayNs: 50 * MS, loss };
    const runs = [1, 2, 3].map((seed) => goodput(link, 200, { seed }));
    const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length / 1e6;
    expect(mean).toBeGreaterThan(4.5);
    expect(mean).toBeLessThan(5.3);
  });

  it('falls with the square root of the loss', () => {
    const at = (probability: number): number =>
      goodput({ rateBps: 1e9, delayNs: 50 * MS, loss: { kind: 'bernoulli', probability } }, 200);
    const ratio = at(0.002) / at(0.008);
    expect(ratio).toBeGreaterThan(1.75);
    expect(ratio).toBeLessThan(2.25);
  });

  it('saturates a link: 10 Mbit/s carry 9.7333 Mbit/s of payload', () => {
    const measured = goodput({ rateBps: 10_000_000, delayNs: 10 * MS }, 60);
    expect(Math.abs(measured / ((1e7 * 1_460) / 1_500) - 1)).toBeLessThan(0.005);
  });

  it('shares a bottleneck whose queue drops instead of collapsing', () => {
    const queue = { kind: 'drop-tail', limitPackets: 50 } as const;
    const measured = goodput({ rateBps: 10_000_000, delayNs: 10 * MS, queue }, 60);
    expect(measured / ((1e7 * 1_460) / 1_500)).toBeGreaterThan(0.9);
  });
});
