/** Contact plans of other programs, from the file to the bundles that arrive. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, load, ratio, run } from '../unit/runner/fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-imports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ten bundles from node 1 to node 3. */
function importing(kind: string, plan: string): SeedResult {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(join(folder, 'plan.txt'), plan);
  writeFileSync(
    file,
    `
name: imported
topology: { name: imported, import: { ${kind}: plan.txt }, defaults: { node: { run: dtn } } }
duration: 60s
warmup: 0s
traffic:
  - { from: node-1, to: node-3, kind: constant, rate: 1/s, size: 1kB, start: 0s, stop: 10s, tolerant: true }
kpis: { dtn.delivery: { value: ">= 0%" } }
`,
  );
  return run(load(file));
}

describe('contacts of an imported plan', () => {
  const ranges = 'a range +0 +100 1 2 1\na range +0 +100 2 3 1\n';
  const contacts = 'a contact +0 +100 1 2 100000\na contact +0 +100 2 3 100000\n';

  it('carry bundles, and carry none once they are deleted', () => {
    const all = ratio(importing('ion', `${ranges}${contacts}`), 'dtn.delivery');
    expect(all).toMatchObject({ numerator: all.denominator });
    const one = importing('ion', `${ranges}${contacts}a contact +0 +1 3 2 1\nd contact +0 2 3\n`);
    expect(ratio(one, 'dtn.delivery')).toMatchObject({ numerator: 0 });
    expect(one.messages).toMatchObject({ delivered: 0 });
  });

  it('carry none where their range is deleted', () => {
    const plan = `${ranges}${contacts}a contact +0 +1 3 2 1\na range +0 +9 3 2 1\nd range * 2 3\n`;
    expect(ratio(importing('ion', plan), 'dtn.delivery')).toMatchObject({ numerator: 0 });
  });

  it('of HDTN with a rate of 0 take no time, and have no share that is used', () => {
    const contact = { startTime: 0, endTime: 100, rateBitsPerSec: 0, owlt: 1 };
    const plan = [
      { source: 1, dest: 2, ...contact },
      { source: 2, dest: 3, ...contact },
    ];
    const result = importing('hdtn', JSON.stringify({ contacts: plan }));
    const { numerator, denominator } = ratio(result, 'dtn.delivery');
    expect(numerator).toBe(denominator);
    expect(counter(result, 'dtn.contact.volume')).toBe(0);
  });
});
