/**
 * Runs commands of the how-to pages as they stand, in a folder with the files that pages name, in the
 * order of the table.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type Ran, RUN } from './command-table.ts';
import { programWords, wordsOf } from './page-commands.ts';

interface Ended {
  readonly status: number | null;
  readonly text: string;
}

/** What a live run says of itself when the machine did not keep up. */
const STARVED = /the machine was busy|did not run for|stolen/;

/** A test for each command of a kind. */
export function testCommands(when: Ran['when']): void {
  describe(`commands of how-to pages: ${when}`, () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'orrery-pages-'));
      symlinkSync(join(ROOT, 'test'), join(folder, 'test'));
      const page = readFileSync(join(ROOT, 'docs/how-to/large-networks.md'), 'utf8');
      const [, many = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
      writeFileSync(join(folder, 'many.yaml'), many);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const commands = Object.entries(RUN).filter(([, ran]) => ran.when === when);
    it.each(commands)('%s', async (command, { exit = 0, says = [] }) => {
      keepBaseline(folder, command);
      const isByClock = when === 'live' || command.includes(' live ');
      const { status, text } = await run(folder, command);
      const isStarved = isByClock && status === 1 && STARVED.test(text);
      if (isStarved) process.stdout.write(`the machine was busy: ${command}\n`);
      else expect([exit].flat(), text).toContain(status);
      for (const words of says) expect(text).toContain(words);
    });
  });
}

/** A page keeps the report of an earlier run. */
function keepBaseline(folder: string, command: string): void {
  const [path = ''] = /\bbaseline\/\S+/.exec(command) ?? [];
  if (path === '' || existsSync(join(folder, path))) return;
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  cpSync(join(folder, 'runs/failover/latest/report.json'), join(folder, path));
}

function run(cwd: string, command: string): Promise<Ended> {
  const own = programWords(command, () => true);
  const [file = '', ...args] =
    own === undefined ? wordsOf(command) : [process.execPath, COMMAND_LINE, ...own];
  const child = spawn(file, args, { cwd, env: { ...process.env, CI: '', NO_COLOR: '1' } });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, text: Buffer.concat(said).toString('utf8') }));
  });
}
