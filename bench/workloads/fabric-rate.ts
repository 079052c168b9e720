/**
 * Prints three rates of calls over gateways, in messages per second of processor time on a machine whose calibration loop
 * makes {@link REFERENCE_PACE} million steps per second: a process of its own with the modules as Node loads them, for
 * a runner of tests reads each imported name through an accessor, which takes a fifth of such a run.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrationLoop } from '../../engine/measure/calibration-loop.ts';
import type { SeedResult } from '../../reports/model.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/registry.ts';
import { PROJECT_FOLDERS } from '../../scenarios/runner/folders.ts';
import { runSeed } from '../../scenarios/runner/run-seed.ts';
import { cpuTimeUs } from '../bench-result.ts';
import { GATEWAY } from './fabric-calls.ts';

const STEPS = 10_000_000;
/** Steps per microsecond of the calibration loop for which the target holds. */
const REFERENCE_PACE = 100;
const MESSAGES_PER_CALL = 2;
const US_PER_S = 1e6;
const RUNS = 3;

const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
try {
  const file = join(folder, 'calls.yaml');
  writeFileSync(file, GATEWAY);
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({ path: file, folders: PROJECT_FOLDERS, registry });
  const rates = Array.from({ length: RUNS }, () =>
    messagesPerS(() => runSeed({ scenario, registry, seed: 1 })),
  );
  process.stdout.write(JSON.stringify(rates));
} finally {
  rmSync(folder, { recursive: true });
}

function messagesPerS(take: () => SeedResult): number {
  let calls = 0;
  const loopUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const us = cpuTimeUs(() => {
    const answered = take().metrics['fabric.answered_calls'];
    calls = answered?.kind === 'counter' ? answered.value : 0;
  });
  const loopAfterUs = cpuTimeUs(() => calibrationLoop(STEPS));
  const pace = (2 * STEPS) / (loopUs + loopAfterUs);
  return ((MESSAGES_PER_CALL * calls) / us) * US_PER_S * (REFERENCE_PACE / pace);
}
