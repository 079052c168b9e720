/**
 * `orrery calibrate`: measures what operations cost on this machine, alone and in a live run, and
 * writes the profile that `cpu: calibrated` charges; `--check` compares its prediction with the
 * machine.
 *
 * Result on stdout, progress on stderr.
 *
 * @module
 */

import { basename, dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { quantityText } from '../reports/format.ts';
import { CalibrationStoppedError, calibrate } from '../runner/calibration/calibrate.ts';
import type { KneeRun } from '../runner/calibration/knee.ts';
import { checkKnee } from '../runner/calibration/knee-check.ts';
import { renderKneeCheck, renderProfile } from '../runner/calibration/render.ts';
import { flowWorkload, WORKLOADS, type Workload } from '../runner/calibration/workloads.ts';
import { readCommit } from '../runner/run/commit.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { DEFAULT_PROFILE_PATH, readProfile } from '../scenarios/profiles/profile-file.ts';
import { type ExitCode, setExitCode } from './exit.ts';
import { addFlagOptions } from './flags.ts';
import { watchInterrupts } from './interrupt.ts';
import { waitForQuietMachine } from './quiet.ts';
import { canRewriteStderrLine } from './terminal.ts';
import { makeWritableFolder, writeAllOrNone } from './whole-files.ts';

interface CalibrateFlags {
  readonly quick?: boolean;
  readonly check?: boolean;
  readonly out: string;
  readonly workload: keyof typeof WORKLOADS;
  readonly scenario?: string;
  readonly json?: boolean;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Adds the command `orrery calibrate` to the program. */
export function addCalibrateCommand(program: Command): void {
  addFlagOptions<CalibrateFlags>(program.command('calibrate'), {
    quick: new Option('--quick', 'fewer batches and shorter runs, for a first look'),
    check: new Option(
      '--check',
      'check that the profile predicts where live runs saturate (10 minutes; exit 1 if not)',
    ),
    out: new Option('--out <file>', 'profile to write, or to check').default(DEFAULT_PROFILE_PATH),
    workload: new Option('--workload <name>', 'what loads the machine, or is predicted')
      .choices(Object.keys(WORKLOADS))
      .default('failover'),
    scenario: new Option(
      '--scenario <file>',
      'instead: a scenario whose first flow loads the machine',
    ),
    json: new Option('--json', 'print the result as JSON on stdout and nothing else'),
  })
    .summary('measure what each operation costs on this machine')
    .description(
      'Measures operations alone and in live runs of a scenario, and writes a cost ' +
        'profile ' +
        'for cpu: calibrated. Takes two minutes on an otherwise idle machine.',
    )
    .action(async (flags: CalibrateFlags) => {
      const interrupt = watchInterrupts('the present measurement ends first');
      try {
        const run = flags.check === true ? check : measure;
        await waitForQuietMachine();
        setExitCode(await run(flags, interrupt.signal));
      } catch (error) {
        if (!(error instanceof CalibrationStoppedError)) throw error;
        setExitCode(130);
      } finally {
        interrupt.dispose();
      }
    });
}

async function measure(flags: CalibrateFlags, signal: AbortSignal): Promise<ExitCode> {
  const path = resolve(flags.out);
  makeWritableFolder(dirname(path));
  const progress = showSteps(flags);
  const profile = await calibrate({
    workload: workloadOf(flags),
    isQuick: flags.quick === true,
    commit: readCommit(),
    registry: new ProtocolRegistry(),
    signal,
    onStep: progress.update,
  }).finally(progress.clear);
  if (signal.aborted) return 130;
  const text = `${JSON.stringify(profile, null, 1)}\n`;
  writeAllOrNone(dirname(path), [[basename(path), text]]);
  if (flags.json === true) process.stdout.write(text);
  else process.stdout.write(`${renderProfile(profile)}\n  ${flags.out}\n`);
  return 0;
}

async function check(flags: CalibrateFlags, signal: AbortSignal): Promise<ExitCode> {
  const profile = readProfile(nodeFiles, flags.out);
  const progress = showSteps(flags);
  const result = await checkKnee({
    workload: workloadOf(flags),
    profile,
    isQuick: flags.quick === true,
    registry: new ProtocolRegistry(),
    signal,
    onStep: progress.update,
    onRun: (world, run) => progress.update(runText(world, run)),
  }).finally(progress.clear);
  if (signal.aborted) return 130;
  if (flags.json === true) process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  else process.stdout.write(renderKneeCheck(result));
  return result.pass ? 0 : 1;
}

function workloadOf({ workload, scenario }: CalibrateFlags): Workload {
  return scenario === undefined ? WORKLOADS[workload] : flowWorkload(scenario);
}

function runText(world: string, run: KneeRun): string {
  const { ratePerSecond, delivery, latencyP95Ns, waited } = run;
  const busy = waited === undefined ? '' : `, waited ${(waited * 100).toFixed(0)} %`;
  const late = `p95 ${quantityText(latencyP95Ns, 'ns')}${busy}`;
  return `${world} at ${ratePerSecond}/s: ${(delivery * 100).toFixed(2)} % delivered, ${late}`;
}

/** Shows progress: a rewritten line on a terminal, a line per step elsewhere, nothing with `--json`. */
function showSteps({ json }: CalibrateFlags): {
  readonly update: (text: string) => void;
  readonly clear: () => void;
} {
  const nothing = (): void => undefined;
  if (json === true) return { update: nothing, clear: nothing };
  if (!canRewriteStderrLine()) {
    return { update: (text): void => void process.stderr.write(`${text}\n`), clear: nothing };
  }
  return {
    update: (text): void => void process.stderr.write(`${CLEAR_LINE}${text}`),
    clear: (): void => void process.stderr.write(CLEAR_LINE),
  };
}
