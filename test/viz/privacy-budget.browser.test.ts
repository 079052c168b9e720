/** The chart of a privacy budget in a browser, with runs by the real runner. @module */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderJson } from '../../reports/json.ts';
import type { Report } from '../../reports/report-schema.ts';
import { learnerReport } from '../fixtures/learner/run.ts';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, LOOKS, type Look, type Opened, seriousFindings } from './support.ts';

const CHART = '[data-chart=privacy-budget]';

let lab: BrowserLab;
let rounds: NonNullable<Report['privacyBudget']>['rounds'] = [];
const runs = mkdtempSync(join(tmpdir(), 'orrery-budget-'));

function save(name: string, report: Report): void {
  mkdirSync(join(runs, name, '1'), { recursive: true });
  writeFileSync(join(runs, name, '1/report.json'), renderJson(report));
}

beforeAll(async () => {
  writePrivacyRuns(runs);
  const inside = await learnerReport({ seeds: [1, 2, 3, 4, 5] });
  const { privacyBudget } = inside;
  if (privacyBudget === undefined) throw new Error('the learner spent nothing');
  rounds = privacyBudget.rounds;
  save('inside', inside);
  save('overspent', await learnerReport({ seeds: [1, 2, 3], defect: 'overspends' }));
  const whole = JSON.parse(readFileSync(join(runs, 'whole/1/report.json'), 'utf8')) as Report;
  save('both', { ...whole, privacyBudget });
  save('young', {
    ...inside,
    kpis: inside.kpis.map((kpi) => ({ ...kpi, aggregation: kpi.limit > 1 ? 'count' : 'p50' })),
    privacyBudget: { ...privacyBudget, rounds: rounds.filter(({ round }) => round === 1) },
  });
  save('unpaired', {
    ...inside,
    privacyBudget: {
      delta: null,
      rounds: rounds.map(({ accuracy: _, ...sample }) => sample),
    },
  });
  lab = await BrowserLab.start(runs);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

async function visit(
  { run, look = {} }: { run: string; look?: Look },
  act: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await lab.open(`${lab.server.address}#page=privacy&run=${run}`, look);
  try {
    await opened.page.locator(`${CHART} .readable`).waitFor();
    await act(opened);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it.each(['inside/1', 'overspent/1', 'both/1'])(
    'the budget of %s is there, axe finds nothing serious, nothing is too wide',
    (run) =>
      visit({ run, look }, async ({ page }) => {
        expect(await seriousFindings(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
        const folder = process.env['PICTURES'];
        if (folder === undefined) return;
        const name = `budget-${run.slice(0, -2)}-${look.theme}-${look.width}.png`;
        await page.locator(CHART).screenshot({ path: join(folder, name) });
      }),
  );
});

describe('the budget of a run without anonymity', () => {
  it('stands alone: no chooser, and nobody says that no privacy was measured', () =>
    visit({ run: 'inside/1' }, async ({ page }) => {
      const text = (await page.locator('.page-privacy').textContent()) ?? '';
      expect(text).not.toContain('measured no privacy');
      expect(await page.getByLabel('adversary').count()).toBe(0);
      expect(await page.locator('.page-privacy .chart').count()).toBe(1);
    }));

  it('says what is spent, who looks, and how many rounds it rests on', () =>
    visit({ run: 'inside/1' }, async ({ page }) => {
      const title = await page.locator(`${CHART} figcaption strong`).textContent();
      expect(title).toMatch(/^After 36 rounds epsilon 1\.48 is spent, and [89]\d\.\d % of answers/);
      const caption = await page.locator(`${CHART} figcaption span`).textContent();
      for (const part of [
        'Adversary: sees everything',
        'Estimator: zCDP',
        '180 rounds of 5 seeds',
      ]) {
        expect(caption).toContain(part);
      }
      expect(caption).toContain('Delta: at most 0.00001');
    }));

  it('shows the limit, and five seeds faint in both panels', () =>
    visit({ run: 'inside/1' }, async ({ page }) => {
      expect(await page.locator(`${CHART} line.limit`).count()).toBe(2);
      expect(await page.locator(`${CHART} .limit-label`).allTextContents()).toEqual([
        'dp.epsilon max <= 1.5',
        'dp.accuracy p50 >= 80 %',
      ]);
      expect(await page.locator(`${CHART} path.faint`).count()).toBe(10);
    }));

  it('is read by arrow keys, round by round', () =>
    visit({ run: 'inside/1' }, async ({ page }) => {
      const readable = page.locator(`${CHART} .readable`);
      await readable.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await readable.locator('output').textContent()).toMatch(
        /^round 2: epsilon 0\.34\d, accuracy [\d.]+ % \(p10 [\d.]+ %, p90 [\d.]+ %\); 5 seeds$/,
      );
    }));

  it('exports the numbers of the report, and pictures', () =>
    visit({ run: 'inside/1' }, async ({ page }) => {
      const load = async (kind: string): Promise<string> => {
        const wait = page.waitForEvent('download');
        await page.locator(`${CHART} summary`).click();
        await page.locator(`${CHART} [data-export=${kind}]`).click();
        return readFileSync(await (await wait).path(), kind === 'png' ? 'latin1' : 'utf8');
      };
      const png = await load('png');
      expect(png.slice(1, 4)).toBe('PNG');
      expect(png.length).toBeGreaterThan(10_000);
      expect(await load('svg')).toMatch(/^<svg[^>]*>.*<desc>After 36 rounds/s);
      const csv = await load('csv');
      const { seed, round, epsilon, accuracy } = rounds.at(-1) ?? {};
      expect(csv).toContain(`seed ${seed},${round},${epsilon},,,${accuracy},,`);
      // A header, 36 rounds over all seeds, and the rounds of each seed.
      expect(csv.trim().split('\r\n')).toHaveLength(1 + 36 + rounds.length);
    }));
});

it('names the round in which a limit was passed', () =>
  visit({ run: 'overspent/1' }, async ({ page }) => {
    const title = await page.locator(`${CHART} figcaption strong`).textContent();
    expect(title).toMatch(/; the limit <= 1\.5 is passed in round 37$/);
  }));

it('shows a single round as a dot in both panels, and no limit on how many rounds there are', () =>
  visit({ run: 'young/1' }, async ({ page }) => {
    expect(await page.locator(`${CHART} circle:not(.reading)`).count()).toBe(2);
    expect(await page.locator(`${CHART} .limit-label`).allTextContents()).toEqual([
      'dp.accuracy p50 >= 80 %',
    ]);
  }));

it('stands below what adversaries believe, whoever is chosen', () =>
  visit({ run: 'both/1' }, async ({ page }) => {
    await page.locator('[data-chart=privacy-entropy] .readable').waitFor();
    await page.getByLabel('adversary').selectOption('global passive, links only');
    await page.locator('[data-chart=privacy-roc-correlation] .readable').waitFor();
    expect(await page.locator(CHART).count()).toBe(1);
  }));

it('has no second panel without accuracies, and says that delta is missing', () =>
  visit({ run: 'unpaired/1' }, async ({ page }) => {
    expect(await page.locator(`${CHART} svg > g text`).allTextContents()).not.toContain('accuracy');
    const caption = await page.locator(`${CHART} figcaption span`).textContent();
    expect(caption).toContain('states no delta');
    const table = page.locator(`${CHART} tbody tr`);
    await page.locator(CHART).getByRole('button', { name: 'Table' }).click();
    expect(await table.first().locator('td').allTextContents()).toEqual([
      ...['5 seeds', '1', expect.any(String), expect.any(String), expect.any(String)],
      ...['–', '–', '–'],
    ]);
  }));
