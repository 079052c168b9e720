/**
 * Carries out the orders of a page in a worker: checks files, runs a seed, judges a run.
 *
 * @module
 */
import { renderHtml } from '../../reports/html/html.ts';
import { renderJson } from '../../reports/json.ts';
import { chooseExitCode, judgeRun } from '../../reports/judge.ts';
import { renderJunit } from '../../reports/junit.ts';
import type { ScenarioOpener } from '../../runner/hunt/scenario-opener.ts';
import { twinJudgeInput } from '../../runner/run/judge-input.ts';
import { plannedRuns, seedsInNetworks } from '../../runner/run/planned-runs.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { makeFailureAnswer } from '../../runner/run/seed-answer.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { openFiles } from '../../scenarios/open/open-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError, type ConfigIssue } from '../../topologies/files/config-error.ts';
import { labCommand } from './lab-command.ts';
import type { LabFiles, LabProblem, LabProgress, LabTask } from './lab-task.ts';
import type { LabAnswer, LabOrder } from './messages.ts';
import { labName, makeTabFiles, TAB_FOLDERS } from './tab-files.ts';
import { TabMachine } from './tab-machine.ts';
import { TabRegistry } from './tab-registry.ts';
import { tryJob } from './try-job.ts';

/** What all tasks of a page share. */
export interface LabContext {
  /** Files that every task has. */
  readonly shipped: LabFiles;
  /** Commit from which the page was built. */
  readonly commit: string;
  /** Browser, system and processor, for the report. */
  readonly environment: { readonly node: string; readonly os: string; readonly cpu: string };
}

/** Estimated number of nodes and links for each megabyte of memory. */
const PARTS_PER_MB = 20;
/** Largest number of nodes and links together in a tab: about a gigabyte. */
const PARTS_MAX = 1_000 * PARTS_PER_MB;
const SEEDS_MAX = 256;
const TRACE_PATH = '/trace.orr';
const NS_PER_MS = 1e6;
const PROGRESS_MS = 100;

/** Carries out an order. @returns the answer that ends it; never throws. */
export async function carryOut(
  context: LabContext,
  order: LabOrder,
  tell: (progress: LabProgress) => void,
): Promise<LabAnswer> {
  try {
    switch (order.kind) {
      case 'plan':
        return await plan(context, order.task);
      case 'run':
        return await run(context, order, tell);
      case 'judge':
        return await judge(context, order);
      case 'try': {
        const { job, task } = order;
        const outcome = await tryJob(job, task.files, () => taskOpener(context, task, 0));
        return { kind: 'tried', outcome };
      }
    }
  } catch (error) {
    return failureAnswer(error, order.kind === 'run' ? order.planned.seed : 0);
  }
}

interface TaskOpener extends ScenarioOpener {
  readonly registry: TabRegistry;
  readonly machine: TabMachine;
}

/** Makes the opener for the scenarios of a task. @param recordBytesMax Largest recording of each run, bytes. */
export function taskOpener(
  { shipped }: LabContext,
  { files }: Pick<LabTask, 'files'>,
  recordBytesMax: number,
): TaskOpener {
  const machine = new TabMachine(makeTabFiles(files, shipped), recordBytesMax);
  const registry = new TabRegistry(machine);
  return {
    ...{ machine, registry, folders: TAB_FOLDERS },
    open: (path, overrides, asked) =>
      openFiles({ path, folders: TAB_FOLDERS, overrides, registry }, asked),
  };
}

