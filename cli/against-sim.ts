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
import type { ProtocolRegistry } from '../scenarios/registry.ts';
import { type RunOrder, runScenario } from '../scenarios/runner/run-scenario.ts';
import type { Runner } from './execute.ts';
import { FlagError } from './exit.ts';
import { load } from './load.ts';

/** What the prediction needs besides the run's order. */
export interface AgainstHow {
  readonly registry: ProtocolRegistry;
  /** The file as given on the command line. */
  readonly file: string;
  readonly overrides: Readonly<Record<string, string>> | undefined;
  readonly shape?: 'links' | 'off' | undefined;
  readonly processes?: unknown;
  readonly cpuProfile?: string | undefined;
}

/** A runner that predicts first, runs live, and puts the comparison into the report. */
export async function againstSim(runner: Runner, how: AgainstHow): Promise<Runner> {
  refuseOthers(how);
  const { registry, file, overrides, cpuProfile } = how;
  const calibrated = await load(
    file,
    {
      ...overrides,
      cpu: 'calibrated',
      cpuMachines: 'one',
      ...(cpuProfile === undefined ? {} : { cpuProfile }),
    },
    registry,
  );
  const run: Runner['run'] = async (order) => {
    const predicted = await runScenario(predictionOf(order, calibrated));
    if (predicted.kind !== 'judged') return predicted;
    const live = await runner.run(order);
    if (live.kind !== 'judged') return live;
    const against = compareAgainst(judge(live.input), judge(predicted.input));
    return { kind: 'judged', input: { ...live.input, against } };
  };
  return { command: runner.command, run };
}

/** What the prediction knows nothing of. */
function refuseOthers({ shape, processes }: AgainstHow): void {
  const hint = 'leave out one of the two';
  if (shape === 'off') {
    throw new FlagError('--against-sim predicts shaped links, not --shape off', '--shape', hint);
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
