/**
 * The commands of the program: the line of each in the general help, and the module that runs it.
 * Only the module of the given command is loaded, because the engine takes twenty times as long to
 * load as Node itself.
 *
 * @module
 */
import type { Command } from 'commander';

type AddCommand = (program: Command) => void;

/** A command: its lines in the general help, and how to load its module. */
interface Entry {
  readonly name: string;
  /** The arguments after the name, as help shows them. */
  readonly words: string;
  readonly summary: string;
  readonly load: () => Promise<AddCommand>;
}

/** All commands, grouped by their purpose. */
const GROUPS: Readonly<Record<string, readonly Entry[]>> = {
  'Run a scenario:': [
    {
      name: 'scenario',
      words: '[options] [file]',
      summary: 'run a scenario in virtual time',
      load: async () => (await import('./scenario.ts')).addScenarioCommand,
    },
    {
      name: 'live',
      words: '[options] [file]',
      summary: 'run a scenario on real sockets, in real time',
      load: async () => (await import('./live.ts')).addLiveCommand,
    },
    {
      name: 'emulate',
      words: '[options] [file]',
      summary: 'run a scenario at the pace of the wall clock, with outside programs',
      load: async () => (await import('./emulate.ts')).addEmulateCommand,
    },
  ],
  'Run it on several machines:': [
    {
      name: 'node',
      words: '[options] [topology] [node]',
      summary: 'run one node, for a coordinator on another machine or alone',
      load: async () => (await import('./node.ts')).addNodeCommand,
    },
    {
      name: 'health',
      words: '[options]',
      summary: 'check running nodes: health, metrics, a probe packet',
      load: async () => (await import('./health.ts')).addHealthCommand,
    },
    {
      name: 'ask',
      words: '[options] <kind> [target]',
      summary: 'ask a node of a running network',
      load: async () => (await import('./ask.ts')).addAskCommand,
    },
    {
      name: 'gateway',
      words: '[options] [what...]',
      summary: 'run a gateway from its own configuration file, or ask one that runs',
      load: async () => (await import('./gateway.ts')).addGatewayCommand,
    },
    {
      name: 'daemon',
      words: '[options]',
      summary: 'answer SCION programs of others as a daemon',
      load: async () => (await import('./daemon.ts')).addDaemonCommand,
    },
  ],
  'Look into a network:': [
    {
      name: 'scion',
      words: '[options] <tool> [what...]',
      summary: 'ping, trace and list paths of a SCION network',
      load: async () => (await import('./scion.ts')).addScionCommand,
    },
  ],
  'Many runs:': [
    {
      name: 'sweep',
      words: '[options] <file>',
      summary: 'run all combinations of parameter lists',
      load: async () => (await import('./sweep.ts')).addSweepCommand,
    },
    {
      name: 'merge',
      words: '[options] <results...>',
      summary: 'join the parts of a sweep',
      load: async () => (await import('./merge.ts')).addMergeCommand,
    },
    {
      name: 'worker',
      words: '[options]',
      summary: 'make runs for the sweeps of a fleet',
      load: async () => (await import('./worker.ts')).addWorkerCommand,
    },
    {
      name: 'fleet',
      words: '[options]',
      summary: 'show the workers of a fleet, and what is left',
      load: async () => (await import('./fleet.ts')).addFleetCommand,
    },
  ],
  'Look for faults:': [
    {
      name: 'hunt',
      words: '[options] [file]',
      summary: 'look for faults that break the protocols of a scenario',
      load: async () => (await import('./hunt.ts')).addHuntCommand,
    },
    {
      name: 'shrink',
      words: '[options] [run]',
      summary: 'make the scenario of a broken run as small as possible',
      load: async () => (await import('./shrink.ts')).addShrinkCommand,
    },
  ],
  'Results:': [
    {
      name: 'compare',
      words: '[options] [a] [b]',
      summary: 'compare two reports, paired by seed',
      load: async () => (await import('./compare.ts')).addCompareCommand,
    },
    {
      name: 'viz',
      words: '[options] [run]',
      summary: 'show runs in the browser',
      load: async () => (await import('./viz.ts')).addVizCommand,
    },
    {
      name: 'dissect',
      words: '[options] <protocol...>',
      summary: 'print a Wireshark dissector of a protocol',
      load: async () => (await import('./dissect.ts')).addDissectCommand,
    },
    {
      name: 'epsilon',
      words: '[options]',
      summary: 'say what noise guarantees: epsilon of a run, noise for an epsilon',
      load: async () => (await import('./epsilon.ts')).addEpsilonCommand,
    },
  ],
  'The testbed itself:': [
    {
      name: 'verify',
      words: '[options]',
      summary: 'check the engine against theory',
      load: async () => (await import('./verify.ts')).addVerifyCommand,
    },
    {
      name: 'calibrate',
      words: '[options]',
      summary: 'measure what each operation costs on this machine',
      load: async () => (await import('./calibrate.ts')).addCalibrateCommand,
    },
  ],
  'Shell:': [
    {
      name: 'completion',
      words: '<shell>',
      summary: 'print a completion script for a shell',
      load: async () => (await import('./completion.ts')).addCompletionCommand,
    },
  ],
};

/** Tells whether the command with this name must be loaded. */
export type IsCommandWanted = (name: string) => boolean;

/**
 * Returns a function that tells which commands must be loaded to run a command line.
 * @param words The words after the program's name.
 */
export function wantedCommandPredicate(words: readonly string[]): IsCommandWanted {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  // `completion` needs all commands, because it lists them.
  if (first === 'completion') return () => true;
  return (name) => name === (first === 'help' ? second : first);
}

/**
 * Adds all commands to the program.
 * Wanted commands are loaded completely; the others have only what the program's
 * help shows.
 */
export async function addCommands(program: Command, isWanted: IsCommandWanted): Promise<void> {
  for (const [group, entries] of Object.entries(GROUPS)) {
    program.commandsGroup(group);
    for (const entry of entries) {
      if (isWanted(entry.name)) (await entry.load())(program);
      else addOutline(program, entry);
    }
  }
  program.helpCommand(true);
}

function addOutline(program: Command, { name, words, summary }: Entry): void {
  const command = program.command(name).summary(summary);
  for (const word of words.split(' ')) {
    if (word === '[options]') command.option('--json');
    else command.argument(word);
  }
}
