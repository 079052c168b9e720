/**
 * `orrery live FILE --against-sim`: predicts the run in virtual time with calibrated costs, all nodes
 * on one core, and sets both side by side.
 *
 * The prediction comes first, so that a missing profile is told before anybody waits.
 *
 * @module
 */
import { compareAgainst } from '../reports/against.ts';
import { judge } from '../reports/judge.ts';
import type { Scenario } from '../scenarios/model.ts';
import type { ProtocolRegistry } from '../scenarios/registry.ts';
import { type RunOrder, runScenario } from '../scenarios/runner/run-scenario.ts';
import type { Runner } from './execute.ts';
import { FlagError } from './exit.ts';
import { load } from './load.ts';

/** Nodes are ready after this; less where the warm-up is short. */
const SETTLE_MAX_NS = 3_000_000_000;
const SETTLE_SHARE = 0.75;

/** What the prediction needs besides the run's order. */
export interface AgainstHow {
  readonly registry: ProtocolRegistry;
  /** The file as given on the command line. */
  readonly file: string;
  readonly overrides: Readonly<Record<string, string>> | undefined;
  readonly scenario: Pick<Scenario, 'traffic' | 'warmupNs'>;
  readonly shape?: 'links' | 'off' | undefined;
  readonly processes?: unknown;
  readonly loops?: number | undefined;
  readonly cpuProfile?: string | undefined;
}

/** A runner that predicts first, runs live, and puts the comparison into the report. */
export async function againstSim(runner: Runner, how: AgainstHow): Promise<Runner> {
  refuseOthers(how);
  const { registry, file, overrides, cpuProfile, scenario } = how;
  const calibrated = await load(
    file,
    {
      ...overrides,
      ...laterStarts(scenario),
      cpu: 'calibrated',
      cpuMachines: 'one',
      ...(cpuProfile === undefined ? {} : { cpuProfile }),
    },
    registry,
  );
  const run: Runner['run'] = async (order, folder) => {
    const predicted = await runScenario(predictionOf(order, calibrated));
    if (predicted.kind !== 'judged') return predicted;
    const live = await runner.run(order, folder);
    if (live.kind !== 'judged') return live;
    const against = compareAgainst(judge(live.input), judge(predicted.input));
    return { kind: 'judged', input: { ...live.input, against } };
  };
  const bar = 'the run is compared with a prediction of its file (--against-sim)';
  return { command: runner.command, run, bar };
}

/**
 * Live traffic begins when the nodes are ready. In virtual time it begins at once, and the burst that
 * waited for the nodes would choose their paths: it is held back for a part of the warm-up.
 */
function laterStarts({ traffic, warmupNs }: AgainstHow['scenario']): Record<string, string> {
  const settledNs = Math.floor(Math.min(SETTLE_MAX_NS, warmupNs * SETTLE_SHARE));
  const starts: Record<string, string> = {};
  for (const [index, { startNs }] of traffic.entries()) {
    if (startNs < settledNs) starts[`traffic.${index}.start`] = `${settledNs}ns`;
  }
  return starts;
}

/** What the prediction knows nothing of. */
function refuseOthers({ shape, processes, loops = 1 }: AgainstHow): void {
  const hint = 'leave out one of the two';
  if (shape === 'off') {
    throw new FlagError('--against-sim predicts shaped links, not --shape off', '--shape', hint);
  }
  if (loops > 1) {
    throw new FlagError('--against-sim predicts one event loop, not --loops', '--loops', hint);
  }
  if (processes === undefined) return;
  throw new FlagError('--against-sim predicts one process, not --processes', '--processes', hint);
}

/** The same seeds, nothing recorded, nothing shown. */
function predictionOf(
  order: RunOrder,
  calibrated: Pick<RunOrder, 'scenario' | 'definitions'>,
): RunOrder {
  const { onStory: _onStory, ...rest } = order;
  return { ...rest, ...calibrated, recordingsOf: () => ({}) };
}
