/**
 * Tries an attempt: runs one seed in this thread and finds everything that must not happen.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';
import { judgeKpi } from '../../reports/kpi.ts';
import { measuredText } from '../../reports/kpi-text.ts';
import type { FaultRecord, KpiSpec, SeedResult } from '../../reports/model.ts';
import { oneLine } from '../../reports/plain-text.ts';
import { findMetricDefinition } from '../../reports/series.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { BrokenGuaranteeError, type Crash, NodeCrash } from '../crash/crash.ts';
import { makeInterimResultReader } from '../experiment/measured-so-far.ts';
import { FaultError } from '../faults/fault-context.ts';
import { EventCheck } from '../injection/event-check.ts';
import type { AssembledRun } from '../phases/run-phases.ts';
import type { PreparedRun } from '../run/assemble-seed.ts';
import { runSeed } from '../run/run-seed.ts';
import type { Attempt, AttemptOutcome, HuntBreak } from './attempt.ts';
import { BreakHistory } from './break-history.ts';
import { GrowthWatch } from './growth.ts';
import type { HuntedScenario } from './hunted-scenario.ts';
import { ReachedStates } from './reached-states.ts';

/** Longest text of a break, characters. */
const TEXT_MAX = 400;
const NUMBERS = /\d+/g;
/** Matches file and line of the first frame of a stack. */
const FRAME = /([\w.-]+\.[jt]s):(\d+):\d+/;

/** Runs attempts of a hunt (a seed and faults) on one scenario, and returns what broke. */
export class AttemptTrier {
  readonly #hunted: HuntedScenario;
  readonly #check: EventCheck;

  constructor(hunted: HuntedScenario) {
    this.#hunted = hunted;
    this.#check = new EventCheck(hunted.scenario, hunted.registry);
  }

