/** `--from-here`: npm goes to the folder of the package, and files of the caller were not found. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMAND_LINE } from '../../command-line.ts';
import { SMALL } from './small-sweep.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'orrery-here-')));
  mkdirSync(join(folder, 'below'));
  writeFileSync(join(folder, 'mine.yaml'), SMALL.replace(/sweep: .*\n/, ''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As npm starts a script: in the folder of the package, with that of the caller in the environment. */
function fromBelow(...words: readonly string[]): ReturnType<typeof spawnSync> {
  const env = { ...process.env, CI: '', INIT_CWD: join(folder, 'below') };
  const command = [COMMAND_LINE, 'scenario', ...words, '--no-trace'];
  return spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' });
}

it('a file of the caller was not found, and nothing said why', () => {
  const { status, stderr } = fromBelow('../mine.yaml');
  expect(status).toBe(2);
  expect(stderr).toContain(`   hint: --from-here lets paths count from ${join(folder, 'below')}\n`);
});

it('paths of files, of runs and of the command that repeats them count from the caller', () => {
  const { status, stderr } = fromBelow('../mine.yaml', '--from-here', '--junit', 'result.xml');
  expect(status, `${stderr}`).toBe(0);
  const text = (name: string): string => readFileSync(join(folder, 'below', name), 'utf8');
  expect(text('result.xml')).toContain('testsuite name="small"');
  const { reproduce } = JSON.parse(text('runs/small/latest/report.json')) as { reproduce: string };
  expect(reproduce).toMatch(/ -- --from-here$/);
});
