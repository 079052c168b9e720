/**
 * `orrery verify`: checks the engine against closed-form theory, and prints theory beside measurement.
 *
 * Result on stdout, progress on stderr. Exits with 1 if a check is red.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { isOfPrivacy, type VerificationCheck } from '../runner/verify/base/model.ts';
import { findMutation, MUTATIONS, type Mutation } from '../runner/verify/mutations.ts';
import {
  isGreen,
  renderSuiteJson,
  renderSuiteMarkdown,
  renderTable,
  type SuiteReport,
} from '../runner/verify/render.ts';
import { CHECKS, runSuite } from '../runner/verify/suite.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, numberOption, SEED_COUNT_RANGE, SEED_RANGE } from './flags.ts';
import { canRewriteStderrLine, terminalOptions } from './terminal.ts';

/** The default of `--seed`. */
const SEED = 1;
const CLEAR_LINE = '\r\u001b[2K';
const PLAIN_FIRST_MS = 1_000;
const PLAIN_INTERVAL_MS = 10_000;

interface VerifyFlags {
  readonly seed?: number;
  readonly seeds?: number;
  readonly only?: readonly VerificationCheck[];
  readonly mutation?: Mutation;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly color?: boolean;
}

/** Adds the command `orrery verify` to the program. */
export function addVerifyCommand(program: Command): void {
  addFlagOptions<VerifyFlags>(program.command('verify'), {
    only: new Option(
      '--only <numbers>',
      'run only these checks: 3,5,8b or engine or privacy',
    ).argParser(checksOf),
    seed: numberOption('--seed <n>', 'run only this seed', SEED_RANGE),
    seeds: numberOption('--seeds <n>', 'judge the mean over seeds 1 to n', SEED_COUNT_RANGE),
    mutation: new Option(
      '--mutation <name>',
      'run on a deliberately wrong engine, which must fail',
    ).argParser(mutationFlag),
    json: new Option('--json', 'print the verdicts as JSON on stdout and nothing else'),
    markdown: new Option('--markdown', 'print the tables of docs/VERIFICATION.md'),
    color: [
      new Option('--color', 'always use colour'),
      new Option('--no-color', 'never use colour'),
    ],
  })
    .summary('check the engine against theory')
    .description(
      'Runs the real engine on cases with a known answer and prints theory, measured ' +
        'value, ' +
        'interval and verdict. An interval is four standard errors of one run. See ' +
        'docs/VERIFICATION.md.',
    )
    .action((flags: VerifyFlags) => {
      const report = run(flags);
      process.stdout.write(textOf(report, flags));
      setExitCode(isGreen(report) ? 0 : 1);
    });
}

function run(flags: VerifyFlags): SuiteReport {
  const { mutation, seeds: count } = flags;
  const seeds =
    count === undefined
      ? [flags.seed ?? SEED]
      : Array.from({ length: count }, (_, index) => index + 1);
  const progress = showProgress(flags);
  const began = performance.now();
  const verdicts = runSuite({
    checks: flags.only ?? CHECKS,
    seeds,
    ...(mutation === undefined ? {} : { defects: mutation.defects }),
    onCheck: progress.update,
  });
  progress.clear();
  return {
    verdicts,
    seeds,
    ...(mutation === undefined ? {} : { mutation }),
    wallSeconds: (performance.now() - began) / 1000,
  };
}

function textOf(report: SuiteReport, flags: VerifyFlags): string {
  if (flags.json === true) return renderSuiteJson(report);
  if (flags.markdown === true) return renderSuiteMarkdown(report);
  // Commander always sets `color`, because `--no-color` exists, so the command line itself is
  // searched for the flag.
  const isGiven = process.argv.includes('--color') || process.argv.includes('--no-color');
  const flag = flags.color === true ? 'on' : 'off';
  return renderTable(report, terminalOptions(isGiven ? flag : undefined));
}

/** The checks that a text such as `3,5,8b`, `engine` or `privacy` names, in the order of the suite. */
function checksOf(text: string): readonly VerificationCheck[] {
  if (text === 'engine') return CHECKS.filter((check) => !isOfPrivacy(check));
  if (text === 'privacy') return CHECKS.filter(isOfPrivacy);
  const wanted = text.split(',').map((part) => part.trim());
  const unknown = wanted.find((id) => !CHECKS.some((check) => check.id === id));
  if (unknown !== undefined) {
    const known = CHECKS.map(({ id }) => id).join(', ');
    throw new FlagError(
      `--only: there is no check "${unknown}"`,
      text,
      `checks are ${known}, engine, privacy`,
    );
  }
  return CHECKS.filter(({ id }) => wanted.includes(id));
}

function mutationFlag(text: string): Mutation {
  const found = findMutation(text);
  if (found !== undefined) return found;
  const names = MUTATIONS.map(({ name }) => name).join(', ');
  throw new FlagError(`--mutation: there is no "${text}"`, text, `wrong engines are ${names}`);
}

interface Progress {
  readonly update: (check: VerificationCheck, done: number, total: number) => void;
  readonly clear: () => void;
}

/**
 * Shows progress: on a terminal one line that is rewritten for each check, elsewhere a plain line
 * at intervals.
 */
function showProgress(flags: VerifyFlags): Progress {
  const nothing = (): void => undefined;
  if (flags.json === true) return { update: nothing, clear: nothing };
  const lineOf = (check: VerificationCheck, done: number, total: number): string =>
    `verify  ${done + 1} of ${total}  check ${check.id}  ${check.name}`;
  if (canRewriteStderrLine()) {
    return {
      update: (...state): void => {
        process.stderr.write(`${CLEAR_LINE}${lineOf(...state)}`);
      },
      clear: (): void => {
        process.stderr.write(CLEAR_LINE);
      },
    };
  }
  const began = performance.now();
  let next = PLAIN_FIRST_MS;
  return {
    update: (...state): void => {
      const elapsed = performance.now() - began;
      if (elapsed < next) return;
      next = elapsed + PLAIN_INTERVAL_MS;
      process.stderr.write(`${lineOf(...state)}\n`);
    },
    clear: nothing,
  };
}
