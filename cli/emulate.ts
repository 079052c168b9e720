/**
 * `orrery emulate FILE`: runs a scenario in virtual time paced by the wall clock, with the outside
 * programs of its topology, and prints a verdict like that of `orrery scenario`, with `mode: emulate`.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { LateEventPolicy } from '../engine/live/emulation/pacer.ts';
import type { EmulateSettings } from '../runner/run/emulate-run.ts';
import type { RunRequest } from '../runner/run/run-order.ts';
import { runEmulatedOnThread } from '../runner/threads/wall-clock-thread.ts';
import { outsideHosts } from '../scenarios/open/outside.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { readQuantityAs } from '../topologies/files/quantity.ts';
import { executeScenario, type ScenarioRunner } from './execute.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, refuseWithHelp } from './flags.ts';
import { loadAny } from './load.ts';
import { withReportCopies } from './report-copies.ts';
import { addRunOptions, type RunFlags, refuseInapplicableFlags } from './run-flags.ts';

interface OwnFlags {
  readonly speed: number;
  readonly onLate: LateEventPolicy;
  readonly lateLimit: number;
}

type EmulateFlags = RunFlags & OwnFlags;

const SPEED_MIN = 0.1;
const SPEED_MAX = 100;
const LATE_LIMIT = '10ms';

/** Adds the command `orrery emulate` to the program. */
export function addEmulateCommand(program: Command): void {
  const command = addRunOptions(program.command('emulate'), 'emulate')
    .argument('[file]', 'scenario file, or its name in scenarios/')
    .summary('run a scenario at the pace of the wall clock, with outside programs')
    .description(
      'Runs the virtual network at the pace of the wall clock. Hosts of kind: external ' +
        'are ' +
        'outside programs, attached over UDP on 127.0.0.0/8. See docs/how-to/emulate.md.',
    );
  addFlagOptions<OwnFlags>(command, {
    speed: new Option('--speed <factor>', 'virtual seconds per second; 1 with outside programs')
      .argParser(speed)
      .default(1),
    onLate: new Option(
      '--on-late <what>',
      'if an event is later than the limit: warn, or stop (exit 5)',
    )
      .choices(['warn', 'fail'])
      .default('warn'),
    lateLimit: new Option('--late-limit <time>', 'lateness above which an event counts as late')
      .argParser(lateLimit)
      .default(lateLimit(LATE_LIMIT), LATE_LIMIT),
  });
  command.action(async (file: string | undefined, flags: EmulateFlags) => {
    if (file === undefined) {
      refuseWithHelp(command);
      return;
    }
    refuseInapplicableFlags(command, 'emulate');
    await withReportCopies(file, flags, () => emulate(file, flags));
  });
}

async function emulate(file: string, flags: EmulateFlags): Promise<void> {
  const registry = new ProtocolRegistry();
  const loaded = await loadAny(file, flags.set, registry);
  const { scenario } = loaded;
  const [outside] = outsideHosts(scenario);
  if (outside !== undefined && flags.speed !== 1) {
    const message = `--speed: ${outside.name} is an outside program, whose clock runs at speed 1`;
    throw new FlagError(message, '--speed', 'leave --speed out');
  }
  const { speed: factor, onLate, lateLimit: lateLimitNs } = flags;
  const how = { speed: factor, onLate, lateLimitNs };
  const runner: ScenarioRunner = {
    command: 'emulate',
    registry,
    flags: changedFlags(how),
    run: (order, { folder }) =>
      runEmulatedOnThread({ ...order, reproduce: repeat(order, how) }, { ...how, folder }),
  };
  setExitCode(await executeScenario(loaded, flags, runner));
}

type How = Omit<EmulateSettings, 'folder'>;

/**
 * The flags that only `orrery emulate` has, by name, as far as their values differ from the
 * defaults.
 */
function changedFlags({ speed: factor, onLate, lateLimitNs }: How): Record<string, string> {
  return {
    ...(factor === 1 ? {} : { '--speed': `${factor}` }),
    ...(onLate === 'warn' ? {} : { '--on-late': onLate }),
    ...(lateLimitNs === lateLimit(LATE_LIMIT) ? {} : { '--late-limit': `${lateLimitNs}ns` }),
  };
}

/** The command that repeats the run, with the flags of {@link changedFlags}. */
function repeat({ reproduce }: RunRequest, how: How): string {
  const flags = Object.entries(changedFlags(how)).map((flag) => flag.join(' '));
  if (flags.length === 0) return reproduce;
  const separator = reproduce.startsWith('npx ') || reproduce.includes(' -- ') ? '' : ' --';
  return `${reproduce}${separator} ${flags.join(' ')}`;
}

function speed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= SPEED_MIN && value <= SPEED_MAX) return value;
  const message = `--speed: "${text}" is not between ${SPEED_MIN} and ${SPEED_MAX}`;
  throw new FlagError(message, text, 'write --speed 10 for ten times as fast');
}

function lateLimit(text: string): number {
  const result = readQuantityAs(text, 'time', { min: 0 });
  if ('value' in result) return result.value;
  const { message, hint } = result.mistake;
  throw new FlagError(`--late-limit: ${message}`, text, hint ?? `write --late-limit ${LATE_LIMIT}`);
}
