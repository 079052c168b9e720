/** Every protocol has a page that says how it is deployed, and what its counters mean. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedProtocols } from '../../scenarios/open/registry.ts';
import { ROOT } from '../architecture/files.ts';
import { RUN } from './command-table.ts';

const page = readFileSync(join(ROOT, 'docs/how-to/protocols.md'), 'utf8');
const parts = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((part) => [part.split('\n')[0] ?? '', part]),
);
const protocols = shippedProtocols();

describe('docs/how-to/protocols.md', () => {
  it('R-240: has a part for each protocol, and for nothing else', () => {
    const names = protocols.map(({ name }) => name);
    expect([...parts.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(protocols)(
    'R-240: says how $name is deployed, with a command that is run',
    ({ name }) => {
      const [, text = '', block = ''] =
        /^### Deploy\n\n([\s\S]+?)\n\n```\n([\s\S]+?)\n```/m.exec(parts.get(name) ?? '') ?? [];
      expect(text.length).toBeGreaterThan(80);
      for (const command of block.split('\n')) expect(Object.keys(RUN)).toContain(command);
    },
  );

  it.each(protocols)(
    'R-240: says what is wrong with $name by drops and metrics that it has',
    ({ name, drops, metrics }) => {
      const [, table = ''] = (parts.get(name) ?? '').split('### When something is wrong\n');
      const rows = [...table.matchAll(/^\| (`.+?) \| (.+?) \| (.+) \|$/gm)];
      const known = [...Object.keys(drops), ...metrics.map((metric) => metric.name)];
      expect(rows.length).toBeGreaterThanOrEqual(2);
      for (const [, seen = '', ...said] of rows) {
        for (const [, word = ''] of seen.matchAll(/`([^`]+)`/g)) expect(known).toContain(word);
        for (const one of said) expect(one.length).toBeGreaterThan(10);
      }
    },
  );
});
