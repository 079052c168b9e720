/**
 * Finds flags that npm took for itself. Without `--`, `npm run scenario failover.yaml --seeds 3` runs the command
 * with the words `failover.yaml 3`, and only an environment variable shows that the flag was given
 * (docs.npmjs.com/cli/commands/npm-run-script, "config" of `npm_config_` variables).
 *
 * @module
 */
import type { Command, Option } from 'commander';
import { commandText } from '../scenarios/command-text.ts';
import { FlagError } from './exit.ts';

/**
 * Flags that npm has as well: their variables may come from npm's own configuration, so they prove
 * nothing.
 */
const OF_NPM = new Set(['--color', '--no-color', '--cpu']);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Refuses flags that npm has taken for itself because `--` was missing before them.
 * @param args Words after the program's name.
 * @throws FlagError that shows the command with `--`.
 */
export function refuseFlagsSwallowedByNpm(
  program: Command,
  args: readonly string[],
  env: Environment,
): void {
  const [name = '', ...words] = args;
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined || env['npm_lifecycle_event'] !== name) return;
  const found = command.options.flatMap((option) => swallowed(option, env));
  const [first] = found;
  if (first === undefined) return;
  const [file, values] = [words.slice(0, 1), words.slice(1)];
  const open = found.filter(({ isOpen }) => isOpen);
  const isKnown = open.length === values.length && new Set(open.map(({ long }) => long)).size <= 1;
  const flags = found.map(({ long, value, example, isOpen }) => {
    if (value !== undefined) return `${long} ${value}`;
    if (!isOpen) return long;
    return `${long} ${(isKnown ? values.shift() : undefined) ?? example}`;
  });
  const hint = `flags go behind --: ${commandText([name, ...file], flags)}`;
  throw new FlagError(`npm took ${first.long} for itself`, name, hint);
}

interface Swallowed {
  readonly long: string;
  readonly value?: string;
  /** True if npm swallowed only the flag, and left its value among the words of the command. */
  readonly isOpen: boolean;
  /** Word that stands for the value in the message, such as `N`. */
  readonly example: string;
}

function swallowed(option: Option, env: Environment): readonly Swallowed[] {
  const { long = '', flags, negate, required } = option;
  const text = env[`npm_config_${long.replace(/^--(no-)?/, '').replaceAll('-', '_')}`];
  // For `--no-trace`, npm sets the variable of `trace` to an empty text.
  if (OF_NPM.has(long) || text === undefined || (text === '') !== negate) return [];
  const example = /<(.*)>/.exec(flags)?.[1]?.toUpperCase() ?? '';
  return text
    .split('\n\n')
    .map((one) =>
      one === '' || one === 'true'
        ? { long, isOpen: required, example }
        : { long, value: one, isOpen: false, example },
    );
}