/** The values of a task by their paths. @throws Refusal for one without a path. */
export function valuesOf(set: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    set.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Refusal(`--set ${text}: expected path=value`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

async function plan(context: LabContext, task: LabTask): Promise<LabAnswer> {
  const { scenario } = await taskOpener(context, task, 0).open(task.scenario, valuesOf(task.set));
  refuseTooLarge(scenario);
  const seeds = seedsInNetworks(scenario, task.seeds ?? undefined);
  if (seeds.length > SEEDS_MAX)
    throw new Refusal(`${seeds.length} seeds, and a tab runs at most ${SEEDS_MAX}`);
  return { kind: 'planned', runs: plannedRuns(scenario, seeds) };
}

/** Refuses a scenario that a tab cannot run, before memory is allocated for it. @throws Refusal saying why. */
export function refuseTooLarge({ topology: { hosts, links } }: Scenario): void {
  if (hosts.some(({ outside }) => outside !== undefined))
    throw new Refusal('a node is an outside program (kind: external), which a tab does not start');
  const parts = hosts.length + links.length;
  if (parts > PARTS_MAX)
    throw new Refusal(
      `this run needs about ${Math.ceil(parts / PARTS_PER_MB)} MB for ${hosts.length} nodes and ${links.length} links, and a tab has 1 GB: npx orrery scenario runs it`,
    );
}

async function run(
  context: LabContext,
  { task, planned, recordBytesMax }: Extract<LabOrder, { kind: 'run' }>,
  tell: (progress: LabProgress) => void,
): Promise<LabAnswer> {
  const { seed, isTwin, overrides } = planned;
  const opener = taskOpener(context, task, recordBytesMax);
  const { registry, machine } = opener;
  const { scenario } = await opener.open(task.scenario, overrides);
  const isTraced = task.traced && !isTwin;
  const ofMs = scenario.durationNs / NS_PER_MS;
  let toldMs = Number.NEGATIVE_INFINITY;
  const control = {
    stopReason: undefined,
    report({ nowNs }: { readonly nowNs: number }): void {
      const nowMs = performance.now();
      if (nowMs - toldMs < PROGRESS_MS) return;
      toldMs = nowMs;
      tell({ seed, virtualMs: nowNs / NS_PER_MS, ofMs });
    },
  };
  const trace = { path: TRACE_PATH, extent: 'full' } as const;
  const recordings = isTraced ? { trace } : {};
  const result = registry.inSource(() =>
    runSeed({ scenario, registry, seed, recordings, control }),
  );
  const recorded = isTraced ? machine.recorded(TRACE_PATH) : null;
  return { kind: 'ran', done: { planned, result, trace: recorded } };
}

async function judge(
  context: LabContext,
  { task, done, wallMs }: Extract<LabOrder, { kind: 'judge' }>,
): Promise<LabAnswer> {
  const values = valuesOf(task.set);
  const opened = await taskOpener(context, task, 0).open(task.scenario, values);
  const reproduce = labCommand({ command: 'scenario', ...task }, opened.scenario, values);
  const judged = { ...opened, ...context, reproduce };
  const runs = done.map(({ planned, result }) => ({ isTwin: planned.isTwin, result }));
  const report = judgeRun(twinJudgeInput(judged, runs, wallMs));
  const written = done
    .filter(({ planned }) => !planned.isTwin)
    .sort((a, b) => a.planned.seed - b.planned.seed);
  return {
    kind: 'judged',
    verdict: {
      kind: 'done',
      isGreen: chooseExitCode(report) === 0,
      report: renderJson(report),
      html: renderHtml(report),
      junit: renderJunit(report),
      seeds: written.map(({ result: { seed, fingerprint, events }, trace }) => ({
        ...{ seed, fingerprint, events, trace },
      })),
    },
  };
}

/** The answer for an error. @param seed The seed that it stopped; 0 if none had begun. */
export function failureAnswer(error: unknown, seed: number): LabAnswer {
  if (error instanceof ConfigError)
    return { kind: 'problems', problems: error.issues.map(problemOf) };
  const answer = makeFailureAnswer(error, seed);
  switch (answer.kind) {
    case 'scenario-error': {
      const { file, line, column, message: text } = answer;
      const place = { file: labName(file), line, column, endColumn: column + 1 };
      return { kind: 'problems', problems: [{ ...place, text, hint: null }] };
    }
    case 'refused':
      return { kind: 'refused', text: answer.message };
    case 'broken':
      return { kind: 'refused', text: `This is a bug in orrery: ${answer.message}` };
    default:
      return { kind: 'refused', text: `seed ${seed} has no result` };
  }
}

function problemOf(issue: ConfigIssue): LabProblem {
  const { file, line, column, endColumn, path, message, hint } = issue;
  const text = path === '' ? message : `${path}: ${message}`;
  return { ...{ file: labName(file), line, column, endColumn, text }, hint: hint ?? null };
}
