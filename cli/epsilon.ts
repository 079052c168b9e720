/**
 * `orrery epsilon`: the epsilon of differential privacy that a number of noisy steps guarantees, as two
 * accountants compute it, and the noise that a wanted epsilon needs (docs/PRIVACY.md, "Where the noise
 * stands, and what is counted").
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { readNumber } from '../engine/pure/read-number.ts';
import { commandText } from '../scenarios/command-text.ts';
import { epsilonAccount, renderEpsilonAccount } from '../scenarios/epsilon-account.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, type FlagRange, numberOption, refuseWithHelp } from './flags.ts';

/** The flags; if `noise` is absent, `target` is given. */
interface EpsilonFlags {
  readonly noise?: number;
  readonly rate?: number;
  readonly steps?: number;
  readonly delta?: number;
  readonly target?: number;
  readonly json?: boolean;
}

const STEPS_RANGE: FlagRange = { least: 1, most: 1_000_000_000 };
const NOISE_MAX = 100_000;
const EPSILON_MAX = 1_000;
const EXAMPLE = ['--noise', '1.1', '--rate', '0.01', '--steps', '1000', '--delta', '1e-5'];

/** Adds the command `orrery epsilon` to the program. */
export function addEpsilonCommand(program: Command): void {
  const command = addFlagOptions<EpsilonFlags>(program.command('epsilon'), {
    noise: new Option('--noise <n>', 'standard deviation over the clipping norm').argParser(
      above0('--noise', NOISE_MAX),
    ),
    rate: new Option('--rate <n>', 'probability with which a client joins a step').argParser(
      above0('--rate', 1),
    ),
    steps: numberOption('--steps <n>', 'rounds, the empty ones too', STEPS_RANGE),
    delta: new Option('--delta <n>', 'probability with which epsilon may fail').argParser(
      below1('--delta'),
    ),
    target: new Option('--target <n>', 'also say the noise for this epsilon').argParser(
      above0('--target', EPSILON_MAX),
    ),
    json: new Option('--json', 'print the result as JSON on stdout and nothing else'),
  })
    .summary('say what noise guarantees: epsilon of a run, noise for an epsilon')
    .description(
      'Accounts for steps of Gaussian noise behind Poisson sampling, where neighbours differ by ' +
        'one client added or removed: by Renyi orders, as runs do, and by privacy loss ' +
        'distributions, which give the smaller epsilon. Takes seconds. See docs/PRIVACY.md.',
    )
    .addHelpText('after', `\nExample:\n  ${commandText(['epsilon'], EXAMPLE)}`);
  command.action((flags: EpsilonFlags) => {
    const { noise, target } = flags;
    if (Object.keys(flags).every((name) => name === 'json')) {
      refuseWithHelp(command);
      return;
    }
    const rate = given('--rate', flags.rate);
    const steps = given('--steps', flags.steps);
    const delta = given('--delta', flags.delta);
    if (target === undefined) given('--noise', noise);
    const result = epsilonAccount({ ...flags, rate, steps, delta });
    const text =
      flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderEpsilonAccount(result);
    process.stdout.write(text);
    setExitCode(0);
  });
}

/** Returns the value of a flag that is required. @throws FlagError if the flag is missing. */
function given(flag: string, value: number | undefined): number {
  if (value !== undefined) return value;
  const example = EXAMPLE[EXAMPLE.indexOf(flag) + 1] ?? '';
  throw new FlagError(`${flag} is missing`, 'epsilon', `write for example ${flag} ${example}`);
}

function above0(flag: string, most: number): (text: string) => number {
  const range = `above 0, up to ${most.toLocaleString('en-US')}`;
  return numberThat(flag, range, (value) => value > 0 && value <= most);
}

function below1(flag: string): (text: string) => number {
  return numberThat(flag, 'above 0 and below 1', (value) => value > 0 && value < 1);
}

function numberThat(
  flag: string,
  range: string,
  isAllowed: (value: number) => boolean,
): (text: string) => number {
  return (text) => {
    const value = readNumber(text.trim());
    if (value === undefined) {
      throw new FlagError(`${flag}: "${text}" is not a number`, text, `write a number ${range}`);
    }
    if (isAllowed(value)) return value;
    const message = `${flag}: ${text.trim()} is out of range, it must be ${range}`;
    throw new FlagError(message, text, `write a number ${range}`);
  };
}
