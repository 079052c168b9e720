/**
 * The drawings of control services in a real browser, of a network of five ASes whose paths are discovered and whose keys have
 * certificates (docs/spec/browser-view.md). @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

const [FROM, TO] = ['gateway-1-4', 'gateway-1-5'];
const CHANGES = [
  'topology.generate={ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
  `options={ gateway: { peers: [] }, ${FROM}: { peers: [${TO}] }, ${TO}: { peers: [${FROM}] }, control-service: { signatures: real, certificateLifetime: 30m, watch: ["1-ff00:1:1", "1-ff00:1:2", "1-ff00:1:3", "1-ff00:1:4", "1-ff00:1:5"] } }`,
  'duration=20s',
  `traffic.0={ from: ${FROM}, to: ${TO}, kind: poisson, rate: 20/s, size: 200B, start: 12s }`,
  'kpis={ control.discovery: { max: "<= 12s" } }',
];

let lab: BrowserLab;
let folder: string;
let run: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-scion-runs-'));
  const changes = CHANGES.flatMap((change) => ['--set', change]);
  const args = ['cli/start.mjs', 'scenario', 'scion-beaconing.yaml', ...changes];
  const made = spawnSync(process.execPath, [...args, '--trace', 'full', '-q', '--out', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const [seed] = readdirSync(join(folder, 'scion-beaconing')).filter((name) => name !== 'latest');
  run = `scion-beaconing/${seed}`;
  lab = await BrowserLab.start(folder);
}, 240_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(
  drawing: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const at = `#run=${run}&page=protocols&t=15s&drawing=control-service/${drawing}`;
  const { page, context, errors } = await lab.open(`${lab.server.address}${at}`, look);
  try {
    await page.locator('[data-chart=protocol] .scene svg').waitFor();
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

const titleOf = (page: Page): Promise<string | null> =>
  page.locator('[data-chart=protocol] figcaption strong').textContent();

/** Each theme and each width occurs once, because the shapes are the same in all combinations. */
const SHOWN = LOOKS.filter(({ theme, width }) => (theme === 'light') === width > 390);

describe.each(SHOWN)('in $theme at $width px', (look) => {
  it.each(['beacons', 'certificates', 'revocations'])(
    '%s fits, and axe finds nothing serious',
    (drawing) =>
      visit(drawing, look, async (page) => {
        expect(await seriousFindings(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      }),
  );
});

it('counts the pairs with a path, and shows the beacons of an AS that is chosen by keyboard', () =>
  visit('beacons', {}, async (page) => {
    expect(await titleOf(page)).toMatch(/^20 of 20 pairs of ASes have a path, since \d\.\d\d s$/);
    const core = page.locator('[data-key="origin:1-ff00:1:1"]');
    await core.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-key="origin:1-ff00:1:1"][aria-pressed=true]').waitFor();
    expect(await titleOf(page)).toMatch(
      /^4 of 4 other ASes have beacons of 1-ff00:1:1, the last since \d\.\d\d s$/,
    );
    await page.keyboard.press('t');
    expect(await page.locator('[data-chart=protocol] tbody tr').count()).toBe(5);
  }));

it('says what is left of each certificate', () =>
  visit('certificates', {}, async (page) => {
    expect(await titleOf(page)).toMatch(
      /^Of 5 certificates none is late or expired; .*, in 29 min/,
    );
    await page.keyboard.press('t');
    const rows = page.locator('[data-chart=protocol] tbody tr');
    expect(await rows.count()).toBe(5);
    expect(await rows.first().textContent()).toContain('valid');
  }));
