/** Limits of a count hold with more than one seed: the ten shipped scenarios that cost least. */
import { expect, it } from 'vitest';
import { load, report, run } from '../unit/runner/fixture.ts';

it.each([
  'cloud',
  'dtn-conjunction',
  'dtn-mars',
  'dtn-plan-lies',
  'dtn-secure-hop',
  'dtn-tutorial',
  'fabric-hello',
  'fabric-ways',
  'federated-hello',
  'hello',
])('%s was missed, or met, by the number of its seeds', (name) => {
  const scenario = load(`${name}.yaml`);
  const seeds = [1, 2].map((seed) => run(scenario, seed));
  const { kpis, pass } = report(scenario, seeds);
  expect(kpis.filter((kpi) => !kpi.pass)).toEqual([]);
  expect(pass).toBe(true);
});