  /** Tries an attempt. Errors of nodes become breaks and are not thrown. */
  try({ seed, events: drawn }: Attempt): AttemptOutcome {
    const { registry, always, targets } = this.#hunted;
    const { fromNs } = targets;
    const { specs, events } = this.#check.takeAll(drawn);
    const scenario = { ...this.#hunted.scenario, events: specs };
    const { faults: _, ...tried } = tryScenario({ scenario, registry, seed, always, fromNs });
    return { ...tried, events };
  }
}

/** A run to try: its scenario and seed, and what is judged. */
export interface Trial {
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  /** Metrics whose limits must hold during the warm-up too. */
  readonly always: ReadonlySet<string>;
  /** When faults begin, ns; 0 if absent. */
  readonly fromNs?: number;
  /** True if the story of the run is recorded. */
  readonly isTold?: boolean | undefined;
}

/** The outcome of a run, with the records of its faults. */
export type TriedRun = Omit<AttemptOutcome, 'events'> & { readonly faults: readonly FaultRecord[] };

/** Runs a scenario once and returns what broke. */
export function tryScenario(trial: Trial): TriedRun {
  const { scenario, registry, seed } = trial;
  const reached = new ReachedStates();
  const limits = new TrialLimits(trial);
  const growth = new GrowthWatch();
  let faults: readonly FaultRecord[] = [];
  let story: BreakHistory | undefined;
  const watch = (prepared: PreparedRun): void => {
    prepared.world.listen(reached);
    faults = prepared.experiment.faults.records;
    if (trial.isTold === true) {
      story = new BreakHistory(prepared.world, faults);
      prepared.world.listen(story);
    }
    limits.watch(prepared);
    growth.watch(prepared, scenario, trial.fromNs ?? 0);
  };
  const began = performance.now();
  try {
    const result = runSeed({ scenario, registry, seed }, watch);
    return {
      breaks: [...limits.missedIn(result), ...growth.found],
      faults,
      story: story?.lines,
      reached: reached.of(result),
      fingerprint: result.fingerprint,
      engineEvents: result.events,
      wallMs: performance.now() - began,
    };
  } catch (error) {
    // If a fault cannot be carried out at its instant, the attempt shows nothing.
    const breaks = error instanceof FaultError ? [] : [breakOf(error)];
    const wallMs = performance.now() - began;
    return {
      faults,
      story: story?.lines,
      breaks,
      reached: [],
      fingerprint: '',
      engineEvents: 0,
      wallMs,
    };
  }
}

/** Judges the limits of a trial; those that must hold at every instant also at the end of the warm-up. */
export class TrialLimits {
  readonly #trial: Trial;
  #early: SeedResult | undefined;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /**
   * Schedules a measurement at the end of the warm-up. To be called before the reset at the same
   * instant is scheduled.
   */
  watch({ world, experiment }: Pick<AssembledRun, 'world' | 'experiment'>): void {
    const { warmupNs } = this.#trial.scenario;
    if (warmupNs === 0) return;
    const measured = makeInterimResultReader(world, this.#trial);
    world.atFault(warmupNs, () => {
      this.#early = measured(experiment);
    });
  }

  /** The limits that were missed, in the order of the scenario. */
  missedIn(result: SeedResult): readonly HuntBreak[] {
    const { scenario, always } = this.#trial;
    const parts = this.#early === undefined ? [result] : [this.#early, result];
    // If the run ended before its warm-up, its work was done and nothing had to recover: only limits
    // that must always hold are judged.
    const recovering = result.virtualNs < scenario.warmupNs ? [] : [result];
    return scenario.kpis.flatMap((spec) => {
      const results = always.has(spec.metric) ? parts : recovering;
      const missed = results.map((seed) => judgeOne(this.#trial, spec, seed));
      return missed.find((one) => one !== undefined) ?? [];
    });
  }
}

/** The break if a result misses a limit; undefined if the limit is met, or nothing was measured. */
function judgeOne(
  { scenario, registry, always }: Trial,
  spec: KpiSpec,
  seed: SeedResult,
): HuntBreak | undefined {
  const definitions = scenarioMetrics(scenario, registry);
  const definition = findMetricDefinition(definitions, spec.metric);
  const kpi = judgeKpi({ spec, definition, definitions, seeds: [seed], mode: 'sim', warmupNs: 0 });
  if (kpi.pass || kpi.value === null) return undefined;
  const must = `${spec.aggregation} ${spec.limitText}`;
  const text = `${spec.metric} ${spec.aggregation} is ${measuredText(kpi)}, and must be ${spec.limitText}`;
  const kind = always.has(spec.metric) ? 'always' : 'recover';
  return { kind, place: `${spec.metric} ${must}`, text };
}

/** The break for an error of a run. */
function breakOf(error: unknown): HuntBreak {
  if (error instanceof NodeCrash && !(error.cause instanceof BrokenGuaranteeError)) {
    return crashBreak(error.crash);
  }
  const cause = error instanceof NodeCrash ? error.cause : error;
  const text = shortLine(cause instanceof Error ? cause.message : String(cause));
  if (!(cause instanceof InvariantError)) {
    const [, file = 'unknown', line = '0'] = FRAME.exec((cause as Error).stack ?? '') ?? [];
    return { kind: 'crash', place: `engine ${file}:${line}`, text };
  }
  const node = cause instanceof BrokenGuaranteeError ? `${cause.node ?? ''}: ` : '';
  const words = node !== '' && text.startsWith(node) ? text.slice(node.length) : text;
  return { kind: 'invariant', place: maskNumbers(words), text };
}

/** Describes a crash of a node as a break of a hunt. */
export function crashBreak({ place, node = 'a node', protocol, error: words }: Crash): HuntBreak {
  const text = shortLine(`${node}: ${words}`);
  // An assertion is identified by its message, because all assertions throw in the same line.
  const isAssertion = place === undefined || place.file.endsWith('/assert.ts');
  const line = isAssertion ? maskNumbers(words) : placeText(place.file, place.line);
  return { kind: 'crash', place: `${protocol} ${line}`, text };
}

/** A text as one line of bounded length. */
export function shortLine(text: string): string {
  return oneLine(text).slice(0, TEXT_MAX);
}

/** A text with its numbers replaced by `#`, so that it is the same for the same break in another run. */
export function maskNumbers(text: string): string {
  return shortLine(text).replace(NUMBERS, '#');
}

function placeText(file: string, line: number): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}
