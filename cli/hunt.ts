/**
 * `orrery hunt FILE`: looks for faults that break a scenario's protocols, and writes the smallest
 * scenario that shows each (docs/spec/hunt.md).
 *
 * Result on stdout, progress on stderr. Ctrl-C ends with what was found. Exits with 1 if something
 * broke.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { oneLine } from '../reports/plain-text.ts';
import { FleetHunt } from '../runner/fleet/fleet-hunt.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import type { Attempt, AttemptOutcome } from '../runner/hunt/attempt.ts';
import {
  BREAKS_MAX,
  type FoundBreak,
  FRESH_HUNT,
  type HuntState,
  huntForBreaks,
} from '../runner/hunt/hunt.ts';
import { HuntPool, isTimedOut } from '../runner/hunt/hunt-pool.ts';
import type { HuntedScenario } from '../runner/hunt/hunted-scenario.ts';
import { readHuntState, writeHuntState } from '../runner/hunt/kept-hunt.ts';
import { makeBreakFolder } from '../runner/hunt/make-break-folder.ts';
import { breakFolderName } from '../runner/hunt/minimal.ts';
import { openHuntedScenario } from '../runner/hunt/open-hunted-scenario.ts';
import { mapsAtPath } from '../runner/hunt/scenario-data.ts';
import { type ShrunkBreak, shrunkBreakText } from '../runner/hunt/shrink-break.ts';
import { shrinkFind } from '../runner/hunt/shrink-found.ts';
import { refuseTwinsAndNetworks } from '../runner/run/planned-runs.ts';
import { sourceState } from '../runner/sweep/source-state.ts';
import { commandText } from '../scenarios/command-text.ts';
import { setExitCode } from './exit.ts';
import {
  addFlagOptions,
  collectOverride,
  type FlagRange,
  numberOption,
  refuseWithHelp,
  SEED_RANGE,
} from './flags.ts';
import { budgetOption, workersOption } from './hunt-flags.ts';
import { huntLive } from './hunt-live.ts';
import { HuntProgress } from './hunt-progress.ts';
import { watchInterrupts } from './interrupt.ts';
import { connectToFleet } from './open-fleet.ts';
import { queueOption } from './queue-flag.ts';
import { makeWritableFolder } from './whole-files.ts';

interface HuntFlags {
  readonly budget: number;
  readonly attempts?: number;
  readonly seed: number;
  readonly workers: number;
  readonly set: Readonly<Record<string, string>>;
  readonly out: string;
  readonly fresh?: boolean;
  readonly unguided?: boolean;
  readonly live?: boolean;
  readonly queue?: QueueAddress;
  readonly json?: boolean;
}

const ATTEMPTS_RANGE: FlagRange = { least: 1, most: 1_000_000_000 };
/** Share of the budget that shrinking a break may take. */
const SHRINK_SHARE = 0.5;
/** Least time that shrinking a break may take, ms. */
const SHRINK_LEAST_MS = 20_000;

/** Adds the command `orrery hunt` to the program. */
export function addHuntCommand(program: Command): void {
  const command = addFlagOptions<HuntFlags>(
    program.command('hunt').argument('[file]', 'scenario file, or its name in scenarios/'),
    {
      budget: budgetOption('how long to try, such as 90s or 10m'),
      attempts: numberOption('--attempts <n>', 'try so many instead', ATTEMPTS_RANGE),
      seed: numberOption('--seed <n>', 'draw the faults from this seed', SEED_RANGE).default(1),
      workers: workersOption(),
      set: new Option('--set <path=value>', 'override a value of the file; repeatable')
        .argParser(collectOverride)
        .default({}, 'none'),
      out: new Option('--out <dir>', 'folder for what is found').default('runs/hunt'),
      fresh: new Option('--fresh', 'forget what earlier hunts of this scenario reached'),
      unguided: new Option(
        '--unguided',
        'draw each attempt anew with all kinds of faults: what guidance is compared with',
      ),
      live: new Option(
        '--live',
        'run what earlier hunts kept as processes in real time, newest first',
      ).conflicts(['fresh', 'unguided']),
      queue: queueOption().conflicts('live'),
      json: new Option('--json', 'print the result as JSON on stdout and nothing else'),
    },
  )
    .summary('look for faults that break the protocols of a scenario')
    .description(
      'Runs a scenario many times with drawn faults, until a protocol breaks what its folder ' +
        'promises, and writes the smallest scenario that shows it. See docs/spec/hunt.md.',
    );
  command.action(async (file: string | undefined, flags: HuntFlags) => {
    if (file === undefined) refuseWithHelp(command);
    else setExitCode(await runHunt(file, flags));
  });
}

