/**
 * Measures the cost of protocol code: runs a scenario in virtual time at several packet sizes and times
 * the handlers (timed-world.ts).
 *
 * @module
 */

import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { CpuProfile } from '../../engine/net/cpu-profile.ts';
import { sortedAscending } from '../../reports/statistics/quantile.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { Experiment } from '../experiment/experiment.ts';
import { provisionSeed } from '../nodes/run-provision.ts';
import type { BatchPlan } from './batches.ts';
import { type MeasuredOperation, makeProfileOperation } from './operations.ts';
import { HandlerClock, type HandlerTimes, makeTimedWorld } from './timed-world.ts';

/** The scenarios whose handlers are timed, and the parts that running them needs. */
export interface HandlerTimingRun {
  /** The scenario with each packet size. */
  readonly group: readonly Scenario[];
  readonly registry: ProtocolLookup;
  readonly crypto: CpuProfile['crypto'];
  readonly plan: BatchPlan;
}

const SEED = 1;
/**
 * Handlers with fewer calls than this get no cost of their own; the factor of their lane (control
 * or data) includes them.
 */
const CALLS_MIN = 40;
/**
 * Only this share of the calls counts, the fastest ones: the times are wall times, and other
 * programs lengthen a few calls by milliseconds. A median would be wrong, because some handlers do
 * little in most calls and much in a few, such as a client that usually finds nothing to send.
 */
const COUNTED = 0.98;

type Batches = { readonly bytes: number; readonly ns: readonly number[] };

/** The cost of each handler by name, for example `handler.scion.datagram`. */
export function measureHandlerCosts(
  run: HandlerTimingRun,
): Readonly<Record<string, MeasuredOperation>> {
  const found = batchesByName(run);
  const costs: Record<string, MeasuredOperation> = {};
  for (const name of [...found.keys()].sort()) {
    costs[`handler.${name}`] = makeProfileOperation('data', found.get(name) ?? []);
  }
  return costs;
}

function batchesByName(run: HandlerTimingRun): ReadonlyMap<string, readonly Batches[]> {
  const found = new Map<string, Batches[]>();
  for (const scenario of run.group) {
    const size = scenario.traffic[0]?.sizeBytes;
    for (const [name, times] of timesOf(scenario, run)) {
      const bytes = name.endsWith('.request') ? size : undefined;
      const batches = batchesOf(times, run.plan, bytes);
      if (batches !== undefined) found.set(name, [...(found.get(name) ?? []), batches]);
    }
  }
  return found;
}

function timesOf(scenario: Scenario, run: HandlerTimingRun): ReadonlyMap<string, HandlerTimes> {
  const { registry } = run;
  const clock = new HandlerClock(run.crypto);
  // Uses the crypto provider of live runs.
  const crypto = createCryptoProvider(scenario.crypto, { timing: 'constant' });
  const stackOf = makeProtocolStackFinder(scenario, registry);
  const parts = { scenario, seed: SEED, crypto, stackOf };
  const world = makeTimedWorld(parts, clock);
  const provision = provisionSeed(parts);
  const experiment = new Experiment({
    ...{ machine: registry.machine, world, scenario, seed: SEED, stackOf },
    viewOf: (host, layer): NetworkView => provision.viewOf(host, layer),
  });
  world.listen(experiment);
  experiment.prepare();
  world.sim.runUntil(scenario.durationNs);
  return clock.times;
}

/** Divides the calls after the warm-up into equally long batches; if there are few calls, the batches are shorter. */
function batchesOf(
  times: HandlerTimes,
  plan: BatchPlan,
  requestBytes: number | undefined,
): Batches | undefined {
  const total = times.ns.length;
  if (total < CALLS_MIN) return undefined;
  const skip = Math.min(plan.warmup, Math.floor(total / 5));
  const calls = Math.max(1, Math.min(plan.calls, Math.floor((total - skip) / plan.batches)));
  const ns: number[] = [];
  for (let first = skip; first + calls <= total; first += calls) {
    const sorted = sortedAscending(times.ns.slice(first, first + calls));
    // The mean is below 0 if the cryptography took less time than its benchmark, whose cost was
    // subtracted.
    ns.push(Math.max(0, mean(sorted.slice(0, Math.ceil(COUNTED * calls)))));
  }
  return { bytes: requestBytes ?? mean(times.bytes.slice(skip)), ns };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
