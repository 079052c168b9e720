/**
 * Runs emulated scenarios for tests, on addresses derived from the number of this process, so that
 * other runs on this machine use others.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { type EmulatedRunRequest, runEmulated } from '../../runner/run/emulate-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { openScenarioAllowingPrograms } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

type Overrides = Readonly<Record<string, string>>;

/** `127.x.y`, one of 51,200 blocks. */
export const block = `127.${10 + (process.pid % 100)}.${(process.pid >>> 7) & 255}`;
/** A folder for the output of programs and for scenario files of tests. */
export const folder: string = mkdtempSync(join(tmpdir(), 'orrery-emulate-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Empties the folder: several test files use it in turn. */
export function cleanUp(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
}

/** Writes a scenario file, in which `BLOCK` is replaced by {@link block}. */
export function scenarioFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text.replaceAll('BLOCK', block));
  return path;
}

/** Runs a scenario. */
export async function emulate(
  file: string,
  overrides: Overrides = {},
  more: Partial<EmulatedRunRequest> = {},
): Promise<RunEnd> {
  const registry = new ProtocolRegistry();
  const loaded = await openScenarioAllowingPrograms(file, overrides, registry);
  return runEmulated({
    ...loaded,
    registry,
    seeds: loaded.scenario.seeds,
    recordingsOf: () => ({}),
    reproduce: `npm run emulate ${file}`,
    commit: 'test',
    speed: 1,
    onLate: 'warn',
    lateLimitNs: 10_000_000,
    folder,
    ...more,
  });
}

/** The report of a run that must have completed. */
export function reportOn(end: RunEnd): Report {
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

/** Why tests that need python3 are skipped; undefined if it is installed. */
export function pythonMissing(): string | undefined {
  const { status } = spawnSync('python3', ['--version']);
  if (status === 0) return undefined;
  const reason = 'python3 is not installed: outside programs of the example cannot run';
  if (process.env['ORRERY_REQUIRE_PYTHON'] === '1') throw new Error(reason);
  return reason;
}
