import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overstatedVerdicts } from '../../../../tools/requirements/compare-verdicts.ts';
import type {
  JudgedRequirement,
  Verdict,
} from '../../../../tools/requirements/judge-requirements.ts';
import {
  requirementsDocument,
  type ShownVerdict,
  withoutVerdicts,
} from '../../../../tools/requirements/render-requirements.ts';
import {
  type RequirementSection,
  readRequirements,
} from '../../../../tools/requirements/requirement-list.ts';
import {
  filesByRequirement,
  requirementNumbersIn,
} from '../../../../tools/requirements/test-titles.ts';
import { ROOT } from '../../../architecture/files.ts';

const LIST = join(ROOT, 'docs/requirements.yaml');
const ROW: RequirementSection['rows'][number] = {
  id: 'R-001',
  due: true,
  shall: 'A | b.',
  checks: [],
  defects: [],
};

function documentOf(shown: ShownVerdict, row: RequirementSection['rows'][number] = ROW): string {
  return requirementsDocument([{ title: 'T', rows: [row] }], {
    verdictOf: () => shown,
    files: new Map(),
  });
}

const nightly = { commit: 'abc1234', date: '2026-11-21' };

describe('the document', () => {
  it('shows the date and commit of a nightly beside what is green by it', () => {
    const cell = (shown: ShownVerdict): string => documentOf(shown).trim().split(' | ').at(-1)!;
    expect(cell({ verdict: 'green', nightly })).toBe('green, nightly 2026-11-21 abc1234 |');
    expect(cell({ verdict: 'green', nightly: undefined })).toBe('green |');
    expect(cell({ verdict: 'partly', nightly })).toBe('partly |');
  });

  it('says what is open', () => {
    const row = { ...ROW, due: undefined, wave: 1, open: 'never ran there' } as never;
    expect(documentOf({ verdict: 'later', nightly: undefined }, row)).toContain(
      '| later, wave 1 (never ran there) |',
    );
  });

  it('is the same without its verdicts, whatever they are', () => {
    const texts = [
      documentOf({ verdict: 'green', nightly }),
      documentOf({ verdict: 'missing', nightly: undefined }),
    ].map(withoutVerdicts);
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('A \\| b.');
  });
});

describe('a committed verdict', () => {
  const against = (committed: Verdict, verdict: Verdict): number =>
    overstatedVerdicts(documentOf({ verdict: committed, nightly }), [
      { ...ROW, verdict, failed: [], silent: ['x did not run'] } as unknown as JudgedRequirement,
    ]).length;

  it.each<[Verdict, Verdict]>([
    ['green', 'partly'],
    ['green', 'missing'],
    ['green', 'stale'],
    ['green', 'red'],
    ['green', 'later'],
    ['partly', 'missing'],
    ['stale', 'missing'],
    ['missing', 'red'],
  ])('of %s says more than a run that shows %s', (committed, shown) => {
    expect(against(committed, shown)).toBe(1);
  });

  it.each<[Verdict, Verdict]>([
    ['green', 'green'],
    ['partly', 'green'],
    ['missing', 'partly'],
    ['red', 'missing'],
    ['later', 'green'],
  ])('of %s is borne out by a run that shows %s', (committed, shown) => {
    expect(against(committed, shown)).toBe(0);
  });

  it('that is no word of the judge is borne out by nothing', () => {
    expect(against('splendid' as Verdict, 'green')).toBe(1);
  });
});

describe('titles', () => {
  it('are found in it, describe and each, and nowhere else', () => {
    const text = `
      // R-909 in a comment
      it('R-901: a', () => {});
      describe("R-902, R-903: b", () => {});
      it.each([1, 2])('R-904: %s', () => {});
      it.each(rows.map((row) => [row.name, row] as const))(\`R-905: \${x}\`, () => {});
      const text = 'R-908';
    `;
    expect(requirementNumbersIn(text)).toEqual(['R-901', 'R-902', 'R-903', 'R-904', 'R-905']);
  });
});

describe('docs/requirements.yaml', () => {
  const list = readRequirements(LIST);

  it('holds every number in order', () => {
    const rows = list.flatMap(({ rows }) => rows);
    expect(rows).toHaveLength(260);
    expect(rows.filter(({ due }) => due === true)).toHaveLength(107);
  });

  it('is what docs/REQUIREMENTS.md was written from: npm run requirements -- --write', () => {
    const written = readFileSync(join(ROOT, 'docs/REQUIREMENTS.md'), 'utf8');
    const fresh = requirementsDocument(list, {
      verdictOf: () => ({ verdict: 'missing', nightly: undefined }),
      files: filesByRequirement(ROOT),
    });
    expect(withoutVerdicts(written)).toBe(withoutVerdicts(fresh));
  });
});
