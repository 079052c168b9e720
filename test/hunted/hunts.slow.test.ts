/**
 * Each protocol is hunted with fixed seeds. A find is a defect: mend it, and keep its `minimal.yaml` in this
 * folder.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { judgeKpi } from '../../reports/kpi.ts';
import type { AttemptOutcome } from '../../runner/hunt/attempt.ts';
import { FRESH_HUNT, huntForBreaks } from '../../runner/hunt/hunt.ts';
import type { HuntedScenario } from '../../runner/hunt/hunted-scenario.ts';
import { openHuntedScenario } from '../../runner/hunt/open-hunted-scenario.ts';
import { AttemptTrier } from '../../runner/hunt/try-attempt.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { HUNTED_SCENARIOS } from '../../tools/nightly/hunted-scenarios.ts';
import { registry } from '../unit/runner/fixture.ts';

it.each(Object.entries(HUNTED_SCENARIOS))(
  '%s keeps what its protocols promise under drawn faults',
  async (scenario, { attempts }) => {
    const hunted = await openHuntedScenario(`${scenario}.yaml`, {});
    expect(measuredIn(hunted), 'limits of recovery that are measured').toBeGreaterThan(0);
    const trier = new AttemptTrier(hunted);
    const { breaks, known, corpus } = await huntForBreaks({
      ...{ seed: 1, targets: hunted.targets, isGuided: true, from: FRESH_HUNT },
      tryOne: async (attempt): Promise<AttemptOutcome> => await Promise.resolve(trier.try(attempt)),
      onBatch: () => undefined,
      isOver: ({ tried }) => tried >= attempts,
    });
    const command = `npm run hunt ${scenario} -- --attempts ${attempts} --fresh`;
    expect(
      breaks.map(({ found }) => found.text),
      command,
    ).toEqual([]);
    // What breaks without any fault would be found by nobody.
    expect(known, command).toEqual([]);
    expect(corpus.attempts.length, 'nothing new was reached').toBeGreaterThan(1);
  },
);

/** How many limits of recovery a run without faults measures. */
function measuredIn({ scenario, registry, always }: HuntedScenario): number {
  const seeds = [runSeed({ scenario, registry, seed: 1 })];
  const definitions = scenarioMetrics(scenario, registry);
  const recovering = scenario.kpis.filter(({ metric }) => !always.has(metric));
  const kpis = recovering.map((spec) => {
    const definition = definitions.find(({ name }) => name === spec.metric);
    return judgeKpi({ spec, definition, definitions, seeds, mode: 'sim', warmupNs: 0 });
  });
  return kpis.filter(({ value }) => value !== null).length;
}

it('leaves out no protocol that promises something', () => {
  const hunted = Object.values(HUNTED_SCENARIOS).flatMap(({ protocols }) => protocols);
  const all = registry.names.flatMap((name) => registry.protocols(name) ?? []);
  const promising = all.filter(({ must }) => must !== undefined).map(({ name }) => name);
  expect(promising.filter((name) => !hunted.includes(name))).toEqual([]);
});
