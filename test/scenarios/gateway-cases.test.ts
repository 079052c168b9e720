/** docs/spec/gateway-cases.md names scenarios, KPIs and tests that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { load } from '../unit/runner/fixture.ts';

const page = readFileSync(join(ROOT, 'docs/spec/gateway-cases.md'), 'utf8');
const rows = [...page.matchAll(/^\| (?!Case|---)(.+?) \| (.+?) \| (.+) \|$/gm)].map(
  ([, name = '', , shown = '']) => ({
    name,
    shown: [...shown.matchAll(/`([^`]+) > ([^`]+)`/g)].map(([, file = '', part = '']) => ({
      file,
      part,
    })),
  }),
);
describe('the end-to-end cases of a gateway', () => {
  it('R-074: are fourteen, and all are shown', () => {
    expect(rows).toHaveLength(14);
    expect(rows.filter(({ shown }) => shown.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it.each(rows)('R-074: $name names what exists', ({ shown }) => {
    for (const { file, part } of shown) {
      if (file.endsWith('.yaml')) {
        const kpis = load(file, {}).kpis.map(({ metric }) => metric);
        expect(kpis, file).toContain(part);
        continue;
      }
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      const titles = readFileSync(join(ROOT, file), 'utf8').matchAll(
        /\bit(?:\.each\([^)]*\))?\(\s*'([^']+)'/g,
      );
      expect(
        [...titles].some(([, title = '']) => title.includes(part)),
        `${file} > ${part}`,
      ).toBe(true);
    }
  });
});
