/**
 * Numbers in flags have limits: a number that is too large is rejected with an explanation, not by
 * whatever it breaks.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { addCommands } from '../../../cli/commands.ts';
import { FlagError } from '../../../cli/exit.ts';
import { SEED_COUNT_RANGE, wholeNumberParser } from '../../../cli/flags.ts';
import { makeProgram } from '../../../cli/program.ts';
import { ROOT } from '../../architecture/files.ts';

const program = makeProgram();
beforeAll(() => addCommands(program, () => true));

/** The error for a value of a flag; undefined if the value is accepted. */
function said(parse: (text: string) => unknown, text: string): FlagError | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof FlagError) return error;
    throw error;
  }
}

interface Numeric {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** The options of all commands that take a number. */
function numeric(): readonly Numeric[] {
  const isNumber = ({ flags }: Option): boolean => /[<[](n|factor|ms|port|time)[\]>]/.test(flags);
  return program.commands.flatMap((command: Command) =>
    command.options.filter(isNumber).map((option) => ({
      name: `${command.name()} ${option.long}`,
      parse: (text: string): unknown => option.parseArg?.(text, option.defaultValue as never),
    })),
  );
}

it('`--seed 7 --seeds 3` ran one seed without a word', async () => {
  const words = ['node', 'orrery', 'scenario', 'hello.yaml', '--seed', '7', '--seeds', '3'];
  const error = await program.parseAsync(words).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(FlagError);
  expect(error).toMatchObject({ message: '--seed and --seeds ask for different seeds' });
});

describe('numbers of flags', () => {
  it('`--seeds 100000000` ended in a stack of V8: each has an upper end', () => {
    const open = numeric().filter(({ parse }) => said(parse, '1e300') === undefined);
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('are those of all commands', () => {
    const names = numeric().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'scenario --seed',
        'scenario --seeds',
        'scenario --threads',
        'scenario --explain',
        'scenario --speed',
        'scenario --viz',
        'sweep --seeds',
        'live --loops',
        'emulate --speed',
        'verify --seeds',
        'viz --port',
        'health --timeout',
        'health --port',
        'node --operator-port',
      ]),
    );
  });

  it('both ends are in, what lies beyond is refused with the range', () => {
    const parse = wholeNumberParser('--seeds', SEED_COUNT_RANGE);
    expect([parse('1'), parse('10000')]).toEqual([1, 10_000]);
    for (const text of ['0', '10001', '100000000', '-1', '1e99']) {
      expect(said(parse, text)).toMatchObject({
        message: `--seeds: ${text} is out of range, from 1 to 10,000 is allowed`,
        found: text,
        hint: 'write a whole number from 1 to 10,000',
      });
    }
    for (const text of ['1.5', 'many', '', '1o']) {
      expect(said(parse, text)?.message).toBe(
        `--seeds: "${text}" is not a whole number from 1 to 10,000`,
      );
    }
    expect(said(parse, '1o')?.hint).toBe('did you mean 10?');
  });
});

describe('a flag of a command', () => {
  const sources = ['cli', 'scenarios'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ name, text: readFileSync(join(ROOT, folder, name), 'utf8') })),
  );
  const FLAGS = /^(?:export )?interface (?:\w*Flags|Repeat)\b.*?^}/gms;
  const imports = (text: string, name: string): boolean => text.includes(`/${name}';`);
  // An option has the name of its flag, and does not read it.
  const isRead = (flag: string, text: string): boolean =>
    new RegExp(`\\.${flag}\\b|[{,]\\s*${flag}\\s*(?:[,}=]|: [a-z])`).test(
      text
        .replace(/\/\*.*?\*\/|^ *\/\/.*?$/gms, '')
        .replace(FLAGS, '')
        .replace(/^ +\w+: (?:new Option|\w+Option\(|\[)/gm, ''),
    );
  const onCommandLine = (flag: string): string =>
    `argv.includes('--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}')`;

  it('is read where its interface is, or one import from there', () => {
    const flags = sources.flatMap(({ name, text }) => {
      const near = sources.filter(
        (one) => one.name === name || imports(one.text, name) || imports(text, one.name),
      );
      return [...text.matchAll(FLAGS)]
        .flatMap(([body]) => [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)])
        .map(([, flag = '']) => ({
          where: `${flag} of ${name}`,
          isRead:
            near.some((one) => isRead(flag, one.text)) ||
            near.some((one) => one.text.includes(onCommandLine(flag))),
        }));
    });
    expect(flags.length).toBeGreaterThan(60);
    const idle = flags.filter((one) => !one.isRead).map(({ where }) => where);
    expect(idle, 'flags that nobody reads').toEqual([]);
  });
});
