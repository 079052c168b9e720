/**
 * The example of docs/how-to/stack.md with several carriers, run from the files that the page shows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the example of a router', () => {
  it('is shown on its page as it is run', () => {
    const guide = readFileSync(`${root}docs/how-to/stack.md`, 'utf8');
    for (const [name, language] of [
      ['index.ts', 'ts'],
      ['router.yaml', 'yaml'],
    ] as const) {
      const path = `test/fixtures/router/${name}`;
      const text = readFileSync(`${root}${path}`, 'utf8');
      expect(guide).toContain(`<!-- ${path} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
  });

  it('sends urgent messages by datagram and others by bundle (R-083)', async () => {
    const report = await runScenario(`${root}test/fixtures/router/router.yaml`, {});
    expect(report.metrics['router.delivery']?.value).toBe(1);
    expect(chooseExitCode(report)).toBe(0);
    // 149 urgent ones, and no other.
    expect(report.metrics['datagram.sent']?.value).toBe(149);
  });
});
