import { describe, expect, it } from 'vitest';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { MeetingAgents } from '../../../../../runner/verify/bundles/meetings.ts';
import { sampleBundle } from '../wire/support.ts';

const S = 1_000_000_000;
/** Records of an encounter with few bundles are shorter, bundles of 100 bytes longer than this. */
const RECORD_MAX = 120;
const bundles = (lengths: readonly number[] = []): number =>
  lengths.filter((length) => length > RECORD_MAX).length;

describe('epidemic routing', () => {
  it('gives everybody a copy, and nobody one that is known', () => {
    const net = new MeetingAgents({ router: 'epidemic' });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('a', 'b');
    net.meet('b', 'c');
    net.meet('a', 'c');
    expect(net.holding).toEqual([1, 1, 1, 0]);
    expect([net.sent['a b'], net.sent['b c'], net.sent['a c']].map(bundles)).toEqual([1, 1, 0]);
    net.meet('c', 'd');
    net.meet('b', 'd');
    expect(net.delivered).toEqual(['a d']);
    // Whoever delivered has no use for its copy any more; the others learn that d had it.
    expect(net.holding).toEqual([1, 1, 0, 0]);
    expect(bundles(net.sent['b d'])).toBe(0);
    expect(net.drops).toEqual([]);
  });

  it('lost every record of a node without a clock: created at time 0, it had no age', () => {
    const net = new MeetingAgents({ router: 'epidemic', clock: 'none' });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('b', 'd');
    expect([net.drops, net.delivered]).toEqual([[], ['a d']]);
  });

  it('offers what comes during an encounter', () => {
    const net = new MeetingAgents({ router: 'epidemic' });
    net.open('a', 'b');
    net.run(S);
    net.send('a', 'd');
    net.run(S);
    expect(net.holding).toEqual([1, 1, 0, 0]);
  });

  it('repeats a record that was lost, and gives nothing before it has one', () => {
    const net = new MeetingAgents({ router: 'epidemic' });
    net.send('a', 'd');
    net.lossy.add('b a');
    net.open('a', 'b');
    net.run(4 * S);
    expect([net.holding, net.waiting('a')]).toEqual([[1, 0, 0, 0], { 'no-contact-now': 1 }]);
    net.lossy.clear();
    net.run(2 * S);
    expect(net.holding).toEqual([1, 1, 0, 0]);
    // The greeting of a at 5 s, which b answers because it had heard the first.
    expect(net.sent['a b']?.length).toBe(3);
    net.run(300 * S);
    expect(net.sent['a b']?.length).toBe(3);
  });

  it('drops records that are malformed, of another node, or for another router', () => {
    const net = new MeetingAgents({ router: 'epidemic' });
    const payload = Uint8Array.of(1, 2, 3);
    net.inject('a', 'b', sampleBundle({ source: 'ipn:2.2', destination: 'ipn:1.2', payload }));
    net.inject('a', 'b', sampleBundle({ source: 'ipn:3.2', destination: 'ipn:1.2', payload }));
    net.inject('a', 'b', sampleBundle({ source: 'ipn:2.2', destination: 'ipn:3.2', payload }));
    expect(net.drops).toEqual(['bad-encounter', 'bad-encounter', 'unknown-record']);
    const direct = new MeetingAgents({ router: 'direct' });
    direct.inject('a', 'b', sampleBundle({ source: 'ipn:2.2', destination: 'ipn:1.2', payload }));
    expect([direct.drops, direct.delivered]).toEqual([['unknown-record'], []]);
  });

  it('drops copies with the bundle when it expires', () => {
    const net = new MeetingAgents({ router: 'epidemic', lifetime: 60 * S });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.run(100 * S);
    expect([net.holding, net.drops]).toEqual([
      [0, 0, 0, 0],
      ['expired', 'expired'],
    ]);
  });
});

describe('two-hop relaying', () => {
  it('lets relays give copies to the destination only', () => {
    const net = new MeetingAgents({ router: 'two-hop' });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('b', 'c');
    expect(net.holding).toEqual([1, 1, 0, 0]);
    net.meet('b', 'd');
    expect(net.delivered).toEqual(['a d']);
  });
});

describe('spray and wait', () => {
  it('halves the copies at each encounter, and waits with the last', () => {
    const net = new MeetingAgents({ router: 'spray-binary', copies: 4 });
    net.send('a', 'd');
    // a 4; a 2, b 2; a 2, b 1, c 1: c gives nothing on, and b has nothing left to give.
    net.meet('a', 'b');
    net.meet('b', 'c');
    expect(net.holding).toEqual([1, 1, 1, 0]);
    net.meet('c', 'd');
    expect(net.delivered).toEqual(['a d']);
  });

  it('stops at the number of copies', () => {
    const net = new MeetingAgents({ router: 'spray-binary', copies: 2 });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('a', 'c');
    net.meet('b', 'c');
    expect(net.holding).toEqual([1, 1, 0, 0]);
  });

  it('lets only the source spray, one copy each', () => {
    const net = new MeetingAgents({ router: 'spray-source', copies: 3 });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('b', 'c');
    expect(net.holding).toEqual([1, 1, 0, 0]);
    net.meet('a', 'c');
    expect(net.holding).toEqual([1, 1, 1, 0]);
  });

  it('keeps what did not leave before the neighbour went away', () => {
    // A record takes a second, a bundle takes two: there is no time for it.
    const net = new MeetingAgents({ router: 'spray-binary', copies: 2 }, 700);
    net.send('a', 'd');
    net.open('a', 'b');
    net.run(0.5 * S);
    net.close('a', 'b');
    net.run(60 * S);
    net.open('a', 'c');
    net.run(60 * S);
    expect(net.holding).toEqual([1, 0, 1, 0]);
  });
});

