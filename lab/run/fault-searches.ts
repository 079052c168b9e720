/**
 * Hunts for faults and shrinks what breaks, as the command line does.
 *
 * @module
 */
import {
  type Attempt,
  type AttemptOutcome,
  EMPTY_ATTEMPT_OUTCOME,
} from '../../runner/hunt/attempt.ts';
import { FRESH_HUNT, huntForBreaks } from '../../runner/hunt/hunt.ts';
import type { HuntJob } from '../../runner/hunt/hunt-jobs.ts';
import { prepareHunt } from '../../runner/hunt/hunted-scenario.ts';
import { type BreakFiles, shrunkBreakText } from '../../runner/hunt/shrink-break.ts';
import { shrinkFind, shrinkRun } from '../../runner/hunt/shrink-found.ts';
import { refuseTwinsAndNetworks } from '../../runner/run/planned-runs.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { labCommand } from './lab-command.ts';
import { refuseTooLarge, taskOpener, valuesOf } from './lab-engine.ts';
import { type LabHunted, type LabShrunk, SHRUNK_NAME } from './lab-task.ts';
import type { SearchParts } from './search-parts.ts';

/** Most attempts of a hunt. */
const ATTEMPTS_MAX = 10_000;
/** Time limits for shrinking a run, and for shrinking a break of a hunt, ms: the defaults of the command line. */
const SHRINK_RUN_MS = 60_000;
const SHRINK_FIND_MS = 30_000;

/** Hunts until an attempt breaks something, or all are made. */
export async function hunt(parts: SearchParts<'hunt'>): Promise<LabHunted> {
  const { context, task, tell } = parts;
  const { seed, attempts } = parts.search;
  if (!(Number.isSafeInteger(attempts) && attempts >= 1 && attempts <= ATTEMPTS_MAX))
    throw new Refusal(`a tab makes 1 to ${ATTEMPTS_MAX} attempts: npx orrery hunt makes more`);
  if (!(Number.isSafeInteger(seed) && seed >= 0))
    throw new Refusal('the seed of a hunt is a whole number from 0 on');
  const set = valuesOf(task.set);
  const { scenario, targets } = await prepareHunt(task.scenario, set, taskOpener(context, task, 0));
  refuseTwinsAndNetworks(scenario, 'orrery hunt');
  refuseTooLarge(scenario);
  const { corpus, ...state } = await huntForBreaks({
    ...{ seed, targets, isGuided: true, from: FRESH_HUNT },
    tryOne: (attempt: Attempt) =>
      tryOn(parts, { kind: 'attempt', file: task.scenario, set, attempt }),
    onBatch: (state) => tell({ done: state.tried, of: attempts }),
    isOver: (state) => state.breaks.length > 0 || state.tried >= attempts,
  });
  const own = [`--attempts ${attempts}`, `--seed ${seed}`, '--fresh'];
  const asked = { command: 'hunt', own, files: task.files, seeds: null } as const;
  const command = labCommand(asked, scenario, set);
  return { kind: 'hunted', ...state, reached: corpus.reached.length, command };
}

/** Makes the scenario of a run that broke, or of what a hunt found, as small as possible. */
export async function shrink(parts: SearchParts<'shrink'>): Promise<LabShrunk> {
  const { context, task, tell } = parts;
  const { of } = parts.search;
  const set = valuesOf(task.set);
  const opener = taskOpener(context, task, 0);
  const kept = { text: '', trials: 0 };
  const files = filesOf(parts, kept);
  const means = { files, isStopped: (): boolean => false, onSmaller: (): void => undefined };
  if ('found' in of) {
    const hunted = await prepareHunt(task.scenario, set, opener);
    const left = await shrinkFind(hunted, of, { ...means, limitMs: SHRINK_FIND_MS });
    return { kind: 'shrunk', text: kept.text, left: shrunkBreakText(left) };
  }
  const { scenario } = await opener.open(task.scenario, set);
  refuseTwinsAndNetworks(scenario, 'orrery shrink');
  refuseTooLarge(scenario);
  const { seed } = of;
  tell({ done: 0, of: null });
  const job = { kind: 'file', path: task.scenario, set, seed, always: false } as const;
  const tried = await tryOn(parts, job);
  const found = tried.breaks[0];
  if (found === undefined) {
    const left = `with seed ${seed} nothing broke, and no limit was missed`;
    return { kind: 'shrunk', text: null, left };
  }
  const run = { scenario, seed, tried, found };
  const left = await shrinkRun(run, { ...means, limitMs: SHRINK_RUN_MS }, opener);
  const text = left === 'stopped' ? '' : shrunkBreakText(left);
  return { kind: 'shrunk', text: kept.text, left: text };
}

/** The file that is shrunk, in memory; other workers try it. */
function filesOf(parts: SearchParts<'shrink'>, kept: { text: string; trials: number }): BreakFiles {
  const { context, task, tell } = parts;
  const taskWith = (text: string): typeof task => {
    const files = new Map([...task.files, [SHRUNK_NAME, new TextEncoder().encode(text)]]);
    return { ...task, files, scenario: SHRUNK_NAME, set: [] };
  };
  return {
    name: SHRUNK_NAME,
    keep(text): void {
      // These folders exist only in the tab; elsewhere, the file is in the folder of the files that it names.
      kept.text = text.replaceAll(/(?<=: )\/scenarios\//g, '');
    },
    try: async (text, how): Promise<AttemptOutcome> => {
      const job = { kind: 'file', path: SHRUNK_NAME, set: {}, ...how } as const;
      const tried = await tryOn({ ...parts, task: taskWith(text) }, job);
      kept.trials += 1;
      tell({ done: kept.trials, of: null, smallest: kept.text });
      return tried;
    },
    tell: (lines) => lines.join('\n'),
    nodes: async (): Promise<number> => {
      const opened = await taskOpener(context, taskWith(kept.text), 0).open(SHRUNK_NAME, {});
      return opened.scenario.topology.hosts.length;
    },
  };
}

/** Has a worker try a job. A run that does not end, or ends its worker, is a break as it is on the command line. */
async function tryOn(
  { ask, task }: Pick<SearchParts<'hunt' | 'shrink'>, 'ask' | 'task'>,
  job: HuntJob,
): Promise<AttemptOutcome> {
  const answer = await ask({ kind: 'try', task, job });
  switch (answer.kind) {
    case 'tried':
      return answer.outcome ?? EMPTY_ATTEMPT_OUTCOME;
    case 'lost': {
      const { how, text } = answer;
      const found =
        how === 'held'
          ? ({ kind: 'held', place: 'the run', text } as const)
          : ({ kind: 'crash', place: 'end of its thread', text } as const);
      const events = job.kind === 'attempt' ? job.attempt.events : [];
      return { ...EMPTY_ATTEMPT_OUTCOME, events, breaks: [found] };
    }
    default:
      throw new Refusal('text' in answer ? answer.text : `unexpected answer: ${answer.kind}`);
  }
}
