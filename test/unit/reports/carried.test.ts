/** The share of its offered traffic that a run carried. */
import { describe, expect, it } from 'vitest';
import { carriedRateText, carriedReportPart } from '../../../reports/carried.ts';
import type { SeedResult } from '../../../reports/model.ts';

/** A run of ten seconds with 1,000 offered packets per second. */
function seedOf(nodeDrops: SeedResult['nodeDrops'], drops: SeedResult['nodeDrops']): SeedResult {
  const counter = (value: number) => ({ kind: 'counter', value }) as const;
  const metrics = {
    'gateway.offered': counter(10_000),
    'gateway.accepted': counter(9_000),
    'gateway.throughput': counter(8_000),
  };
  return { measuredNs: 10e9, metrics, nodeDrops, packets: { drops } } as unknown as SeedResult;
}

describe('what a run carried', () => {
  it('is said from one in a thousand refused packets on', () => {
    expect(carriedReportPart([seedOf({ overload: 9 }, {})])).toEqual({});
    const { carried } = carriedReportPart([seedOf({ overload: 10 }, {})]);
    expect(carried).toEqual({
      ...{ offeredPerSecond: 1_000, acceptedPerSecond: 900, carriedPerSecond: 800, shed: 10 },
    });
  });

  it('said "about 0.22/s of the 0.22/s asked" where cover of a mixnet was shed, and no message', () => {
    const seed = seedOf({ overload: 500 }, {});
    const counter = { kind: 'counter', value: 10_000 } as const;
    const all = { 'gateway.offered': counter, 'gateway.accepted': counter };
    const metrics = { ...all, 'gateway.throughput': counter };
    expect(carriedReportPart([{ ...seed, metrics }])).toEqual({});
  });

  it('was silent about a machine whose kernel lost datagrams: they count like refused packets', () => {
    expect(carriedReportPart([seedOf({}, { kernel: 9 })])).toEqual({});
    expect(carriedReportPart([seedOf({ overload: 4 }, { kernel: 6 })]).carried?.shed).toBe(10);
    expect(carriedReportPart([seedOf({ 'link-down': 500 }, { loss: 500 })])).toEqual({});
  });

  it('said "about 10,000/s of the 10,000/s asked": it takes the digits that tell them apart', () => {
    const of = (carriedPerSecond: number): string | undefined =>
      carriedRateText({
        carried: { carriedPerSecond, offeredPerSecond: 10_000, acceptedPerSecond: 10_000, shed: 1 },
        cpu: 'real',
        mode: 'live',
      })?.brief.replaceAll(/[^ -~]/g, ' ');
    expect(of(9_972)).toBe('carries about 9 970/s of 10 000/s asked');
    expect(of(7_123)).toBe('carries about 7 100/s of 10 000/s asked');
    expect(of(9_999.6)).toBe('carries about 10 000/s of 10 000/s asked');
  });

  it('said "about 0/s of the 0/s asked" of eight messages a minute', () => {
    const of = (carriedPerSecond: number): string | undefined =>
      carriedRateText({
        carried: { carriedPerSecond, offeredPerSecond: 8 / 60, acceptedPerSecond: 0, shed: 1 },
        cpu: 'real',
        mode: 'live',
      })?.brief;
    expect(of(0)).toBe('carries none of 0.13/s asked');
    expect(of(2 / 60)).toBe('carries about 0.033/s of 0.13/s asked');
    expect(of(9.96)).toContain('about 10/s');
  });

  it('blamed a modelled machine where none was modelled: it names the link that was full', () => {
    const of = (share: number): string | undefined => {
      const seed = seedOf({ overload: 2_000 }, {});
      const busy = { ...seed, busiestLink: { name: 'a -> b', share } };
      return carriedRateText({ ...carriedReportPart([busy]), cpu: 'not modelled', mode: 'sim' })
        ?.full;
    };
    expect(of(0.97)).toMatch(/^a -> b carries about 800/);
    expect(of(0.3)).toMatch(/^the network carries about 800/);
  });

  it('names this machine for a live run, and the modelled one otherwise', () => {
    const part = carriedReportPart([seedOf({ overload: 2_000 }, {})]);
    expect(carriedRateText({ ...part, cpu: 'real', mode: 'live' })?.full).toMatch(
      /^this machine carries about 800\/s of the 1.000\/s asked$/,
    );
    expect(carriedRateText({ ...part, cpu: 'calibrated', mode: 'sim' })?.full).toMatch(
      /^the modelled machine carries/,
    );
    expect(carriedRateText({ cpu: 'real', mode: 'live' })).toBeUndefined();
  });
});
