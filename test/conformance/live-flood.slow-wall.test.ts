/**
 * Floods (ADR 0027) in both worlds: the same event sends the same kind of forged datagrams to
 * a node in virtual time and on real sockets, and the normal traffic still arrives.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { PORT_BLOCK } from '../port-block.ts';
import { live, orderOf, registry } from './on-sockets.ts';

const FLOODS = `[
  { at: 2500ms, for: 2s, flood: { to: gateway-111, kind: interface-down, rate: 50/s } },
  { at: 2500ms, for: 2s, flood: { to: gateway-211, kind: keyed-opening, rate: 50/s } }
]`;

describe('floods in both worlds', () => {
  it('reach their node, and what they forge is refused there', async () => {
    const scenario = loadScenario({
      path: 'failover.yaml',
      folders: { scenarios: 'scenarios', topologies: 'topologies' },
      overrides: {
        duration: '5s',
        warmup: '2s',
        events: FLOODS,
        'traffic.0.rate': '50/s',
        'topology.addressPlan': 'ports',
        'topology.portBase': PORT_BLOCK,
      },
      registry,
    });
    const sim = judgeRun(
      makeJudgeInput(orderOf(scenario), [runSeed({ scenario, registry, seed: 1 })], 1),
    );
    const reports: readonly Report[] = [sim, await live(scenario)];
    for (const { mode, metrics, faults, invariants } of reports) {
      // 100 messages, or fewer if the machine stalled for more than a tenth of a second.
      expect(metrics['gateway.scmp']?.value, mode).toBeGreaterThan(50);
      expect(metrics['gateway.scmp']?.value, mode).toBeLessThanOrEqual(100);
      expect(metrics['gateway.path_deaths']?.value, mode).toBe(0);
      expect(metrics['gateway.delivery']?.value, mode).toBeGreaterThanOrEqual(0.99);
      expect(faults.map(({ kind }) => kind)).toEqual(['flood', 'flood']);
      expect(invariants.filter(({ pass }) => !pass)).toEqual([]);
    }
  });
});
