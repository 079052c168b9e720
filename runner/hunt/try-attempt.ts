/**
 * Tries an attempt: one run of one seed in this thread, watched for everything that must not happen.
 *
 * @module
 */
import { InvariantError } from '../../engine/core/assert.ts';
import { judgeKpi } from '../../reports/kpi.ts';
import type { FaultRecord, KpiSpec, SeedResult } from '../../reports/model.ts';
import { oneLine } from '../../reports/plain-text.ts';
import { definitionOf } from '../../reports/series.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import { BrokenPromise, type Crash, NodeCrash } from '../crash/crash.ts';
import { measuredSoFar } from '../experiment/measured-so-far.ts';
import { FaultError } from '../faults/fault-driver.ts';
import { EventCheck } from '../injection/event-check.ts';
import type { AssembledRun } from '../phases/run-phases.ts';
import type { PreparedRun } from '../run/assemble-seed.ts';
import { runSeed } from '../run/run-seed.ts';
import type { Attempt, Break, TriedAttempt } from './attempt.ts';
import type { Field } from './field.ts';
import { GrowthWatch } from './growth.ts';
import { ReachedStates } from './reached.ts';
import { Story } from './story.ts';

/** Longest text of a break, characters. */
const TEXT_MAX = 400;
const NUMBERS = /\d+/g;
/** File and line of the first frame of a stack. */
const FRAME = /([\w.-]+\.[jt]s):(\d+):\d+/;

/** Tries attempts on one field. */
export class AttemptTrier {
  readonly #field: Field;
  readonly #check: EventCheck;

  constructor(field: Field) {
    this.#field = field;
    this.#check = new EventCheck(field.scenario, field.registry);
  }

  /** Tries an attempt; never throws for what a node does. */
  try({ seed, events: drawn }: Attempt): TriedAttempt {
    const { registry, always, targets } = this.#field;
    const { fromNs } = targets;
    const { specs, events } = this.#check.takeAll(drawn);
    const scenario = { ...this.#field.scenario, events: specs };
    const { faults: _, ...tried } = tryScenario({ scenario, registry, seed, always, fromNs });
    return { ...tried, events };
  }
}

/** A run to try. */
export interface Trial {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  /** Metrics whose limits hold during the warm-up, too. */
  readonly always: ReadonlySet<string>;
  /** When faults begin; absent: at 0. */
  readonly fromNs?: number;
  /** True if its story is told. */
  readonly isTold?: boolean | undefined;
}

/** What a run did, with the faults that happened in it. */
export type TriedRun = Omit<TriedAttempt, 'events'> & { readonly faults: readonly FaultRecord[] };

/** Runs a scenario once and says what broke. */
export function tryScenario(trial: Trial): TriedRun {
  const { scenario, registry, seed } = trial;
  const reached = new ReachedStates();
  const limits = new TrialLimits(trial);
  const growth = new GrowthWatch();
  let faults: readonly FaultRecord[] = [];
  let story: Story | undefined;
  const watch = (prepared: PreparedRun): void => {
    prepared.world.listen(reached);
    faults = prepared.experiment.faults.records;
    if (trial.isTold === true) {
      story = new Story(prepared.world, faults);
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
    // A fault that can no longer happen when its instant comes shows nothing.
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

/** The limits of a trial: those that hold at every instant are judged before the warm-up ends, too. */
export class TrialLimits {
  readonly #trial: Trial;
  #early: SeedResult | undefined;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Measures at the end of the warm-up; called before the reset of the same instant is booked. */
  watch({ world, experiment }: Pick<AssembledRun, 'world' | 'experiment'>): void {
    const { warmupNs } = this.#trial.scenario;
    if (warmupNs === 0) return;
    const measured = measuredSoFar(world, this.#trial);
    world.atFault(warmupNs, () => {
      this.#early = measured(experiment);
    });
  }

  /** The limits that were missed, in the order of the scenario. */
  missedIn(result: SeedResult): readonly Break[] {
    const { scenario, always } = this.#trial;
    const parts = this.#early === undefined ? [result] : [this.#early, result];
    // Work that was done before the warm-up ended has nothing left that could recover.
    const recovering = result.virtualNs < scenario.warmupNs ? [] : [result];
    return scenario.kpis.flatMap((spec) => {
      const results = always.has(spec.metric) ? parts : recovering;
      const missed = results.map((seed) => judgeOne(this.#trial, spec, seed));
      return missed.find((one) => one !== undefined) ?? [];
    });
  }
}

/** A limit that a result misses; undefined if it is met, or nothing was measured. */
function judgeOne(
  { scenario, registry, always }: Trial,
  spec: KpiSpec,
  seed: SeedResult,
): Break | undefined {
  const definitions = scenarioMetrics(scenario, registry);
  const definition = definitionOf(definitions, spec.metric);
  const kpi = judgeKpi({ spec, definition, definitions, seeds: [seed], mode: 'sim', warmupNs: 0 });
  if (kpi.pass || kpi.value === null) return undefined;
  const must = `${spec.aggregation} ${spec.limitText}`;
  const text = `${spec.metric} is ${kpi.value}, and must be: ${must}`;
  const kind = always.has(spec.metric) ? 'always' : 'recover';
  return { kind, place: `${spec.metric} ${must}`, text };
}

/** The break that an error shows. */
function breakOf(error: unknown): Break {
  if (error instanceof NodeCrash && !(error.cause instanceof BrokenPromise)) {
    return crashBreak(error.crash);
  }
  const cause = error instanceof NodeCrash ? error.cause : error;
  const text = short(cause instanceof Error ? cause.message : String(cause));
  if (!(cause instanceof InvariantError)) {
    const [, file = 'unknown', line = '0'] = FRAME.exec((cause as Error).stack ?? '') ?? [];
    return { kind: 'crash', place: `engine ${file}:${line}`, text };
  }
  const node = cause instanceof BrokenPromise ? `${cause.node ?? ''}: ` : '';
  const words = node !== '' && text.startsWith(node) ? text.slice(node.length) : text;
  return { kind: 'invariant', place: withoutNumbers(words), text };
}

/** The break that a crash is. */
export function crashBreak({ place, node = 'a node', protocol, error: words }: Crash): Break {
  const text = short(`${node}: ${words}`);
  // An assertion is named by its words: its line is that of all assertions.
  const isAssertion = place === undefined || place.file.endsWith('/assert.ts');
  const line = isAssertion ? withoutNumbers(words) : placeText(place.file, place.line);
  return { kind: 'crash', place: `${protocol} ${line}`, text };
}

/** One line of bounded length. */
export function short(text: string): string {
  return oneLine(text).slice(0, TEXT_MAX);
}

/** Words that are the same for the same break in other runs. */
export function withoutNumbers(text: string): string {
  return short(text).replace(NUMBERS, '#');
}

function placeText(file: string, line: number): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}
