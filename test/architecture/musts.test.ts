/** Each protocol says what must hold of it whatever happens, by metrics that exist. @module */
import { describe, expect, it } from 'vitest';
import type { Must } from '../../engine/host/must.ts';
import { trafficMetrics } from '../../scenarios/metrics/traffic-metrics.ts';
import { registry } from '../unit/runner/fixture.ts';

/** Protocols about which there is nothing to say, with the reason. */
const NONE: Readonly<Record<string, string>> = {
  datagram: 'it carries packets as they come: lost, doubled and altered ones too',
};

const protocols = registry.names.flatMap((name) => registry.protocols(name) ?? []);

function mustOf(name: string): Must | undefined {
  const protocol = protocols.find((one) => one.name === name);
  const options = (protocol?.config.safeParse({}) as { readonly data?: unknown } | undefined)?.data;
  return protocol?.must?.([{ name: 'a', options }]);
}

describe('what must hold', () => {
  it.each(protocols.map(({ name }) => name))('of %s is said, or why nothing is', (name) => {
    const must = mustOf(name);
    expect(must === undefined, name).toBe(Object.hasOwn(NONE, name));
    const metrics = protocols.find((one) => one.name === name)?.metrics ?? [];
    const known = [...metrics, ...trafficMetrics(name)].map((metric) => metric.name);
    const limits = Object.keys({ ...must?.always, ...must?.recover });
    expect(limits.filter((metric) => !known.includes(metric))).toEqual([]);
    if (must !== undefined) {
      expect(limits.length).toBeGreaterThan(0);
      expect(must.withinSeconds).toBeGreaterThan(0);
    }
  });
});
