/**
 * `orrery live FILE --against-sim`: the same scenario in virtual time, compared with the live run.
 *
 * A first virtual run has no processor model: the latency of the live run, minus the lateness of its packets, must
 * equal the latency of this virtual run (reports/on-time.ts). If all nodes share one event loop and the scenario models
 * the processor, a second virtual run with calibrated costs, all nodes on one core, predicts throughput and median
 * latency. The virtual runs come before the live run, so that a missing profile shows at once.
 *
 * @module
 */
import { compareWithPrediction } from '../reports/against.ts';
import { compareOnTimeLatency } from '../reports/on-time.ts';
import type { RunRequest } from '../runner/run/run-order.ts';
import { runScenario } from '../runner/threads/run-scenario.ts';
import { trafficEntries } from '../runner/traffic/drawn-pairs.ts';
import type { Scenario } from '../scenarios/model.ts';
import type { ProtocolRegistry } from '../scenarios/open/registry.ts';
import type { ScenarioRunner } from './execute.ts';
import { FlagError } from './exit.ts';
import { load } from './load.ts';

/** Virtual time, ns, after which predicted traffic starts, because live nodes need time to get ready. */
const SETTLE_MAX_NS = 3_000_000_000;
/** Largest share of the warm-up before predicted traffic starts. */
const SETTLE_SHARE = 0.75;

/** What the prediction of a live run (`--against-sim`) needs besides the run request of the live run. */
export interface PredictionSettings {
  readonly registry: ProtocolRegistry;
  /** The file as given on the command line. */
  readonly file: string;
  readonly overrides: Readonly<Record<string, string>> | undefined;
  readonly scenario: Pick<Scenario, 'traffic' | 'drawnTraffic' | 'warmupNs' | 'cpu'>;
  readonly shape?: 'links' | 'off' | undefined;
  readonly processes?: unknown;
  readonly deployment?: unknown;
  readonly loops?: number | undefined;
  readonly cpuProfile?: string | undefined;
}

/** Determines on which event loops, processes and machines the nodes run. */
type Place = Pick<PredictionSettings, 'loops' | 'processes' | 'deployment'>;
type Order = Pick<RunRequest, 'scenario' | 'definitions'>;

/**
 * Wraps the runner of live runs: the new runner predicts the result in virtual time before each
 * live run, and adds the comparison to the report.
 */
export async function runnerWithPrediction(
  runner: ScenarioRunner,
  how: PredictionSettings,
): Promise<ScenarioRunner> {
  refuseOthers(how);
  const free = await inVirtualTime(how, { cpu: 'none' });
  const charged = isCharged(how) ? await inVirtualTime(how, chargesOf(how)) : undefined;
  const run: ScenarioRunner['run'] = async (order, place) => {
    const ideal = await runScenario(predictionOf(order, free));
    if (ideal.kind !== 'judged') return ideal;
    const predicted =
      charged === undefined ? ideal : await runScenario(predictionOf(order, charged));
    if (predicted.kind !== 'judged') return predicted;
    const live = await runner.run(order, place);
    if (live.kind !== 'judged') return live;
    const onTime = compareOnTimeLatency(live.input, ideal.input);
    const against = {
      ...compareWithPrediction(live.input, predicted.input),
      ...(onTime === undefined ? {} : { onTime }),
    };
    return { kind: 'judged', input: { ...live.input, against } };
  };
  return { ...runner, run };
}

/** Loads the file again, with changes for the run in virtual time. */
function inVirtualTime(
  { registry, file, overrides, scenario }: PredictionSettings,
  changes: Readonly<Record<string, string>>,
): Promise<Order> {
  return load(file, { ...overrides, ...laterStarts(scenario), ...changes }, registry);
}

/** The overrides with which the prediction charges the processor costs of one event loop, from the profile. */
function chargesOf({ cpuProfile }: PredictionSettings): Readonly<Record<string, string>> {
  const own = cpuProfile === undefined ? {} : { cpuProfile };
  return { cpu: 'calibrated', cpuMachines: 'one', ...own };
}

/** True if a second prediction, which charges processor costs, is to be made. */
function isCharged(how: PredictionSettings): boolean {
  const isModelled = how.scenario.cpu !== undefined || how.cpuProfile !== undefined;
  return isModelled && isOneLoop(how);
}

function isOneLoop({ loops = 1, processes, deployment }: Place): boolean {
  return loops === 1 && processes === undefined && deployment === undefined;
}

/**
 * Overrides that delay traffic within the warm-up. Live traffic begins only when the nodes are
 * ready; in virtual time, it would begin at once, and the packets that wait for the nodes would
 * influence which paths these choose.
 */
function laterStarts(scenario: PredictionSettings['scenario']): Record<string, string> {
  const { warmupNs } = scenario;
  const settledNs = Math.floor(Math.min(SETTLE_MAX_NS, warmupNs * SETTLE_SHARE));
  const starts: Record<string, string> = {};
  for (const [index, { startNs }] of trafficEntries(scenario).entries()) {
    if (startNs < settledNs) starts[`traffic.${index}.start`] = `${settledNs}ns`;
  }
  return starts;
}

/**
 * Refuses what no prediction covers: unshaped links, or a cost profile if nodes run on several
 * loops.
 */
function refuseOthers(how: PredictionSettings): void {
  const { shape, cpuProfile } = how;
  if (shape === 'off') {
    const hint = 'leave out one of the two';
    throw new FlagError('--against-sim predicts shaped links, not --shape off', '--shape', hint);
  }
  if (cpuProfile === undefined || isOneLoop(how)) return;
  const hint = 'add --loops 1, or leave it out';
  throw new FlagError('a cost profile predicts one event loop', '--cpu-profile', hint);
}

/**
 * The run request of the prediction: the same seeds as in the live run, but nothing is recorded or
 * shown.
 */
function predictionOf(order: RunRequest, other: Order): RunRequest {
  const { onJourneys: _onJourneys, ...rest } = order;
  return { ...rest, ...other, recordingsOf: () => ({}) };
}
