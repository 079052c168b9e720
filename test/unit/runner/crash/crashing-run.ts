/**
 * Files of a run in which a node of a user's protocol breaks as it is told (test/fixtures/crashing.ts).
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The protocol. */
export const FIXTURE: string = fileURLToPath(
  new URL('../../../fixtures/crashing.ts', import.meta.url),
);
const SOURCE = readFileSync(FIXTURE, 'utf8').split('\n');

/** The number of the line of the protocol that contains a text, from 1; 0 if none does. */
export function lineOf(text: string): number {
  return SOURCE.findIndex((line) => line.includes(text)) + 1;
}

/** Lines of the protocol from this one on, from 1. */
export function linesFrom(line: number): readonly string[] {
  return SOURCE.slice(line - 1);
}

/** A run. */
export interface CrashingRun {
  readonly folder: string;
  /** Its scenario. */
  readonly file: string;
  remove(): void;
}

/**
 * Writes a run of 200 ms, in which alice sends to bob.
 * @param breaks How bob breaks.
 * @param more Further lines of the scenario.
 */
export function crashingRun(breaks: string, more = ''): CrashingRun {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-crash-'));
  writeFileSync(
    join(folder, 'net.yaml'),
    `name: net
nodes:
  - { name: alice, run: ${FIXTURE} }
  - { name: bob, run: ${FIXTURE}, options: { breaks: ${breaks} } }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`,
  );
  const file = join(folder, 'crash.yaml');
  writeFileSync(
    file,
    `name: crash
question: What is told?
topology: ./net.yaml
duration: 200ms
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }
kpis: {}
${more}`,
  );
  return { folder, file, remove: () => rmSync(folder, { recursive: true }) };
}
