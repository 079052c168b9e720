/**
 * The example of docs/how-to/stack.md, run from the files that the page shows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Report, runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(`${root}docs/how-to/stack.md`, 'utf8');
const FILE = `${root}test/fixtures/receipt/receipt.yaml`;

function report(set: Readonly<Record<string, string>> = {}): Promise<Report> {
  return runScenario(FILE, { set });
}

describe('the example of stacked protocols', () => {
  it('is shown on its page as it is run', () => {
    for (const name of ['index.ts', 'receipt.yaml', 'bare-link.yaml']) {
      const path = `test/fixtures/receipt/${name}`;
      const language = name.endsWith('.ts') ? 'ts' : 'yaml';
      const text = readFileSync(`${root}${path}`, 'utf8');
      expect(guide).toContain(`<!-- ${path} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
  });

  it('brings every message over gateways whose path is cut, and repeats for it', async () => {
    const cut = await report({ crypto: 'modelled' });
    expect(chooseExitCode(cut)).toBe(0);
    expect(cut.metrics['receipt.delivery']?.value).toBe(1);
    const { drops } = cut.packets;
    expect(drops['link-down']).toBeGreaterThan(1);
    // 449 messages and what was lost with the path, or waited for the first one.
    const sent = cut.metrics['receipt.sent']?.value ?? 0;
    expect(sent).toBeGreaterThan(449);
    expect(sent).toBeLessThan(1_000);
  });

  it('brings every message over a bare link, by one changed line', async () => {
    const bare = await report({ topology: 'bare-link.yaml', events: '[]' });
    expect(chooseExitCode(bare)).toBe(0);
    expect(bare.metrics['receipt.delivery']?.value).toBe(1);
    expect(bare.metrics['datagram.sent']?.value).toBeGreaterThan(2 * 449);
  });

  it('misses its limit when it repeats too late', async () => {
    const late = await report({
      topology: 'bare-link.yaml',
      events: '[]',
      'options.receipt.repeat': '10000',
    });
    expect(chooseExitCode(late)).toBe(1);
    expect(late.metrics['receipt.delivery']?.value).toBeLessThan(0.99);
  });
});
