/**
 * Runs the complete protocol of docs/WRITING-A-PROTOCOL.md from the files that the page shows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Report, runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(`${root}docs/WRITING-A-PROTOCOL.md`, 'utf8');
const FILE = `${root}test/fixtures/courier/courier.yaml`;

function report(set: Readonly<Record<string, string>> = {}): Promise<Report> {
  return runScenario(FILE, { set });
}

describe('the whole protocol of the guide', () => {
  it('stands there as it is run', () => {
    for (const name of ['index.ts', 'lossy-link.yaml', 'courier.yaml']) {
      const path = `test/fixtures/courier/${name}`;
      const language = name.endsWith('.ts') ? 'ts' : 'yaml';
      const text = readFileSync(`${root}${path}`, 'utf8');
      expect(guide).toContain(`<!-- ${path} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
  });

  it('brings every message over a link that loses a tenth, and repeats for it', async () => {
    const lossy = await report();
    expect(chooseExitCode(lossy)).toBe(0);
    expect(lossy.metrics['courier.delivery']?.value).toBe(1);
    expect(lossy.packets.drops['loss']).toBeGreaterThan(60);
  });

  it('misses its limit on copies where nothing is lost', async () => {
    const clean = await report({ 'topology.links.0.loss': '0%', events: '[]' });
    expect(chooseExitCode(clean)).toBe(1);
    const missed = clean.kpis.filter(({ pass }) => !pass).map(({ metric }) => metric);
    expect(missed).toEqual(['courier.sent']);
    expect(clean.nodeDrops['repeated']).toBeUndefined();
  });
});
