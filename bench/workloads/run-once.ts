/**
 * Runs one seed of a scenario and writes its times as JSON: the program of a separate process, for benchmarks that
 * compare runs side by side.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

/** The times that a run took, and its fingerprint. */
export interface RunTimes {
  readonly fingerprint: string;
  /** Wall clock, from the first event to the last. */
  readonly engineMs: number;
  /** Wall clock, set-up included. */
  readonly wallMs: number;
}

const registry = new ProtocolRegistry();
const scenario = loadScenario({
  path: process.argv[2] ?? '',
  folders: SHIPPED_FILE_FOLDERS,
  registry,
});
const began = performance.now();
const { fingerprint, engine } = runSeed({ scenario, registry, seed: 1, recordings: {} });
const once: RunTimes = {
  fingerprint,
  engineMs: engine?.busyMs ?? Number.NaN,
  wallMs: performance.now() - began,
};
process.stdout.write(JSON.stringify(once));
