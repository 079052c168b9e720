/**
 * Which program makes the results of a sweep: its commit and, in a repository, what differs from it.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { stackNames } from '../../topologies/build/stack.ts';
import type { Scenario } from '../model.ts';
import { commitOf } from '../runner/commit.ts';
import { PROJECT_ROOT } from '../runner/folders.ts';

/** Digits of the hash of changes that no commit has. */
const DIGITS = 8;
const DIFF_MAX = 64 * 1024 * 1024;

/** A commit, with `+` and a hash of the difference if files differ from it: `1a2b3c4+9f86d081`. */
export function sourceState(): string {
  const commit = commitOf();
  if (!commit.endsWith('+')) return commit;
  const diff = execFileSync('git', ['-C', PROJECT_ROOT, 'diff', '--no-ext-diff', 'HEAD'], {
    maxBuffer: DIFF_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return `${commit}${createHash('sha256').update(diff).digest('hex').slice(0, DIGITS)}`;
}

/** True if two programs with this state are the same. */
export function isKnownState(state: string): boolean {
  return state !== 'unknown';
}

const hashes = new Map<string, string>();

/**
 * SHA-256 of the files that a run depends on, by what they are to it. Modules that a user's protocol imports
 * are not followed, nor data that packages bring.
 */
export function filesOf(scenario: Scenario): Readonly<Record<string, string>> {
  const { topology, sha256, cpu } = scenario;
  const names = new Set(topology.hosts.flatMap((host) => stackNames(host)));
  const modules = [...names].filter((name) => isAbsolute(name)).sort();
  return {
    scenario: sha256,
    topology: topology.sha256,
    ...(cpu === undefined ? {} : { cpu: cpu.sha256 }),
    ...Object.fromEntries(modules.map((path, index) => [`module ${index}`, hashOfFile(path)])),
  };
}

/** SHA-256 of a file, read once. */
export function hashOfFile(path: string): string {
  const known = hashes.get(path) ?? createHash('sha256').update(readFileSync(path)).digest('hex');
  hashes.set(path, known);
  return known;
}
