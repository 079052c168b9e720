/**
 * `orrery sweep FILE`: runs every combination of the file's `sweep:` lists with the same seeds, and
 * prints a table; a heat map and the rows go to the run's folder.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { renderSweepHtml } from '../reports/html/sweep-html.ts';
import { renderJson } from '../reports/json.ts';
import { exitCodeOf, judge } from '../reports/judge.ts';
import {
  brokenRow,
  renderSweepMarkdown,
  renderSweepTable,
  type SweepRow,
  sweepRow,
} from '../reports/sweep.ts';
import { commandText, repeatCommand } from '../scenarios/command-text.ts';
import type { Scenario, SweepSpec } from '../scenarios/model.ts';
import { ProtocolRegistry } from '../scenarios/registry.ts';
import { commitOf } from '../scenarios/runner/commit.ts';
import { type RunEnd, runScenario } from '../scenarios/runner/run-scenario.ts';
import { finish, type RunFlags, seedsOf } from './execute.ts';
import { type ExitCode, exitWith, FlagError, worstOf } from './exit.ts';
import { hideUseless, refuseUseless, type UselessFlags } from './flags.ts';
import { onInterrupt } from './interrupt.ts';
import { type Loaded, load } from './load.ts';
import { showProgress } from './progress.ts';
import { runName } from './run-name.ts';
import { RunPlace } from './run-place.ts';
import { addRunOptions } from './scenario.ts';
import { terminalOptions } from './terminal.ts';
import { makeWritable, writeWhole } from './whole-files.ts';

/** Impossible requests are rejected before the sweep runs for an hour. */
const USELESS: UselessFlags = {
  names: new Set(['--trace', '--no-trace', '--pcap', '--explain', '--baseline']),
  reason: 'a sweep keeps the reports of its combinations only',
  hint: (flag) => {
    const one = commandText(['scenario', 'FILE'], ['--set PATH=VALUE', flag]);
    return `run one combination with \`${one}\``;
  },
};

/** Adds the command. */
export function addSweep(program: Command): void {
  const command = addRunOptions(program.command('sweep'))
    .argument('<file>', 'scenario file with a `sweep:` section')
    .summary('run all combinations of parameter lists')
    .description('Runs every combination of the lists under `sweep:` with the same seeds.')
    .action(async (file: string, flags: RunFlags) => {
      refuseUseless(command, USELESS);
      const registry = new ProtocolRegistry();
      const { scenario } = await load(file, flags.set, registry);
      if (scenario.sweep === undefined) {
        throw new FlagError(`${file} has no sweep`, file, 'add `sweep: { path: [values] }`');
      }
      exitWith(await sweep(file, scenario, { flags, registry }));
    });
  hideUseless(command, USELESS);
}

/** Number of combinations whose reports are kept; each takes 0.1 to 0.5 MB. */
const KEPT_MAX = 100;

interface SweepContext {
  readonly flags: RunFlags;
  readonly registry: ProtocolRegistry;
}

async function sweep(file: string, scenario: Scenario, context: SweepContext): Promise<ExitCode> {
  const place = placeOf(scenario, context.flags);
  try {
    return await sweepInto(place, file, { ...context, scenario });
  } finally {
    place.release();
  }
}

function placeOf({ name, overrides, seeds }: Scenario, flags: RunFlags): RunPlace {
  const chosen = seedsOf(seeds, flags);
  const isAsFiled = chosen.join() === seeds.join();
  const inputs = {
    ...({ command: 'sweep', seeds: chosen, overrides } as const),
    flags: isAsFiled ? {} : { seeds: chosen.join() },
  };
  return new RunPlace(join(flags.out, name, runName(inputs)), (text) => {
    process.stderr.write(`orrery: ${text}\n`);
  });
}

async function sweepInto(
  place: RunPlace,
  file: string,
  context: SweepContext & { readonly scenario: Scenario },
): Promise<ExitCode> {
  const { flags, scenario } = context;
  const { folder } = place;
  const interrupt = onInterrupt();
  const rows: SweepRow[] = [];
  const codes: ExitCode[] = [];
  const cells = combinations(scenario.sweep ?? { parameters: [] });
  for (const [index, parameters] of cells.entries()) {
    if (interrupt.signal.aborted) break;
    const cell = await load(file, { ...flags.set, ...parameters }, context.registry);
    const name = `${scenario.name} ${index + 1}/${cells.length}`;
    const kept = index < KEPT_MAX ? { folder, name: `${index + 1}` } : undefined;
    const { row, code } = await runCell(cell, { ...context, parameters, name, interrupt, kept });
    if (row !== undefined) rows.push(row);
    codes.push(code);
  }
  if (interrupt.signal.aborted) codes.push(130);
  interrupt.dispose();
  const interruptedOf = interrupt.signal.aborted ? cells.length : undefined;
  leave(scenario, rows, { flags, place, interruptedOf });
  return worstOf(codes);
}

