/**
 * A sweep of four runs, and the command line in a folder of its own.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { COMMAND_LINE } from '../../command-line.ts';

/** Two combinations with two seeds each; all limits are met. */
export const SMALL = `name: small
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
seeds: 2
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 200/s] }
`;
const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };

/** How a command ended, and what it printed. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder. */
export function orreryIn(folder: string, words: readonly string[]): Ended {
  const options = { cwd: folder, encoding: 'utf8', env: ENVIRONMENT, timeout: 60_000 } as const;
  return spawnSync(process.execPath, [COMMAND_LINE, ...words], options);
}