async function runHunt(file: string, flags: HuntFlags): Promise<0 | 1 | 130> {
  const hunted = await openHuntedScenario(file, flags.set);
  refuseTwinsAndNetworks(hunted.scenario, 'orrery hunt');
  const folder = join(flags.out, hunted.scenario.name);
  makeWritableFolder(folder);
  const identity = { of: hashOf(hunted, flags), program: sourceState() };
  const from = flags.fresh === true ? FRESH_HUNT : readHuntState(folder, identity);
  const interrupt = watchInterrupts('what was found follows');
  const progress = new HuntProgress(hunted.scenario.name, flags, from.tried);
  if (flags.live === true) {
    const { budget, attempts, json = false } = flags;
    const { signal } = interrupt;
    const how = { budgetMs: budget, attempts, signal, json };
    return await huntLive({ hunted, from, folder, progress, ...how }).finally(interrupt.dispose);
  }
  const pool = new HuntPool(flags.workers);
  const fleet =
    flags.queue === undefined ? undefined : await connectToFleet(flags.queue, sourceState(), true);
  const far = fleet === undefined ? undefined : new FleetHunt(hunted, fleet.fleet);
  const stop = (): void => fleet?.fleet.stop();
  interrupt.signal.addEventListener('abort', stop, { once: true });
  if (interrupt.signal.aborted) stop();
  try {
    const tryOne = async (attempt: Attempt): Promise<AttemptOutcome> => {
      const job = { kind: 'attempt', file, set: flags.set, attempt } as const;
      const there = await far?.try(attempt);
      if (there !== undefined) return there;
      const tried = await pool.try(job);
      if (tried === undefined) throw new Error('an opened scenario cannot be opened again');
      if (attempt.events.length === 0 && !isTimedOut(tried)) pool.expect(tried.wallMs);
      return tried;
    };
    const endMs = performance.now() + flags.budget;
    const state = await huntForBreaks({
      ...{ seed: flags.seed, targets: hunted.targets, from, tryOne },
      isGuided: flags.unguided !== true,
      onBatch: (so) => {
        writeHuntState(folder, identity, so);
        progress.update(so);
      },
      isOver: ({ tried, breaks }) =>
        interrupt.signal.aborted ||
        breaks.length > from.breaks.length ||
        breaks.length >= BREAKS_MAX ||
        (flags.attempts === undefined
          ? performance.now() > endMs
          : tried - from.tried >= flags.attempts),
    });
    progress.clear();
    const shrunk: Shrunk[] = [];
    const pathOf = ({ found }: FoundBreak): string =>
      join(folder, breakFolderName(found), 'minimal.yaml');
    for (const one of state.breaks.slice(from.breaks.length)) {
      const path = pathOf(one);
      const left = await shrinkFind(hunted, one, {
        files: makeBreakFolder(path, pool),
        limitMs: Math.max(SHRINK_LEAST_MS, SHRINK_SHARE * flags.budget),
        isStopped: () => interrupt.signal.aborted,
        onSmaller: (smaller) =>
          progress.shrinking(one.found, mapsAtPath(smaller, ['events']).length),
      });
      progress.clear();
      shrunk.push({ one, path, left });
    }
    print({ hunted, state, from, shrunk, pathOf }, flags);
    // `state` also contains the breaks of earlier hunts that this one continues; the program is the
    // same, so these also lead to exit code 1.
    if (state.breaks.length > 0) return 1;
    return interrupt.signal.aborted ? 130 : 0;
  } finally {
    interrupt.dispose();
    await pool.close();
    await fleet?.close();
  }
}

/** Hash of everything that determines a hunt: a hunt continues the state of an earlier hunt with the same hash. */
function hashOf({ scenario }: HuntedScenario, { set, seed, unguided }: HuntFlags): string {
  const parts = [scenario.sha256, scenario.topology.sha256, scenario.data, scenario.modules];
  const all = [...parts, set, seed, unguided === true];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

interface Shrunk {
  readonly one: FoundBreak;
  readonly path: string;
  readonly left: ShrunkBreak | undefined;
}

interface HuntReport {
  readonly hunted: HuntedScenario;
  readonly state: HuntState;
  readonly from: HuntState;
  readonly shrunk: readonly Shrunk[];
  /** Path of the scenario file that shows a break. */
  readonly pathOf: (one: FoundBreak) => string;
}

function print({ hunted, state, from, shrunk, pathOf }: HuntReport, { json }: HuntFlags): void {
  const { tried, corpus, lastNew, known } = state;
  const earlier = from.breaks;
  if (json === true) {
    const document = {
      scenario: hunted.scenario.name,
      attempts: tried - from.tried,
      attemptsInAll: tried,
      reached: corpus.reached.length,
      lastNewAttempt: lastNew,
      brokenWithoutFaults: known,
      breaks: shrunk.map(({ one, path, left }) => ({
        ...one.found,
        attempt: one.number,
        ...left,
        file: path,
      })),
      earlierBreaks: earlier.map((one) => ({ ...one.found, file: pathOf(one) })),
    };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  const lines = shrunk.flatMap(({ one, path, left }) => [
    `BROKEN  ${hunted.scenario.name}  ${one.found.kind}  ${oneLine(one.found.place)}`,
    `  ${oneLine(one.found.text)}`,
    `  in attempt ${one.number}, ${shrunkBreakText(left)}: ${path}`,
    `  ${commandText(['scenario', path])}`,
    ...(left?.story === undefined ? [] : [`  what happened: ${left.story}`]),
  ]);
  const again = earlier.map(
    (one) =>
      `BROKEN  ${hunted.scenario.name}  found earlier  ${oneLine(one.found.place)}: ${pathOf(one)}`,
  );
  const plain = known.map((name) => `without any fault it breaks ${oneLine(name)}: no find`);
  const nothing = earlier.length === 0 ? 'nothing broke' : 'nothing new broke';
  const end =
    `${hunted.scenario.name}: ${tried - from.tried} attempts (${tried} in all), ` +
    `${corpus.reached.length} different states and drops, the last new one in attempt ${lastNew}; ` +
    `${shrunk.length === 0 ? nothing : `${shrunk.length} broken`}`;
  process.stdout.write(`${[...lines, ...again, ...plain, end].join('\n')}\n`);
}
