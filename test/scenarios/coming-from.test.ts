/**
 * The examples of docs/coming-from.md, run as the page shows them.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadText, report, run } from '../unit/runner/fixture.ts';

const page = readFileSync(new URL('../../docs/coming-from.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(name: (\S+)\n[\s\S]*?)```/g)];

it.each(examples.map(([, text = '', name = '']) => [name, text]))('%s passes', (_, text) => {
  const { kpis, pass, warnings } = report(loadText(text), [run(loadText(text))]);
  expect(kpis.filter((kpi) => !kpi.pass)).toEqual([]);
  expect([pass, warnings]).toEqual([true, []]);
});

it('there is an example for each system, of some fifteen lines', () => {
  const sections = page.match(/^## /gm) ?? [];
  expect(examples).toHaveLength(sections.length);
  for (const [, text = ''] of examples) expect(text.split('\n').length).toBeLessThanOrEqual(22);
});
