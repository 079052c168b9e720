/**
 * The flags of all commands that run something, and which of these commands takes which.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { commandText } from '../scenarios/command-text.ts';
import type { AbortFlags } from './abort-on.ts';
import { FlagError } from './exit.ts';
import {
  addOptionAs,
  collectOverride,
  EXPLAINED_PACKETS_RANGE,
  numberOption,
  PORT_RANGE,
  SEED_COUNT_RANGE,
  SEED_RANGE,
  THREADS_RANGE,
} from './flags.ts';
import type { CopyFlags } from './report-copies.ts';

/** The values of the flags that all commands which run something have in common. */
export interface RunFlags extends CopyFlags, AbortFlags {
  readonly seed?: number;
  readonly seeds?: number;
  readonly set?: Readonly<Record<string, string>>;
  readonly out: string;
  readonly trace?: 'windows' | 'full' | false;
  readonly pcap?: boolean;
  readonly explain?: number;
  readonly baseline?: string;
  readonly baselineReportOnly?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly debug?: boolean;
  /** `true` if no port was named. */
  readonly viz?: number | true;
  readonly operatorPort?: number;
  readonly checkDeterminism?: boolean;
}

/** A command with flags of runs; `fleet` stands for any command with `--queue`, whose runs are made by a fleet. */
export type CommandTakingFlags = 'scenario' | 'live' | 'emulate' | 'sweep' | 'fleet';

const ALL: readonly CommandTakingFlags[] = ['scenario', 'live', 'emulate', 'sweep', 'fleet'];
const FOLLOWING: readonly CommandTakingFlags[] = ['scenario', 'emulate'];
/** Commands whose nodes run at the pace of the wall clock. */
const PRESENT: readonly CommandTakingFlags[] = ['live', 'emulate'];
/** Commands that run one scenario on this machine. */
const SINGLE: readonly CommandTakingFlags[] = ['scenario', 'live', 'emulate'];
const COMPARING: readonly CommandTakingFlags[] = [...SINGLE, 'fleet'];

type MakeOption = () => Option;

/** For each flag, the commands that take it, and its options. */
const RUN_OPTIONS: {
  readonly [Flag in keyof RunFlags]-?: readonly [
    readonly CommandTakingFlags[],
    MakeOption,
    ...MakeOption[],
  ];
} = {
  seed: [ALL, () => numberOption('--seed <n>', 'run only this seed', SEED_RANGE)],
  seeds: [
    ALL,
    () =>
      numberOption(
        '--seeds <n>',
        'run n seeds: the first n of the file, or 1 to n',
        SEED_COUNT_RANGE,
      ),
  ],
  set: [
    ALL,
    () =>
      new Option('--set <path=value>', 'override a value of the file; repeatable')
        .argParser(collectOverride)
        .default({}, 'none'),
  ],
  out: [ALL, () => new Option('--out <dir>', 'folder for the files of the run').default('runs')],
  trace: [
    SINGLE,
    () =>
      new Option('--trace [extent]', 'record trace.orr: around faults, or everything')
        .choices(['windows', 'full'])
        .preset('windows'),
    () => new Option('--no-trace', 'record no trace'),
  ],
  pcap: [FOLLOWING, () => new Option('--pcap', 'write trace.pcapng')],
  explain: [
    FOLLOWING,
    () =>
      numberOption(
        '--explain <n>',
        'print the journey of the first n packets',
        EXPLAINED_PACKETS_RANGE,
      ),
  ],
  baseline: [
    COMPARING,
    () =>
      new Option(
        '--baseline <report.json>',
        'compare with an earlier report, paired by seed; fail if significantly worse',
      ),
  ],
  baselineReportOnly: [
    COMPARING,
    () => new Option('--baseline-report-only', 'compare with the baseline without failing'),
  ],
  threads: [
    ALL,
    () => numberOption('--threads <n>', 'maximum number of worker threads', THREADS_RANGE),
  ],
  json: [ALL, () => new Option('--json', 'print the report as JSON on stdout and nothing else')],
  quiet: [ALL, () => new Option('-q, --quiet', 'print the first line only')],
  color: [
    ALL,
    () => new Option('--color', 'always use colour'),
    () => new Option('--no-color', 'never use colour'),
  ],
  debug: [ALL, () => new Option('--debug', 'print stack traces of internal errors')],
  viz: [
    SINGLE,
    () =>
      numberOption(
        '--viz [port]',
        'watch the run in the browser, and serve it until Ctrl-C; 0 picks a free port',
        PORT_RANGE,
      ),
  ],
  operatorPort: [
    PRESENT,
    () =>
      numberOption(
        '--operator-port <n>',
        'port on 127.0.0.1 where an operator can ask the nodes; 0 picks a free one',
        PORT_RANGE,
      ),
  ],
  junit: [
    ALL,
    () =>
      new Option(
        '--junit <file>',
        'write the JUnit file there too, also of a run that fails early',
      ),
  ],
  report: [ALL, () => new Option('--report <dir>', 'write all reports to this folder too')],
  abortOn: [
    SINGLE,
    () =>
      new Option(
        '--abort-on <what>',
        'stop at the first limit that cannot be met any more (a count above its maximum)',
      ).choices(['fail']),
  ],
  checkDeterminism: [
    ['scenario'],
    () =>
      new Option('--check-determinism', 'run twice; stop at the first event that differs (exit 4)'),
  ],
};

