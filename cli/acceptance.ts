/**
 * `orrery acceptance`: every shipped scenario with 30 seeds; exits with the worst code.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { PROJECT_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { execute } from './execute.ts';
import { type ExitCode, exitWith, worstExitCode } from './exit.ts';
import { addOptions } from './flags.ts';
import { fleetRunner } from './fleet-runner.ts';
import { load } from './load.ts';
import { queueOption } from './queue-flag.ts';
import { addRunOptions, type RunFlags, refuseUntaken } from './run-flags.ts';

const SEEDS = 30;

interface OwnFlags {
  readonly queue?: QueueAddress;
}

type AcceptanceFlags = RunFlags & OwnFlags;

/** Adds the command. */
export function addAcceptanceCommand(program: Command): void {
  const command = addRunOptions(program.command('acceptance'), 'acceptance');
  addOptions<OwnFlags>(command, { queue: queueOption() })
    .summary('run every shipped scenario with 30 seeds')
    .description('Runs every scenario of scenarios/ with 30 seeds (--seeds for another number).')
    .action(async (flags: AcceptanceFlags) => {
      refuseUntaken(command, 'acceptance');
      if (flags.queue !== undefined) refuseUntaken(command, 'fleet');
      exitWith(await runAll(shippedScenarios(), flags));
    });
}

async function runAll(files: readonly string[], flags: AcceptanceFlags): Promise<ExitCode> {
  const fleet = flags.queue === undefined ? undefined : await fleetRunner(flags.queue);
  const codes: ExitCode[] = [];
  for (const file of files) {
    const loaded = await load(file, flags.set, new ProtocolRegistry());
    const seeds = flags.seeds ?? SEEDS;
    const recorded = fleet === undefined ? {} : { trace: false as const };
    const own = await execute(loaded, { ...flags, seeds, ...recorded }, fleet);
    const code = worstExitCode([own, ...(fleet?.codes() ?? [])]);
    codes.push(code);
    process.stdout.write('\n');
    if (code === 130) break;
  }
  await fleet?.close();
  const failed = codes.filter((code) => code !== 0).length;
  const left = files.length - codes.length;
  const unrun = left === 0 ? '' : `, ${left} not run`;
  process.stdout.write(`${codes.length - failed} passed, ${failed} failed${unrun}\n`);
  return worstExitCode(codes);
}

/**
 * File names of the shipped scenarios, sorted, without those that only `npm run emulate` can run.
 */
function shippedScenarios(): readonly string[] {
  return readdirSync(PROJECT_FOLDERS.scenarios)
    .filter((name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name))
    .sort();
}
