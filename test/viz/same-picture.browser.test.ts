/** The same trace gives the same picture: every page is opened in two separate windows. @module */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, FROM_DISK, LOOKS, type Opened } from './support.ts';
import { differenceOf, goTo, pictureOf, STOPS } from './tour.ts';

/** Largest share of pixels that may differ. */
const DIFFERENT_MAX = 0.001;

const runs = mkdtempSync(join(tmpdir(), 'orrery-same-'));
let lab: BrowserLab;
beforeAll(async () => {
  writePrivacyRuns(runs);
  lab = await BrowserLab.start(runs);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('each of the nine pages looks the same in another window', async () => {
    const windows = await Promise.all([1, 2].map(() => lab.open(lab.server.address, look)));
    const photograph = async ({ page }: Opened, name: string, hash: string): Promise<Buffer> => {
      await goTo(page, hash);
      return await pictureOf(page, `${name}-${look.theme}-${look.width}`);
    };
    for (const { name, hash } of STOPS) {
      const [one, other] = await Promise.all(
        windows.map((opened) => photograph(opened, name, hash)),
      );
      const difference = await differenceOf(windows[0]!.page, one!, other!);
      expect(difference, `${name} differs`).toBeLessThan(DIFFERENT_MAX);
    }
    for (const { context, errors } of windows) {
      expect(errors).toEqual([]);
      await context.close();
    }
  });
});

it('tells two pictures apart', async () => {
  const { page, context } = await lab.open(`${FROM_DISK}${STOPS[1].hash}`);
  await goTo(page, STOPS[1].hash);
  const before = await pictureOf(page, 'earlier');
  await goTo(page, STOPS[1].hash.replace('t=3.2s', 't=3.25s'));
  const later = await pictureOf(page, 'later');
  expect(await differenceOf(page, before, later)).toBeGreaterThan(DIFFERENT_MAX);
  await context.close();
});
