import { describe, expect, it } from 'vitest';
import { generating, windowsOf } from './generate.ts';

const load = generating();
const NS_PER_S = 1e9;

describe('generate: { kind: relays }', () => {
  it('gives each client a contact with each relay in every period, and none with another client', () => {
    const made = load('{ kind: relays, clients: 6, relays: 2, period: 60s }');
    expect(made.hosts.map(({ name, protocol }) => `${name} ${protocol}`)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((index) => `client-${index} dtn`),
      'relay-1 dtn',
      'relay-2 dtn',
    ]);
    expect(made.links).toHaveLength(12);
    for (const { a, b, forward } of made.links) {
      expect([a.host.split('-')[0], b.host.split('-')[0]]).toEqual(['client', 'relay']);
      expect(forward.contacts?.periodNs).toBe(60 * NS_PER_S);
    }
  });

  it('lets a relay be with one client at a time, all the time', () => {
    const made = load('{ kind: relays, clients: 7, relays: 3, period: 100s }');
    const starts = windowsOf(made).map((windows) => windows.map(({ startNs }) => startNs)[0]!);
    const ends = windowsOf(made).map((windows) => windows.map(({ endNs }) => endNs)[0]!);
    for (const relay of [0, 1, 2]) {
      const own = (all: readonly number[]): readonly number[] =>
        all.slice(7 * relay, 7 * relay + 7).toSorted((left, right) => left - right);
      expect(own(starts)).toEqual([0, ...own(ends).slice(0, -1)]);
      expect(own(ends).at(-1)).toBe(100 * NS_PER_S);
    }
    // Three relays are at three places at the beginning.
    expect(starts.flatMap((start, index) => (start === 0 ? [index % 7] : []))).toEqual([0, 5, 3]);
  });
});
