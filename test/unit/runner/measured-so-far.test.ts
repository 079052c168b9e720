/** Interim results of a run: taking them changes nothing, and they grow to the final results. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../reports/model.ts';
import { makeInterimResultReader } from '../../../runner/experiment/measured-so-far.ts';
import { collectSeedResult } from '../../../runner/phases/run-phases.ts';
import { prepareSeed } from '../../../runner/run/assemble-seed.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../scenarios/folders.ts';
import { runEndNs } from '../../../scenarios/model.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { ROOT } from '../../architecture/files.ts';

const STEP_NS = 500_000_000;
const registry = new ProtocolRegistry();
const path = join(ROOT, 'viz/demo.yaml');
const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry });
const run = { scenario, registry, seed: 1 };

function ratio(result: SeedResult | undefined, name: string): number {
  const data = result?.metrics[name];
  return data?.kind === 'ratio' ? data.numerator / data.denominator : Number.NaN;
}

describe('what was measured so far', () => {
  it('is asked for twice a second and leaves the run as it is', () => {
    const prepared = prepareSeed(run);
    const { world, experiment } = prepared;
    const soFar = makeInterimResultReader(world, run);
    const results: SeedResult[] = [];
    const endNs = runEndNs(scenario);
    for (let atNs = STEP_NS; atNs <= endNs; atNs += STEP_NS) {
      world.sim.runUntil(atNs);
      results.push(soFar(experiment));
    }
    const { fingerprint, scheduler } = world.sim;
    const facts = { fingerprint, events: scheduler.eventCount, wallMs: 0, warnings: [] };
    const ended = collectSeedResult(prepared, 'complete', facts);
    const ran = runSeed(run);
    const { checkpoints: _checkpoints, engine: _engine, memory: _memory, ...plain } = ran;
    expect({ ...ended, wallMs: 0 }).toEqual({ ...plain, wallMs: 0 });

    // At 3.5 s: the path in use was cut at 3 s, and half a second later traffic flows again.
    const early = results[6];
    expect(early?.virtualNs).toBe(3.5e9);
    expect(early?.faults).toHaveLength(1);
    expect(early?.series.find(({ name }) => name === 'delivered')?.values).toHaveLength(35);
    expect(ratio(early, 'gateway.delivery')).toBeGreaterThan(0.9);
    expect(ratio(results[9], 'gateway.availability')).toBe(1);
    // Packets under way do not count as lost, so everything is fine as soon as the warm-up is over.
    expect(ratio(results[4], 'gateway.delivery')).toBe(1);
    // When the sources have stopped and everything has arrived, the interim results equal the
    // report.
    const last = results.at(-1);
    expect(last?.metrics['gateway.latency']).toEqual(plain.metrics['gateway.latency']);
    expect(ratio(last, 'gateway.delivery')).toBe(ratio(plain, 'gateway.delivery'));
    expect(last?.packets.delivered).toBe(plain.packets.delivered);
  });
});
