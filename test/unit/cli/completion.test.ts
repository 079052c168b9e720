/**
 * Completion scripts, called as a shell calls them.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCompareCommand } from '../../../cli/compare.ts';
import {
  addCompletionCommand,
  bashCompletionScript,
  completableCommands,
  zshCompletionScript,
} from '../../../cli/completion.ts';
import { addLiveCommand } from '../../../cli/live.ts';
import { addScenarioCommand } from '../../../cli/scenario.ts';
import { addVerifyCommand } from '../../../cli/verify.ts';

const program = new Command('orrery');
for (const add of [
  addScenarioCommand,
  addLiveCommand,
  addCompareCommand,
  addVerifyCommand,
  addCompletionCommand,
])
  add(program);
program
  .command('weigh')
  .summary("weigh [it]: don't break")
  .addOption(new Option('--unit <unit>', 'of weight').choices(['kg', 'lb']))
  .action(() => undefined);

const commands = completableCommands(program);
const SCENARIOS = ['failover.yaml', 'hello.yaml'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-completion-'));
  writeFileSync(join(folder, 'mine.yaml'), '');
  writeFileSync(join(folder, 'bash'), bashCompletionScript(commands, SCENARIOS));
  writeFileSync(join(folder, 'zsh'), zshCompletionScript(commands, SCENARIOS));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;
const skipped = ['bash', 'zsh'].filter((shell) => !has(shell));
if (skipped.length > 0) {
  process.stderr.write(`completion: not asked by ${skipped.join(' and ')}, not installed\n`);
}

/** The completions that bash offers for the last word. */
function offered(...words: string[]): readonly string[] {
  const script = `source ./bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_orrery; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', script, 'bash', 'orrery', ...words];
  const { stdout, stderr } = spawnSync('bash', args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(skipped.includes('bash'))('in bash', () => {
  it('offers the commands of the program, those added later too', () => {
    expect(offered('')).toEqual(
      expect.arrayContaining(['scenario', 'live', 'compare', 'verify', 'weigh', '--help']),
    );
    expect(offered('sc')).toEqual(['scenario']);
  });

  it('offers scenarios by name, and files of the folder', () => {
    expect(offered('scenario', 'h')).toEqual(['hello.yaml']);
    expect(offered('live', '--precision', 'low', 'mi')).toEqual(['mine.yaml']);
  });

  it('offers options, and the values that an option may have', () => {
    expect(offered('scenario', '--see')).toEqual(['--seed', '--seeds']);
    expect(offered('live', '--precision', '')).toEqual(['high', 'low']);
    expect(offered('live', '--loo')).toEqual(['--loops']);
    expect(offered('weigh', '--unit', 'k')).toEqual(['kg']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh']);
    expect(offered('compare', '--js')).toEqual(['--json']);
  });

  it('offers nothing where a number stands', () => {
    expect(offered('scenario', '--seed', '')).toEqual([]);
  });

  it('offers values and more after an option whose value may be left out', () => {
    expect(offered('scenario', '--trace', 'f')).toEqual(['full', 'failover.yaml']);
  });
});

describe('in zsh', () => {
  it.skipIf(skipped.includes('zsh'))('is a script that zsh can read', () => {
    const { status, stderr } = spawnSync('zsh', ['-n', join(folder, 'zsh')], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('describes commands and options in its own quotes', () => {
    const text = zshCompletionScript(commands, SCENARIOS);
    expect(text).toContain(`'weigh:weigh [it]\\: don'\\''t break'`);
    expect(text).toContain(`'*--unit[of weight]:value:(kg lb)'`);
    expect(text).toContain(
      `'*--trace[record trace.orr\\: around faults, or everything]::value:(windows full)'`,
    );
    expect(text).toContain('shipped scenario:(failover.yaml hello.yaml)');
  });
});
