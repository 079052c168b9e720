/** Assignments of agents that are too large: the mistake of who wrote the file, and not ours. */
import { describe, expect, it } from 'vitest';
import { runDistributed } from '../../../../runner/distributed/coordinator/distributed-run.ts';
import { agentScenario } from '../../../../runner/distributed/messages/assignment-shape.ts';
import { refuseOversizedScenario } from '../../../../runner/distributed/messages/refuse-oversized-scenario.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { Refusal } from '../../../../scenarios/refusal.ts';
import { load, registry } from '../fixture.ts';

const pings = load('hello.yaml');

/** The scenario, with a file in each of so many options. */
function withFiles(count: number, textOf: (option: number) => string): Scenario {
  const entries = Array.from({ length: count }, (_, number) => {
    const prices = { file: `./list-${number}.csv`, text: textOf(number) };
    return [`other-${number}`, { prices }] as const;
  });
  return { ...pings, options: Object.fromEntries(entries) };
}

const MB = 1_000_000;

describe('an assignment of an agent', () => {
  it('holds one file of 4 MB that 18 nodes name', () => {
    const scenario = agentScenario(
      withFiles(18, () => 'a,1\n'.repeat(MB)),
      'topology',
    );
    expect(() => refuseOversizedScenario(scenario)).not.toThrow();
  });

  it('is refused before a process starts, with the files and the limit', async () => {
    const scenario = withFiles(13, (host) => `${host}`.padEnd(4 * MB, 'x'));
    const run = runDistributed({
      ...{ scenario, registry, seeds: [1], processes: 'node', shape: 'off', precision: 'low' },
      agentEntry: 'file:///nothing',
      ...{ recordingsOf: () => ({}), definitions: [], reproduce: '', commit: 'test' },
    });
    await expect(run).rejects.toThrow(Refusal);
    await expect(run).rejects.toThrow(/need 52\.0 MB .*limit is 50\.3 MB.*list-0\.csv \(4\.0 MB\)/);
    await expect(run).rejects.toThrow(/and 8 more/);
  });
});