interface Refusal {
  /** Text after the name of the flag in the message. */
  readonly reason: string;
  readonly hint: (flag: string) => string;
}

/** Why a command does not take certain flags: these are rejected before anything runs. */
const REFUSALS: Readonly<Record<CommandTakingFlags, Refusal>> = {
  scenario: {
    reason: 'in virtual time a question is an event of the file',
    hint: () => 'add `{ at: 5s, ask: { node: NODE, kind: status } }` to its events',
  },
  // Packets of a live run cannot be followed over their hops, because the kernel does not preserve
  // the identity of a datagram.
  live: {
    reason: 'a live run does not follow single packets, and never goes the same way twice',
    hint: () => `${commandText(['scenario'])} runs the same file in virtual time`,
  },
  emulate: {
    reason: 'a run with a clock never goes the same way twice',
    hint: () => `${commandText(['scenario'])} runs the same file in virtual time`,
  },
  sweep: {
    reason: 'a sweep keeps the reports of its combinations only',
    hint: (flag) => {
      const one = commandText(['scenario', 'FILE'], ['--set PATH=VALUE', flag]);
      return `run one combination with \`${one}\``;
    },
  },
  fleet: {
    reason: 'a fleet sends results, no recordings',
    hint: () => 'leave it out, or leave --queue out',
  },
};

/** Adds the flags of runs to a command; those that the command does not take are hidden from its help. */
export function addRunOptions(command: Command, taker: CommandTakingFlags): Command {
  for (const [flag, [takers, ...options]] of Object.entries(RUN_OPTIONS)) {
    for (const make of options)
      addOptionAs(command, flag, make().hideHelp(!takers.includes(taker)));
  }
  return command;
}

/**
 * Refuses flags that the command does not take.
 * @throws FlagError that names the first such flag on the command line.
 */
export function refuseInapplicableFlags(command: Command, taker: CommandTakingFlags): void {
  const { reason, hint } = REFUSALS[taker];
  for (const [flag, [takers, make]] of Object.entries(RUN_OPTIONS)) {
    const isGiven = command.getOptionValueSource(flag) === 'cli';
    // A negation such as --no-trace requests nothing, so it is accepted.
    if (takers.includes(taker) || !isGiven || command.getOptionValue(flag) === false) continue;
    const { long = '' } = make();
    throw new FlagError(`${long}: ${reason}`, long, hint(long));
  }
}
