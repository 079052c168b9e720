/** The exported scenario is complete and works in any folder. @module */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { interactiveYaml } from '../../../../runner/injection/export.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { load } from '../fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAULT = {
  id: 'palette-1',
  event: { id: 'palette-1', at: '2000000001ns', link: 'a--b', set: { up: false }, for: '1s' },
  ...{ beginNs: 2_000_000_001, endNs: 3_000_000_001, text: 'a--b down' },
};
const TOPOLOGY = `
name: pair
nodes: [{ name: a, run: ping }, { name: b, run: ping }]
links: [{ ends: a <-> b, delay: 5ms, rate: 10Mbit/s }]
`;
const SCENARIO = `# yaml-language-server: $schema=../schemas/scenario.schema.json
# why this is asked
name: own
topology: ./pair.yaml
duration: 10s
traffic: # from a file
  - { from: a, to: b, kind: trace, file: packets.csv }
`;

/** Files of a user, and their exported copies in another folder. */
function exported(overrides: Readonly<Record<string, string>>): {
  readonly before: Scenario;
  readonly after: Scenario;
  readonly text: string;
} {
  const home = join(folder, 'home');
  const away = join(folder, 'away');
  for (const one of [home, away]) mkdirSync(one, { recursive: true });
  writeFileSync(join(home, 'pair.yaml'), TOPOLOGY);
  writeFileSync(join(home, 'packets.csv'), '0.5,100\n1.5,200\n');
  writeFileSync(join(home, 'own.yaml'), SCENARIO);
  const before = load(join(home, 'own.yaml'), overrides);
  const text = interactiveYaml({ scenario: before, seed: 7, faults: [FAULT] });
  writeFileSync(join(away, 'interactive.yaml'), text);
  return { before, after: load(join(away, 'interactive.yaml')), text };
}

const physics = ({ topology }: Scenario): unknown =>
  topology.links.map(({ id, forward, backward }) => ({ id, forward, backward }));

describe('an exported scenario', () => {
  it('keeps comments, and finds its files from another folder', () => {
    const { before, after, text } = exported({});
    expect(text).toMatch(/^# own, seed 7, with 1 fault from the palette\.\n/);
    expect(text).toContain('# why this is asked');
    expect(text).toContain('# from a file');
    expect(text).not.toContain('yaml-language-server');
    expect(after.seeds).toEqual([7]);
    expect(after.traffic[0]?.pattern).toEqual(before.traffic[0]?.pattern);
    expect(physics(after)).toEqual(physics(before));
    expect(after.events.map(({ id }) => id)).toEqual(['palette-1']);
    expect(after.events[0]?.schedule).toEqual({ kind: 'at', atNs: 2_000_000_001, forNs: 1e9 });
  });

  it('holds what --set changed, in the topology as well', () => {
    const { before, after } = exported({ duration: '8s', 'topology.links.0.delay': '9ms' });
    expect(after.durationNs).toBe(8e9);
    expect(physics(after)).toEqual(physics(before));
    expect(after.topology.links[0]?.forward.delayNs).toBe(9e6);
  });

  it('has a name of its own, also when it is changed again', () => {
    const nameOf = (name: string): string | undefined => {
      const scenario = { ...load('failover.yaml'), name };
      return /^name: (\S+)$/m.exec(interactiveYaml({ scenario, seed: 1, faults: [] }))?.[1];
    };
    expect(nameOf('failover')).toBe('failover-interactive');
    expect(nameOf('failover-interactive')).toBe('failover-interactive-2');
    expect(nameOf('failover-interactive-2')).toBe('failover-interactive-3');
  });
});
