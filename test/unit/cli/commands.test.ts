import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands, wantedCommandPredicate } from '../../../cli/commands.ts';
import { makeProgram } from '../../../cli/program.ts';

/** The program, with the selected commands loaded completely. */
async function programWith(isWanted: (name: string) => boolean): Promise<Command> {
  const program = makeProgram();
  await addCommands(program, isWanted);
  return program;
}

const NOTHING = (): boolean => false;

describe('commands that are not loaded', () => {
  it('stand in the help of the program as loaded ones do', async () => {
    const [outlines, whole] = await Promise.all([programWith(NOTHING), programWith(() => true)]);
    expect(outlines.commands.length).toBeGreaterThanOrEqual(13);
    expect(outlines.helpInformation()).toBe(whole.helpInformation());
  });

  it('stand in groups of a few, in 80 columns', async () => {
    const help = (await programWith(NOTHING)).helpInformation();
    const groups = help.split('\n\n').filter((part) => /^[A-Z][\w ]+:\n {2}[a-z]/.test(part));
    const sizes = groups.map((group) => group.match(/^ {2}[a-z]/gm)?.length ?? 0);
    expect(groups.length).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThan(6);
    expect(help).not.toContain('Commands:');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('are all but the one that is asked for', async () => {
    const program = await programWith(wantedCommandPredicate(['health', '--port', '9100']));
    const described = program.commands.filter((one) => one.description() !== '');
    expect(described.map((one) => one.name())).toEqual(['health']);
  });
});

describe('a command line', () => {
  const names = ['scenario', 'viz', 'completion'];
  const loadedBy = (...words: string[]): string[] => names.filter(wantedCommandPredicate(words));

  it.each([
    [['--version'], []],
    [['--help'], []],
    [[], []],
    [['senario'], []],
    [['scenario', 'hello.yaml', '-q'], ['scenario']],
    [['help', 'viz'], ['viz']],
    [['completion', 'bash'], names],
  ])('%j loads %j', (words, loaded) => {
    expect(loadedBy(...words)).toEqual(loaded);
  });
});
