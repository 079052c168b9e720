import { describe, expect, it } from 'vitest';
import { generating, windowsOf } from './generate.ts';

const load = generating();
const NS_PER_S = 1e9;

/** Times between the meetings of each pair, and before the first, seconds. */
function gapsOf(entry: string): readonly number[] {
  return windowsOf(load(entry)).flatMap((windows) =>
    windows.map(({ startNs }, index) => (startNs - (windows[index - 1]?.endNs ?? 0)) / NS_PER_S),
  );
}

describe('generate: { kind: meetings }', () => {
  it('links each pair of 20 nodes, each in windows of the length of a contact', () => {
    const made = load('{ kind: meetings, nodes: 20, every: 100s, contact: 2s, until: 2h }');
    expect(made.hosts.map(({ name, protocol }) => `${name} ${protocol}`)).toContain('node-20 dtn');
    expect(made.links).toHaveLength(190);
    for (const { startNs, endNs } of windowsOf(made).flat()) {
      expect(endNs - startNs).toBe(2 * NS_PER_S);
      expect(startNs).toBeLessThan(7_200 * NS_PER_S);
    }
  });

  it('draws exponential times between meetings', () => {
    const gaps = gapsOf('{ kind: meetings, nodes: 40, every: 50s, contact: 1ms, until: 3h }');
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    // 780 pairs of 216 meetings: the standard error is 50 s / sqrt(168,000), and the end of the
    // run cuts off half a percent.
    expect(gaps.length).toBeGreaterThan(160_000);
    expect(Math.abs(mean - 50)).toBeLessThan(0.9);
    for (const [seconds, share] of [
      [5, 0.095],
      [50, 0.632],
      [150, 0.95],
    ] as const) {
      const below = gaps.filter((gap) => gap < seconds).length / gaps.length;
      expect(Math.abs(below - share)).toBeLessThan(0.005);
    }
  });

  it('gives pairs that never meet no link', () => {
    const made = load('{ kind: meetings, nodes: 20, every: 10h, until: 1h }');
    expect(made.links.length).toBeGreaterThan(5);
    expect(made.links.length).toBeLessThan(40);
  });

  it('repeats itself for one seed, and for no other', () => {
    const entry = (seed: number): string =>
      `{ kind: meetings, nodes: 5, every: 1min, seed: ${seed} }`;
    expect(windowsOf(load(entry(1)))).toEqual(windowsOf(load(entry(1))));
    expect(windowsOf(load(entry(1)))).not.toEqual(windowsOf(load(entry(2))));
  });

  it('says at the parameter what is wrong', () => {
    expect(() => load('{ kind: meetings, nodes: 20, every: 60 }')).toThrow(
      /own\.yaml:2:\d+ {2}generate\.every: 60 has no unit, expected a time such as 60s/,
    );
    expect(() => load('{ kind: meetings, nodes: 20, contact: 0s }')).toThrow(/generate\.contact/);
    expect(() => load('{ kind: meetings, nodes: 20, until: 105d }')).toThrow(/104 days/);
    expect(() => load('{ kind: meetings, nodes: 776 }')).toThrow(/generate\.nodes/);
  });
});
