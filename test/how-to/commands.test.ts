/**
 * The commands of the how-to pages can be typed as they stand, and end as the page says; and no page
 * shows a flag that does not exist.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from '../../cli/commands.ts';
import { addFromHereOption } from '../../cli/from-here.ts';
import { makeProgram } from '../../cli/program.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import { ROOT } from '../architecture/files.ts';
import { registry } from '../unit/runner/fixture.ts';
import { NOT_RUN, RUN } from './command-table.ts';
import { commandsOf, howToPages, type PageCommand, pages, programWords } from './page-commands.ts';
import { testCommands } from './run-commands.ts';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const program = makeProgram();
await addCommands(program, () => true);
addFromHereOption(program.commands);
for (const command of program.commands) {
  command.action(() => undefined);
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
}
program.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });

/** What pages write for words that are the reader's own. */
const WORDS: Readonly<Record<string, string>> = {
  FILE: 'failover.yaml',
  SCENARIO: 'hello.yaml',
  ADDRESS: 'redis://queue.example:6379',
  TOPOLOGY: 'two-nodes.yaml',
  RESULTS: 'runs',
  NODE: 'alice',
  N: '3',
  NAME: 'lifo',
  'HOST:PORT': '127.0.0.1:7480',
};

/** Files that a reader has made, or whose protocol has to be compiled first: that one is run. */
const OWN = /^(\.\/many|mine|my-[\w-]+|exchange\/\w+|test\/fixtures\/receipt\/.*)\.yaml$/;
const SHOWN = howToPages().flatMap(commandsOf);

const isOurs = (name: string): boolean =>
  /^node cli\/start\.mjs (\S+)$/.exec(scripts[name] ?? '')?.[1] === name;

/** What is wrong with the words of a command; empty if nothing is. */
async function mistakeOf(words: readonly string[]): Promise<string> {
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return '';
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}

/** Commands of this program, whole: not those that are only named, nor the forms of a table. */
function isParsed({ command }: PageCommand): boolean {
  const [program = '', , name = '', ...rest] = command.split(' ');
  if (command.includes('[') || (program === 'npm' && rest.length === 0)) return false;
  return isOurs(name) || command.startsWith('npx orrery ');
}

/** Words for the program, with something in the place of names that are the reader's to choose. */
const ownWords = (command: string): readonly string[] | undefined =>
  programWords(command, isOurs)?.map((word) => WORDS[word] ?? word);

function load(path: string, words: readonly string[]): void {
  const sets = words.filter((_, index) => words[index - 1] === '--set');
  const overrides = Object.fromEntries(sets.map((set) => set.split(/=(.*)/).slice(0, 2)));
  const file = path.includes('/') ? join(ROOT, path) : path;
  loadScenario({ path: file, folders: SHIPPED_FILE_FOLDERS, registry, overrides });
}

describe('the commands of pages', () => {
  it('were given with flags that nobody has, or that npm takes for itself', async () => {
    const mistakes: string[] = [];
    const ours = pages().flatMap(commandsOf).filter(isParsed);
    for (const { page, command } of ours) {
      const words = ownWords(command);
      const mistake = words === undefined ? 'its flags are not behind --' : await mistakeOf(words);
      if (mistake !== '') mistakes.push(`${page}: ${command}: ${mistake}`);
    }
    expect(mistakes).toEqual([]);
    expect(ours.length).toBeGreaterThan(100);
  });

  it('name files that load, with the values that they set', () => {
    const files = SHOWN.map(({ page, command }) => ({ where: `${page}: ${command}`, command }))
      .map(({ where, command }) => ({ where, words: ownWords(command) ?? [] }))
      .filter(({ words: [, path = ''] }) => path.endsWith('.yaml') && !OWN.test(path));
    for (const { where, words } of files) {
      const [name = '', path = ''] = words;
      if (name === 'node') expect(existsSync(join(ROOT, 'topologies', path)), where).toBe(true);
      else expect(() => load(path, words), where).not.toThrow();
    }
    expect(files.length).toBeGreaterThan(30);
  });

  it('are run, or stand in the list of those that are not, with the reason', () => {
    const listed = [...Object.keys(RUN), ...Object.values(NOT_RUN).flat()];
    const shown = [...new Set(SHOWN.map(({ command }) => command))];
    const where = 'RUN or NOT_RUN of test/how-to/command-table.ts';
    expect(
      shown.filter((one) => !listed.includes(one)),
      `in no list: ${where}`,
    ).toEqual([]);
    expect(
      listed.filter((one) => !shown.includes(one)),
      `on no page: ${where}`,
    ).toEqual([]);
    for (const reason of Object.keys(NOT_RUN)) {
      for (const [path] of reason.matchAll(/test\/[\w./-]+(?= )/g)) {
        expect(existsSync(join(ROOT, path)), reason).toBe(true);
      }
    }
  });

  it('print what their page says', () => {
    for (const [command, { says = [] }] of Object.entries(RUN)) {
      const { page = '' } = SHOWN.find((one) => one.command === command) ?? {};
      for (const text of says) expect(readFileSync(join(ROOT, page), 'utf8')).toContain(text);
    }
  });
});

testCommands('quick');
