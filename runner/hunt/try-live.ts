/**
 * Tries an attempt in real time: the nodes as processes, and the faults that change nodes as signals to
 * these. What breaks has the same name as in virtual time.
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

/** Faults that need virtual time, or all nodes in one process. */
const VIRTUAL_FAULTS = ['disk', 'burst'];
/** How a broken run begins its message (run/seed-answer.ts). */
const BROKEN = /^(\w+) with seed \d+: (.*)$/s;

/** The faults of an attempt that can happen between processes. */
export function liveFaults({ events }: Pick<Attempt, 'events'>): readonly EventValues[] {
  return events.filter((event) => !VIRTUAL_FAULTS.some((kind) => kind in event));
}

/**
 * Runs the scenario once with the faults of an attempt.
 * @returns what broke; undefined if the run was stopped.
 * @throws Refusal if this machine cannot run it.
 */
export async function tryAttemptLive(
  { scenario: own, registry, always }: HuntedScenario,
  { seed, events }: Attempt,
  how: Pick<DistributedRunRequest, 'agentEntry' | 'signal'>,
): Promise<readonly HuntBreak[] | undefined> {
  const { specs } = new EventCheck(own, registry).takeAll(events);
  // A limit of the file is for its own duration.
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
  // A fault that can no longer happen when its instant comes shows nothing.
  if (end.kind === 'scenario-error') return [];
  if (end.kind === 'refused') throw new Refusal(end.message);
  const [, name, words = end.message] = BROKEN.exec(end.message) ?? [];
  const kind = name === 'invariant' ? 'invariant' : 'crash';
  if (kind === 'crash' && end.crash !== undefined) return [crashBreak(end.crash)];
  return [{ kind, place: maskNumbers(words), text: shortLine(words) }];
}