describe('first contact', () => {
  it('hands the only copy over, and never back', () => {
    const net = new MeetingAgents({ router: 'first-contact' });
    net.send('a', 'd');
    net.meet('a', 'b');
    expect(net.holding).toEqual([0, 1, 0, 0]);
    net.meet('a', 'b');
    expect(net.holding).toEqual([0, 1, 0, 0]);
    net.meet('b', 'c');
    net.meet('c', 'a');
    expect(net.holding).toEqual([0, 0, 1, 0]);
    net.meet('c', 'd');
    expect(net.delivered).toEqual(['a d']);
  });
});

describe('PRoPHET', () => {
  it('gives copies to those that are likelier to meet the destination', () => {
    const net = new MeetingAgents({ router: 'prophet' });
    net.meet('b', 'd');
    net.send('a', 'd');
    net.meet('a', 'c');
    expect(net.holding).toEqual([1, 0, 0, 0]);
    net.meet('a', 'b');
    expect(net.holding).toEqual([1, 1, 0, 0]);
    // c has heard of d by way of a only: not likelier than b, which met d itself.
    net.meet('b', 'c');
    expect(net.holding).toEqual([1, 1, 0, 0]);
  });
});

describe('backpressure', () => {
  it('moves bundles until both have about as many for the destination', () => {
    const net = new MeetingAgents({ router: 'backpressure' });
    for (let count = 0; count < 7; count += 1) net.send('a', 'd');
    net.meet('a', 'b');
    expect(net.holding).toEqual([4, 3, 0, 0]);
    net.meet('b', 'c');
    expect(net.holding).toEqual([4, 2, 1, 0]);
    net.meet('a', 'b');
    expect(net.holding).toEqual([3, 3, 1, 0]);
    net.meet('a', 'd');
    expect([net.delivered.length, net.holding]).toEqual([3, [0, 3, 1, 0]]);
  });
});

describe('static routes', () => {
  it('follow the first row that fits, and go straight to neighbours without one', () => {
    const routes = [{ to: 'd*', via: 'b' }];
    const net = new MeetingAgents({ router: 'static', routes });
    net.send('a', 'd');
    net.send('a', 'c');
    net.meet('a', 'd');
    expect(net.delivered).toEqual([]);
    net.meet('a', 'c');
    expect(net.delivered).toEqual(['a c']);
    net.meet('a', 'b');
    expect(net.holding).toEqual([0, 1, 0, 0]);
  });
});

describe('status reports with routers of copies', () => {
  const asking = {
    ...dtnConfig.parse({}).reports,
    ...{ forwarded: true, delivered: true, rate: 1_000 },
  };

  it('tell the source of each copy that was given, and of the delivery', () => {
    const reports = { ...asking, ask: ['forwarded', 'delivered'] as ('forwarded' | 'delivered')[] };
    const net = new MeetingAgents({ router: 'epidemic', reports });
    net.send('a', 'd');
    net.meet('a', 'b');
    // To itself: a has given b a copy. The others are bundles that travel as all do.
    expect(net.counts['a dtn.reported']).toBe(1);
    net.meet('b', 'd');
    net.meet('a', 'b');
    expect(net.delivered).toEqual(['a d']);
    expect(net.counts['a dtn.reported']).toBe(3);
    expect(net.counts['a dtn.confirmed']).toBe(1);
  });

  it('are none if nobody asks', () => {
    const net = new MeetingAgents({ router: 'epidemic', reports: asking });
    net.send('a', 'd');
    net.meet('a', 'b');
    net.meet('b', 'd');
    expect(net.counts['a dtn.reports'] ?? net.counts['b dtn.reports']).toBeUndefined();
  });
});

describe('bundles that are too long for the ways of a node', () => {
  it.each(['epidemic', 'spray-binary', 'first-contact'] as const)(
    'go in fragments (%s)',
    (router) => {
      const net = new MeetingAgents({
        router,
        copies: 4,
        fragmentation: 'proactive',
        maxBytes: 600,
      });
      net.send('a', 'd', 1_000);
      const parts = net.counts['a dtn.fragments'] ?? 0;
      expect(parts).toBeGreaterThan(4);
      net.meet('a', 'b');
      expect(net.holding[1]).toBe(parts);
      expect(net.holding[0]).toBe(router === 'first-contact' ? 0 : parts);
      // Of four copies a keeps two and b one, and c has the last.
      net.meet('b', 'c');
      net.meet('c', 'd');
      expect(net.delivered).toEqual(['a d']);
      expect(net.drops).toEqual([]);
      expect(Math.max(...(net.sent['c d'] ?? []))).toBeLessThanOrEqual(600);
    },
  );

  it('are refused by default', () => {
    const net = new MeetingAgents({ router: 'epidemic', maxBytes: 600 });
    net.send('a', 'd', 1_000);
    net.meet('a', 'd');
    expect([net.holding, net.delivered]).toEqual([[0, 0, 0, 0], []]);
  });
});
