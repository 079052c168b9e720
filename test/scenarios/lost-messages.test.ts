/**
 * What is said once, as the tables in the READMEs of the protocols list it: each message is lost once, although its
 * carrier may have said that it took it, and the run goes on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shippedProtocols } from '../../scenarios/open/registry.ts';
import { LosingRegistry } from '../fixtures/losing.ts';
import { loadText, report, run } from '../unit/runner/fixture.ts';
import { LOST_CASES, type LostCase, type ShownElsewhere } from './lost-cases.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Protocols whose nodes know nothing of each other: there is nothing to repair. */
const STATELESS = ['datagram', 'navigator', 'ping'];

/** First column of the table, without its head. */
function rowsOf(protocol: string): readonly string[] {
  const text = readFileSync(`${ROOT}nodes/${protocol}/README.md`, 'utf8');
  const [, section = ''] = text.split(
    /^(?:## |\*\*)What is said once, and who repeats it(?:\*\*)?$/m,
  );
  const [table = ''] = section.trimStart().split('\n\n');
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => (line.split('|')[1] ?? '').replaceAll('`', '').trim());
}

const isElsewhere = (one: LostCase | ShownElsewhere): one is ShownElsewhere => Array.isArray(one);
const CASES = Object.entries(LOST_CASES).flatMap(([protocol, cases]) =>
  Object.entries(cases).map(([message, one]) => ({ protocol, message, one })),
);

describe('a message that repairs a state', () => {
  it('is in a table of its protocol, and each row of a table has a case', () => {
    const listed = shippedProtocols().filter(({ name }) => !STATELESS.includes(name));
    expect(Object.keys(LOST_CASES).sort()).toEqual(listed.map(({ name }) => name).sort());
    for (const [protocol, cases] of Object.entries(LOST_CASES)) {
      expect(rowsOf(protocol), protocol).toEqual(Object.keys(cases));
    }
  });

  it.each(CASES)('may be lost: $protocol, $message', ({ protocol, one }) => {
    if (isElsewhere(one)) {
      const [file, title] = one;
      expect(existsSync(ROOT + file) && readFileSync(ROOT + file, 'utf8')).toContain(title);
      return;
    }
    const registry = new LosingRegistry(protocol, one.is);
    const scenario = loadText(one.text);
    const result = run(scenario, 1, { registry });
    expect(registry.hasLost, 'a message that was never sent').toBe(true);
    expect(report(scenario, [result]).kpis.filter(({ pass }) => !pass)).toEqual([]);
    expect(result.done?.by ?? 'done').toBe('done');
  });
});
