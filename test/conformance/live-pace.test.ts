/** The measurement of the machine's pace holds the process up, and must not hold up the run. */
import { expect, it, vi } from 'vitest';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/registry.ts';
import { PROJECT_FOLDERS } from '../../scenarios/runner/folders.ts';
import { metricsOf } from '../../scenarios/runner/nodes.ts';

const PAUSE_MS = 1_000;
const PACE = 100_000_000;

vi.mock('../../scenarios/runner/machine-pace.ts', () => ({
  machinePace: (): number => {
    const beganMs = performance.now();
    while (performance.now() < beganMs + PAUSE_MS);
    return PACE;
  },
}));

vi.resetModules();
const { runLive } = await import('../../scenarios/runner/live-run.ts');

it('is no stall of the run', async () => {
  const registry = new ProtocolRegistry();
  const overrides = { duration: '600ms', warmup: '100ms' };
  const scenario = loadScenario({
    path: 'hello.yaml',
    folders: PROJECT_FOLDERS,
    overrides,
    registry,
  });
  const end = await runLive({
    scenario,
    registry,
    definitions: metricsOf(scenario, registry),
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: 'npm run live hello.yaml',
    commit: 'test',
  });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  const metrics = end.input.seeds[0]?.metrics;
  expect(metrics?.['live.pace']).toEqual({ kind: 'gauge', value: PACE });
  const stall = metrics?.['live.stall'];
  expect(stall?.kind === 'gauge' ? stall.value / 1e6 : Number.NaN).toBeLessThan(0.9 * PAUSE_MS);
});
