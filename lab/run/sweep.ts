/**
 * A sweep over one path, as the command line makes it.
 *
 * @module
 */
import { judgeRun } from '../../reports/judge.ts';
import { brokenRow, type SweepRow, sweepRow } from '../../reports/sweep.ts';
import { sweepAxis } from '../../reports/sweep-axis.ts';
import type { SeedAnswer } from '../../runner/run/job.ts';
import { judgeInput } from '../../runner/run/judge-input.ts';
import { refuseTwinsAndNetworks } from '../../runner/run/planned-runs.ts';
import { runSweep, type SweepCombination } from '../../runner/sweep/run-sweep.ts';
import type { OpenedScenario } from '../../scenarios/open/open-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { readQuantity } from '../../topologies/files/units.ts';
import { labCommand } from './lab-command.ts';
import { refuseTooLarge, taskOpener, valuesOf } from './lab-engine.ts';
import type { LabSwept } from './lab-task.ts';
import type { LabAnswer } from './messages.ts';
import type { SearchParts } from './search-parts.ts';

/** Most runs of a sweep. */
const RUNS_MAX = 1_024;
/** Runs that wait for a worker, so that none is idle. */
const ROOM = 32;

/** Makes a sweep. @throws ConfigError or Refusal if one of its values cannot be run. */
export async function sweep(parts: SearchParts<'sweep'>): Promise<LabSwept> {
  const { context, task, ask, tell } = parts;
  const { path, values } = parts.search;
  const own = valuesOf(task.set);
  const set = { ...own, sweep: `{ ${path}: [${values}] }` };
  const open = (more: Readonly<Record<string, string>>): Promise<OpenedScenario> =>
    taskOpener(context, task, 0).open(task.scenario, { ...set, ...more });
  const { scenario } = await open({});
  refuseTwinsAndNetworks(scenario, 'a sweep');
  const seeds = task.seeds ?? scenario.seeds;
  const cells = (scenario.sweep?.cells ?? []).map((parameters, index) => ({ index, parameters }));
  const command = labCommand({ command: 'sweep', ...task }, scenario, set);
  refuseTooMany(cells.length, seeds.length, command);
  // All combinations are opened before the first run, so that a mistake shows at once; none is kept.
  for (const { parameters } of cells) {
    refuseTooLarge((await open(parameters)).scenario);
    tell({ done: 0, of: cells.length * seeds.length });
  }
  const rows = new Map<number, SweepRow>();
  const reproduceOf = ({ scenario: one, parameters }: SweepCombination): string =>
    labCommand({ command: 'scenario', ...task }, one, { ...own, ...parameters });
  await runSweep({
    ...{ cells, seeds, signal: new AbortController().signal },
    open: async (cell): Promise<SweepCombination> => ({
      ...(await open(cell.parameters)),
      ...cell,
      isKept: false,
    }),
    executor: {
      room: ROOM,
      run: async ({ scenario: { overrides } }, seed) => {
        const planned = { seed, isTwin: false, overrides };
        return seedAnswer(await ask({ kind: 'run', task, planned, recordBytesMax: 0 }));
      },
    },
    judge: (cell, results) => {
      const wallMs = results.reduce((sum, result) => sum + result.wallMs, 0);
      return judgeRun(
        judgeInput({ ...cell, ...context, reproduce: reproduceOf(cell) }, results, wallMs),
      );
    },
    onCell: (cell, end) => {
      const { index, parameters } = cell;
      if (end.kind === 'judged') rows.set(index, sweepRow(parameters, end.report, undefined));
      if (end.kind !== 'failed') return;
      const broke = end.failure.message;
      rows.set(index, brokenRow(parameters, { broke, reproduce: reproduceOf(cell) }));
    },
    onProgress: ({ runsDone, runs }) => tell({ done: runsDone, of: runs }),
  });
  const { name, question } = scenario;
  const inOrder = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
  const result = { name, question, seeds, rows: inOrder, reproduce: command };
  const texts = inOrder.map(({ parameters }) => parameters[path] ?? '');
  return { kind: 'swept', sweep: result, path, places: placesOf(texts) };
}

/** @throws Refusal if a sweep has more runs than a tab makes. */
function refuseTooMany(values: number, seeds: number, command: string): void {
  const runs = values * seeds;
  if (runs <= RUNS_MAX) return;
  const asked = `${values} values with ${seeds} seeds are ${runs} runs`;
  throw new Refusal(`${asked}, and a tab makes at most ${RUNS_MAX}: ${command}`);
}

function seedAnswer(answer: LabAnswer): SeedAnswer {
  switch (answer.kind) {
    case 'ran':
      return { kind: 'result', result: answer.done.result };
    case 'problems':
      return { kind: 'refused', message: answer.problems[0]?.text ?? '' };
    case 'refused':
    case 'lost':
      return { kind: 'refused', message: answer.text };
    default:
      return { kind: 'refused', message: `unexpected answer: ${answer.kind}` };
  }
}

/** Where values stand on their axis, 0 to 1: by their amounts, or evenly if one of them is no number. */
function placesOf(texts: readonly string[]): readonly number[] {
  const axis = sweepAxis(texts, readQuantity);
  if (axis === undefined) return texts.map((_, at) => (at + 0.5) / texts.length);
  const { isLog, min, max } = axis;
  const along = (value: number): number => (isLog ? Math.log(value) : value);
  const length = along(max) - along(min);
  return texts.map((text) => (along(axis.of(text) ?? min) - along(min)) / length);
}
