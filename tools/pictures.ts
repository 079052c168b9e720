/**
 * `npm run pictures`: the pictures of the documents, made from real runs, never by hand.
 *
 * Writes `docs/images/failover.svg` (what the terminal shows) and, where a Chromium is installed,
 * `docs/images/report.png` (the top of report.html in that browser). ORRERY_CHROMIUM names another
 * browser than `chromium`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalPicture } from './terminal-picture.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = join(ROOT, 'docs/images');
const BROWSER = process.env['ORRERY_CHROMIUM'] ?? 'chromium';

const out = mkdtempSync(join(tmpdir(), 'orrery-pictures-'));
mkdirSync(IMAGES, { recursive: true });
try {
  drawTerminal();
  photographReport();
} finally {
  rmSync(out, { recursive: true, force: true });
}

function drawTerminal(): void {
  const command = ['--import', 'tsx', 'cli/main.ts', 'scenario', 'failover.yaml'];
  const { stdout, status } = spawnSync(
    process.execPath,
    [...command, '--color', '--out', join(out, 'runs')],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`failover.yaml ended with ${status}: no picture of a red run`);
  // Where the run left its files is the reader's own folder.
  const printed = stdout.replaceAll(join(out, 'runs'), 'runs');
  writeFileSync(
    join(IMAGES, 'failover.svg'),
    terminalPicture('npm run scenario failover.yaml', printed),
  );
  console.log('docs/images/failover.svg');
}

function photographReport(): void {
  const page = `file://${join(out, 'runs/failover/1/report.html')}`;
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--hide-scrollbars',
    '--window-size=1100,1400',
    `--user-data-dir=${join(out, 'profile')}`,
    `--screenshot=${join(IMAGES, 'report.png')}`,
  ];
  const { error, status } = spawnSync(BROWSER, [...flags, page], { encoding: 'utf8' });
  if (error === undefined && status === 0) console.log('docs/images/report.png');
  else console.error(`docs/images/report.png left as it is: ${BROWSER} could not be run`);
}
