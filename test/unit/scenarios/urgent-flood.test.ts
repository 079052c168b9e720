/**
 * What priority queues of links are for: what keeps a network together survives an overload by data, and data survives
 * a flood in the class of what keeps it together.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../reports/model.ts';
import { counter, load, loadText, ratio, run } from '../runner/fixture.ts';

/** Data of 20 Mbit/s over a link of 10 Mbit/s between two routers, for ten seconds. */
const overload = (queue: string, perSecond = 2_200): SeedResult =>
  run(
    loadText(`
name: overload
topology:
  name: overload
  defaults: { link: { rate: 100Mbit/s, delay: 2ms, mtu: 1472B } }
  ases: [{ id: "1-ff00:0:110", core: true }, { id: "1-ff00:0:120", core: true }]
  nodes:
    - { name: gateway-1, as: "1-ff00:0:110", run: gateway, options: { overload: { shed: false } } }
    - { name: br-1, as: "1-ff00:0:110", run: scion }
    - { name: br-2, as: "1-ff00:0:120", run: scion }
    - { name: gateway-2, as: "1-ff00:0:120", run: gateway }
  links:
    - { ends: gateway-1 <-> br-1 }
    - { ends: br-1 <-> br-2, relation: core, rate: 10Mbit/s, queue: ${queue} }
    - { ends: br-2 <-> gateway-2 }
duration: 15s
warmup: 4s
traffic:
  - { from: gateway-1, to: gateway-2, kind: poisson, start: 4s, rate: ${perSecond}/s, size: 1000B }
`),
  );

describe('BFD on a link that is overloaded by data', () => {
  it('was lost with any queue, since all packets had one class', () => {
    const plain = overload('{ kind: drop-tail, packets: 20 }');
    expect(plain.packets.drops['queue-full']).toBeGreaterThan(5_000);
    expect(counter(plain, 'bfd.changes')).toBeGreaterThan(8);
    const classless = `{ kind: priority, classes: [{ packets: 20 }, { packets: 20 }], classOfDscp: [${Array(64).fill(1).join(', ')}] }`;
    expect(counter(overload(classless), 'bfd.changes')).toBeGreaterThan(8);
  });

  it('survives with a priority queue, as if there were no data', () => {
    const queue = '{ kind: priority, classes: [{ packets: 20 }, { packets: 20 }] }';
    const result = overload(queue);
    expect(result.packets.drops['queue-full']).toBeGreaterThan(5_000);
    // None but those of routers that stop.
    expect(counter(result, 'bfd.changes')).toBe(counter(overload(queue, 20), 'bfd.changes'));
    expect(result.warnings).toEqual([]);
  });
});

describe('data on a link that is flooded with urgent datagrams', () => {
  const delivered = (shareMax: string): number => {
    const set = { 'topology.links.2.queue.shareMax': shareMax, duration: '10s' };
    const { numerator, denominator } = ratio(
      run(load('urgent-flood.yaml', set)),
      'gateway.delivery',
    );
    return numerator / denominator;
  };

  it('is lost where priority is strict, and keeps its share where it is bounded', () => {
    expect(delivered('100%')).toBeLessThan(0.25);
    expect(delivered('75%')).toBeGreaterThan(0.999);
  });
});
