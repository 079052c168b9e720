/**
 * Tries an attempt in real time: nodes are processes, and faults of nodes are signals to these. Breaks
 * have the same names as in virtual time.
 *
 * @module
 */
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import {
  type DistributedRunRequest,
  runDistributed,
} from '../distributed/coordinator/distributed-run.ts';
import { EventCheck } from '../injection/event-check.ts';
import type { EventValues } from '../injection/messages.ts';
import type { RunEnd } from '../run/run-order.ts';
import type { Attempt, HuntBreak } from './attempt.ts';
import type { HuntedScenario } from './hunted-scenario.ts';
import { crashBreak, maskNumbers, shortLine, TrialLimits } from './try-attempt.ts';

/** Keys of faults that need virtual time, or all nodes in one process. */
const VIRTUAL_FAULTS = ['disk', 'burst'];
/** Matches the message of a broken run (run/seed-answer.ts). */
const BROKEN = /^(\w+) with seed \d+: (.*)$/s;

/** The faults of an attempt that can be carried out on processes. */
export function liveFaults({ events }: Pick<Attempt, 'events'>): readonly EventValues[] {
  return events.filter((event) => !VIRTUAL_FAULTS.some((kind) => kind in event));
}

/**
 * Runs the scenario once with the faults of an attempt.
 * @returns the breaks; undefined if the run was stopped.
 * @throws Refusal if this machine cannot run it.
 */
export async function tryAttemptLive(
  { scenario: own, registry, always }: HuntedScenario,
  { seed, events }: Attempt,
  how: Pick<DistributedRunRequest, 'agentEntry' | 'signal'>,
): Promise<readonly HuntBreak[] | undefined> {
  const { specs } = new EventCheck(own, registry).takeAll(events);
  // The time limit is left out, because it is for the duration in the file.
  const { timeLimitMs: _, ...rest } = own;
  const scenario = { ...rest, events: specs };
  const limits = new TrialLimits({ scenario, registry, seed, always });
  const end = await runDistributed({
    ...{ ...how, scenario, registry, seeds: [seed] },
    definitions: scenarioMetrics(scenario, registry),
    recordingsOf: () => ({}),
    ...{ reproduce: '', commit: '' },
    ...{ processes: 'node', shape: 'links', precision: 'low' },
    onAssembled: (run) => limits.watch(run),
  });
  if (end.kind !== 'judged') return failureOf(end);
  const [result] = end.input.seeds;
  return result?.ending === 'complete' ? limits.missedIn(result) : undefined;
}

function failureOf(end: Exclude<RunEnd, { kind: 'judged' }>): readonly HuntBreak[] | undefined {
  if (end.kind === 'ended') return undefined;
  // If a fault cannot be carried out at its instant, the attempt shows nothing.
  if (end.kind === 'scenario-error') return [];
  if (end.kind === 'refused') throw new Refusal(end.message);
  const [, name, words = end.message] = BROKEN.exec(end.message) ?? [];
  const kind = name === 'invariant' ? 'invariant' : 'crash';
  if (kind === 'crash' && end.crash !== undefined) return [crashBreak(end.crash)];
  return [{ kind, place: maskNumbers(words), text: shortLine(words) }];
}
