import { describe, expect, it } from 'vitest';
import { chooseLoops } from '../../../cli/live-layout.ts';
import { refuseClouds } from '../../../runner/faults/clouds.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { cloudPartIds } from '../../../topologies/cloud-parts.ts';
import { load, loadText, MS, registry, SECOND } from '../runner/fixture.ts';

const MBIT = 1e6;

describe('clouds in files (docs/spec/topology-files.md#clouds)', () => {
  const { clouds } = load('cloud.yaml').topology;
  const [cloud] = clouds;

  it('give each host the access of its region and of its side', () => {
    const rates = cloud?.members.map(({ host, region, up, down }) => [
      host,
      cloud.regions[region],
      up.rateBps / MBIT,
      down.rateBps / MBIT,
      up.queue,
    ]);
    const queue = { kind: 'drop-tail', limitPackets: 200 };
    expect(rates).toEqual([
      ['eu-1', 'eu', 10, 50, queue],
      ['eu-2', 'eu', 10, 50, queue],
      ['us-1', 'us', 10, 50, queue],
      ['us-2', 'us', 10, 50, queue],
      ['asia-1', 'asia', 20, 20, queue],
      ['asia-2', 'asia', 20, 20, queue],
    ]);
  });

  it('have a delay for each ordered pair of regions, and no rate between them', () => {
    expect(cloud?.between.map(({ delayNs }) => delayNs / MS)).toEqual([
      5, 40, 80, 40, 10, 70, 80, 75, 15,
    ]);
    expect(new Set(cloud?.between.map(({ rateBps }) => rateBps))).toEqual(
      new Set([Number.POSITIVE_INFINITY]),
    );
  });

  it('name their parts for events', () => {
    expect(cloudPartIds(clouds)).toEqual([
      ...['eu-1', 'eu-2', 'us-1', 'us-2', 'asia-1', 'asia-2'].map((host) => `internet/${host}`),
      ...['eu--eu', 'eu--us', 'eu--asia', 'us--us', 'us--asia', 'asia--asia'].map(
        (pair) => `internet/${pair}`,
      ),
    ]);
  });
});

/** A run of cloud.yaml with one event instead of its own. */
function deliveredWith(event: string): { readonly lost: number; readonly drops: object } {
  const scenario = load('cloud.yaml', {
    events: event,
    duration: '2s',
    warmup: '0s',
    kpis: '{}',
  });
  const { packets } = runSeed({ scenario, registry, seed: 1 });
  return { lost: packets.sent - packets.delivered, drops: packets.drops };
}

describe('events on parts of clouds', () => {
  it('cut the access of a host, in both directions or in one', () => {
    const both = deliveredWith('[{ at: 1s, for: 500ms, link: internet/us-1, set: { up: false } }]');
    expect(Object.keys(both.drops)).toEqual(['link-down']);
    // 50 pings of eu-1, whose replies are then not sent.
    expect(both.lost).toBe(50);
    const up = deliveredWith(
      '[{ at: 1s, for: 500ms, link: internet/us-1, direction: forward, set: { up: false } }]',
    );
    expect(up.lost).toBe(50);
  });

  it('change what lies between two regions, and nothing else', () => {
    const lossy = deliveredWith('[{ at: 0s, link: "internet/eu--us", set: { loss: 100% } }]');
    // Two flows, each with a packet every 10 ms after the first 10.
    expect(lossy.lost).toBe(398);
    const other = deliveredWith('[{ at: 0s, link: "internet/eu--asia", set: { loss: 100% } }]');
    expect(other.lost).toBe(0);
  });

  it('separate hosts of one cloud', () => {
    const cut = deliveredWith(
      '[{ at: 1s, for: 500ms, partition: { from: [eu-1], to: ["us-*"] } }]',
    );
    expect(cut.drops).toEqual({ partition: 54 });
  });

  it('change what they name where names are only alike', () => {
    const text = (link: string): string => `
name: alike
topology:
  name: alike
  nodes: [{ name: h1, run: ping }, { name: us--eu, run: ping }, { name: h3, run: ping }]
  links: [{ ends: h1 <-> us--eu, id: net-eu, rate: 1Mbit/s, delay: 1ms }]
  clouds:
    - id: net
      access: { rate: 1Mbit/s }
      regions: [{ name: eu, members: [h1, us--eu] }, { name: us, members: h3 }]
      between:
        - { regions: eu <-> eu, delay: 1ms }
        - { regions: eu <-> us, delay: 1ms }
        - { regions: us <-> us, delay: 1ms }
duration: 1s
traffic: [{ from: h1, to: h3, kind: constant, rate: 10/s, size: 100B }]
events: [{ at: 0s, link: ${link}, set: { up: false } }]
`;
    const lostWith = (link: string): number => {
      const { packets } = runSeed({ scenario: loadText(text(link)), registry, seed: 1 });
      return packets.sent - packets.delivered;
    };
    // All of them: one every 100 ms, within a second.
    expect(lostWith('net/eu--us')).toBe(9);
    expect(lostWith('net/us--eu')).toBe(0);
  });

  it('are refused where there is no such part, with those that there are', () => {
    expect(() => load('cloud.yaml', { 'events.0.link': 'internet/eu--sa' })).toThrow(
      /there is no link "internet\/eu--sa"/,
    );
  });
});

describe('a live run with a cloud', () => {
  const scenario = load('cloud.yaml');

  it('has one loop, on any number of cores', () => {
    expect(chooseLoops({}, scenario, false)).toEqual({ loops: 1 });
  });

  it('is refused in several processes and loops, at its line', () => {
    expect(() => refuseClouds(scenario)).toThrow(
      /cloud\.yaml:17:7 {2}cloud internet needs one process and one loop: leave out --processes/,
    );
    expect(() => refuseClouds(load('hello.yaml'))).not.toThrow();
  });
});

describe('a flow over a cloud that takes longer than the drain', () => {
  it('is warned of', () => {
    const text = (delay: string): string => `
name: far
topology:
  name: far
  nodes: [{ name: a, run: ping }, { name: b, run: ping }]
  clouds:
    - id: net
      access: { rate: 1Mbit/s }
      regions: [{ name: one, members: a }, { name: two, members: b }]
      between:
        - { regions: one <-> one, delay: 1ms }
        - { regions: two <-> two, delay: 1ms }
        - { regions: one <-> two, delay: ${delay} }
duration: 1s
traffic: [{ from: a, to: b, kind: constant, rate: 1/s, size: 100B }]
`;
    expect(loadText(text('1s')).warnings).toEqual([]);
    expect(loadText(text('1100ms')).warnings.join()).toContain(
      'packets from a to b take at least 1.1s, drain is 1s',
    );
    expect(SECOND).toBe(1e9);
  });
});
