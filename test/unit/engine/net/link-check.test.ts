import { describe, expect, it } from 'vitest';
import { linkDirectionProblems } from '../../../../engine/net/link-check.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import { Line } from './network-fixture.ts';

const good: LinkDirectionSpec = { rateBps: 1_000_000, delayNs: 0 };

describe('linkDirectionProblems', () => {
  it('finds nothing wrong with a plain direction', () => {
    expect(linkDirectionProblems(good)).toEqual([]);
    expect(linkDirectionProblems({ ...good, rateBps: Number.POSITIVE_INFINITY })).toEqual([]);
  });

  it.each<[string, Partial<LinkDirectionSpec>]>([
    ['rateBps', { rateBps: 0.5 }],
    ['rateBps', { rateBps: Number.NaN }],
    ['rateBps', { rateBps: 0 }],
    ['delayNs', { delayNs: -1 }],
    ['delayNs', { delayNs: 1.5 }],
    ['mtu', { mtu: 0 }],
    ['loss.probability', { loss: { kind: 'bernoulli', probability: 1.4 } }],
    ['loss.meanBurst', { loss: { kind: 'burst', probability: 0.1, meanBurst: 0.5 } }],
    ['loss', { loss: { kind: 'burst', probability: 0.9, meanBurst: 2 } }],
    ['loss', { loss: { kind: 'gilbert-elliott', p: 0, r: 0, lossGood: 0, lossBad: 1 } }],
    ['loss', { loss: { kind: 'gilbert-elliott', p: 2, r: 0, lossGood: 0, lossBad: 1 } }],
    [
      'loss',
      {
        loss: {
          kind: 'gilbert-elliott-time',
          meanGoodNs: 0,
          meanBadNs: 1,
          lossGood: 0,
          lossBad: 1,
        },
      },
    ],
    ['queue.shareMax', { queue: { kind: 'priority', classes: [{}, {}], shareMax: 0 } }],
    ['queue.shareMax', { queue: { kind: 'priority', classes: [{}, {}], shareMax: 1.1 } }],
    [
      'queue.classOfDscp',
      { queue: { kind: 'priority', classes: [{}], classOfDscp: Array(64).fill(1) } },
    ],
    ['loss.length', { loss: { kind: 'trace', lost: [], length: 0, atEnd: 'end' } }],
    ['duplicate', { duplicate: -0.1 }],
    ['corrupt.bits', { corrupt: { probability: 0.1, bits: 65 } }],
    ['corrupt.probability', { corrupt: { probability: 7 } }],
    [
      'tokenBucket.burstBytes',
      { mtu: 1_500, tokenBucket: { rateBytesPerSecond: 1, burstBytes: 1_000, mode: 'shape' } },
    ],
    [
      'contacts.windows[1]',
      {
        contacts: {
          windows: [
            { startNs: 0, endNs: 5 },
            { startNs: 4, endNs: 9 },
          ],
        },
      },
    ],
    ['contacts.windows[0]', { contacts: { windows: [{ startNs: 5, endNs: 5 }] } }],
    ['contacts.periodNs', { contacts: { windows: [{ startNs: 0, endNs: 5 }], periodNs: 4 } }],
  ])('refuses a wrong %s', (path, wrong) => {
    const [problem] = linkDirectionProblems({ ...good, ...wrong });
    expect(problem).toMatchObject({ path, severity: 'error' });
    expect(() => new Line([{ ...good, ...wrong }])).toThrow(path);
  });

  it('warns when delay + jitter can be negative', () => {
    const jitter = { kind: 'uniform', halfWidthNs: 10 } as const;
    expect(linkDirectionProblems({ ...good, delayNs: 9, jitter })).toMatchObject([
      { severity: 'warning' },
    ]);
    expect(linkDirectionProblems({ ...good, delayNs: 10, jitter })).toEqual([]);
  });
});