interface CellContext extends SweepContext {
  readonly parameters: Readonly<Record<string, string>>;
  readonly name: string;
  readonly interrupt: { readonly signal: AbortSignal };
  /** The folder of its report, relative to the folder of the sweep. */
  readonly kept: { readonly folder: string; readonly name: string } | undefined;
}

async function runCell(
  cell: Loaded,
  context: CellContext,
): Promise<{ readonly row: SweepRow | undefined; readonly code: ExitCode }> {
  const { flags, parameters, name, interrupt, kept } = context;
  const progress = showProgress(name, flags);
  const reproduce = repeatCommand('scenario', cell.scenario.file, {
    ...flags,
    set: { ...flags.set, ...parameters },
  });
  const end = await runScenario({
    ...cell,
    seeds: seedsOf(cell.scenario.seeds, flags),
    recordingsOf: () => ({}),
    reproduce,
    commit: commitOf(),
    signal: interrupt.signal,
    onProgress: progress.update,
    onNotice: (text) => process.stderr.write(`orrery: ${text}\n`),
  });
  progress.clear();
  if (end.kind !== 'judged') {
    const repeat = (seed: number): string =>
      repeatCommand('scenario', cell.scenario.file, {
        ...flags,
        seed,
        seeds: undefined,
        set: { ...flags.set, ...parameters },
      });
    const code = await finish(end, { flags, folder: '', baseline: undefined, repeat });
    // A combination that broke gets a row, or the other rows would look like the whole sweep.
    const broke = { broke: endText(end), reproduce };
    return { row: code === 130 ? undefined : brokenRow(parameters, broke), code };
  }
  const report = judge(end.input);
  if (kept !== undefined) {
    const own = join(kept.folder, kept.name);
    makeWritable(own);
    writeWhole(own, [['report.json', renderJson(report)]]);
  }
  return { row: sweepRow(parameters, report, kept?.name), code: exitCodeOf(report) };
}

/** Why a combination has no result. */
function endText(end: Exclude<RunEnd, { readonly kind: 'judged' }>): string {
  const crash = end.kind === 'broken' ? end.crash : undefined;
  if (crash === undefined) return end.message;
  return `${crash.node ?? crash.protocol}: ${crash.error}`;
}

function leave(
  scenario: Scenario,
  rows: readonly SweepRow[],
  how: {
    readonly flags: RunFlags;
    readonly place: RunPlace;
    readonly interruptedOf: number | undefined;
  },
): void {
  const { flags, place, interruptedOf } = how;
  const { folder } = place;
  const result = {
    name: scenario.name,
    question: scenario.question,
    seeds: seedsOf(scenario.seeds, flags),
    rows,
    reproduce: repeatCommand('sweep', scenario.file, flags),
    ...(interruptedOf === undefined ? {} : { interruptedOf }),
  };
  const json = `${JSON.stringify(result, null, 2)}\n`;
  const text = flags.json === true ? json : renderSweepTable(result, terminalOptions(undefined));
  // First of all, so that the rows are not lost if the disk is full.
  process.stdout.write(text);
  writeWhole(folder, [
    ['sweep.json', json],
    ['sweep.md', renderSweepMarkdown(result)],
    ['sweep.html', renderSweepHtml(result)],
  ]);
  forgetRepeated(place, json);
  if (flags.json === true) return;
  process.stdout.write(`\n  ${folder}/  sweep.html · sweep.json · sweep.md\n`);
  if (place.former !== undefined) process.stdout.write(`  before it  ${place.former}\n`);
}

/** If two consecutive sweeps have the same results, only the second is kept. */
function forgetRepeated(place: RunPlace, json: string): void {
  const path = join(place.former ?? '', 'sweep.json');
  if (place.former === undefined || !existsSync(path)) return;
  if (readFileSync(path, 'utf8') === json) place.dropFormer();
}

/** Every combination, the last parameter moving fastest. */
function combinations(spec: SweepSpec): readonly Readonly<Record<string, string>>[] {
  let cells: Readonly<Record<string, string>>[] = [{}];
  for (const { path, values } of spec.parameters) {
    cells = cells.flatMap((cell) => values.map((value) => ({ ...cell, [path]: value })));
  }
  return cells;
}
