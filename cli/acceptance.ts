/**
 * `orrery acceptance`: every shipped scenario with 30 seeds; exits with the worst code.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import type { Command } from 'commander';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { executeScenario } from './execute.ts';
import { type ExitCode, setExitCode, worstExitCode } from './exit.ts';
import { addFlagOptions } from './flags.ts';
import { openFleetRunner } from './fleet-runner.ts';
import { load } from './load.ts';
import { queueOption } from './queue-flag.ts';
import { addRunOptions, type RunFlags, refuseInapplicableFlags } from './run-flags.ts';

const SEEDS = 30;

interface OwnFlags {
  readonly queue?: QueueAddress;
}

type AcceptanceFlags = RunFlags & OwnFlags;

/** Adds the command. */
export function addAcceptanceCommand(program: Command): void {
  const command = addRunOptions(program.command('acceptance'), 'acceptance');
  addFlagOptions<OwnFlags>(command, { queue: queueOption() })
    .summary('run every shipped scenario with 30 seeds')
    .description('Runs every scenario of scenarios/ with 30 seeds (--seeds for another number).')
    .action(async (flags: AcceptanceFlags) => {
      refuseInapplicableFlags(command, 'acceptance');
      if (flags.queue !== undefined) refuseInapplicableFlags(command, 'fleet');
      setExitCode(await runAll(shippedScenarios(), flags));
    });
}

async function runAll(files: readonly string[], flags: AcceptanceFlags): Promise<ExitCode> {
  const fleet = flags.queue === undefined ? undefined : await openFleetRunner(flags.queue);
  const codes: ExitCode[] = [];
  for (const file of files) {
    const loaded = await load(file, flags.set, new ProtocolRegistry());
    const seeds = flags.seeds ?? SEEDS;
    const recorded = fleet === undefined ? {} : { trace: false as const };
    const own = await executeScenario(loaded, { ...flags, seeds, ...recorded }, fleet);
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
  return readdirSync(SHIPPED_FILE_FOLDERS.scenarios)
    .filter((name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name))
    .sort();
}
