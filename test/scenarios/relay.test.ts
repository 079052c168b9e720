/**
 * The example of docs/how-to/delay-tolerant.md, run from the files that the page shows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Report, runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(`${root}docs/how-to/delay-tolerant.md`, 'utf8');

const report = (set: Readonly<Record<string, string>> = {}): Promise<Report> =>
  runScenario(`${root}test/fixtures/relay/relay.yaml`, { set });

const measured = ({ metrics }: Report, name: string): number => metrics[name]?.value ?? Number.NaN;

describe('the example of contacts and bundles', () => {
  it('is shown on its page as it is run', () => {
    for (const [name, language] of [
      ['plan.ionrc', ''],
      ['relay.yaml', 'yaml'],
    ] as const) {
      const path = `test/fixtures/relay/${name}`;
      const text = readFileSync(`${root}${path}`, 'utf8');
      expect(guide).toContain(`<!-- ${path} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
  });

  it('leaves a picture behind that fits in no pass', async () => {
    const whole = await report();
    expect(chooseExitCode(whole)).toBe(1);
    expect(measured(whole, 'dtn.delivery')).toBe(7 / 8);
    expect(measured(whole, 'dtn.contact.use')).toBeGreaterThan(0.815);
    expect(measured(whole, 'dtn.contact.use')).toBeLessThan(0.825);
  });

  it('brings all of them when they may be split', async () => {
    const split = await report({ 'options.dtn.fragmentation': 'proactive' });
    expect(chooseExitCode(split)).toBe(0);
    expect(measured(split, 'dtn.contact.use')).toBeGreaterThan(0.955);
    expect(measured(split, 'dtn.contact.use')).toBeLessThan(0.965);
  });
});
