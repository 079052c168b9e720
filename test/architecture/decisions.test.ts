/**
 * Decision records: numbers that never change their meaning, short pages, and links that lead to the
 * record that they name.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  DECISIONS,
  decisionPage,
  listOf,
  numberProblems,
  PAGE_BYTES_MAX,
  pageProblems,
  readDecisions,
} from './decision-records.ts';
import { ROOT, repositoryFiles } from './files.ts';

const pages = readDecisions();
const records = pages.flatMap((page) => page.records);

describe('decision records', () => {
  it('have each number once, and leave none out', () => {
    expect(records.length).toBeGreaterThanOrEqual(68);
    expect(numberProblems(records)).toEqual([]);
  });

  it('ask, decide and say what was rejected, on a short page', () => {
    expect(pages.flatMap(pageProblems)).toEqual([]);
  });

  it('are listed by number, each with its page', () => {
    const lines = read(`${DECISIONS}/README.md`).split('\n');
    expect(lines.filter((line) => line.startsWith('- '))).toEqual(listOf(records));
  });

  it('are within reach of ARCHITECTURE, page by page', () => {
    const architecture = read('docs/ARCHITECTURE.md');
    const missing = pages.filter(({ name }) => !architecture.includes(`](adr/${name})`));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('are where a link with their number leads', () => {
    const elsewhere = repositoryFiles()
      .filter(({ path }) => path.endsWith('.md'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\[ADR\s+(\d{4})\]\(([^)\s]+)\)/g)]
          .filter(([, number, target = '']) => !target.includes(`#${number}-`))
          .map(([link]) => `${path}: ${link}`),
      );
    expect(elsewhere).toEqual([]);
  });
});

describe('a planted page', () => {
  const whole = '**Question.** Why?\n\n**Decision.** So.\n\n**Rejected.** Otherwise.\n';

  it('is accepted with all parts, or with a successor', () => {
    const text = `# Part\n\n## 0001 One\n\n${whole}\n## 0002 Two\n\nReplaced by [ADR 0001](#0001-one).\n`;
    const page = decisionPage('part.md', text);
    expect([...pageProblems(page), ...numberProblems(page.records)]).toEqual([]);
    expect(listOf(page.records)).toEqual([
      '- [0001](part.md#0001-one) One',
      '- [0002](part.md#0002-two) Two',
    ]);
  });

  it.each([
    ['a number that is used twice', `## 0001 One\n\n${whole}\n## 0001 Two\n\n${whole}`],
    ['a number that is left out', `## 0001 One\n\n${whole}\n## 0003 Three\n\n${whole}`],
    ['a heading without a number', `## One\n\n${whole}`],
    [
      'a record without what was rejected',
      '## 0001 One\n\n**Question.** Why?\n\n**Decision.** So.\n',
    ],
    ['a long page', `## 0001 One\n\n${whole}${'x'.repeat(PAGE_BYTES_MAX)}\n`],
  ])('is refused with %s', (_what, text) => {
    const page = decisionPage('part.md', text);
    const problems = [...pageProblems(page), ...numberProblems(page.records)];
    expect(problems.length).toBeGreaterThan(0);
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
