/**
 * The phases of a run, the same in every world: assemble, open, prepare, become ready, begin, pass the
 * time, settle, collect, close. Worlds differ in their driver, which makes the time pass (ADR 0048).
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { flowProtocol, scenarioMetrics } from '../../scenarios/open/nodes.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import {
  finishMessageAccounting,
  type MessageAccounting,
  recordRefusedMessages,
} from '../accounts/account.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { makeSeedResult } from '../experiment/outcome.ts';
import { Injector } from '../injection/injector.ts';
import type { InjectionPort } from '../injection/messages.ts';
import type { RunRecording } from '../recording/recorder.ts';
import type { World } from '../world.ts';
import type { PromiseSteps } from './steps.ts';

/** A run before it begins: its parts, connected to each other. */
export interface AssembledRun {
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly seed: number;
  readonly world: World;
  readonly experiment: Experiment;
  /** The account of messages, or the reason why there is none. */
  readonly account: MessageAccounting;
  readonly recording: RunRecording;
  /** The port to viewers that may inject faults. */
  readonly injection: InjectionPort | undefined;
  /** Adds privacy metrics to a result; absent if the scenario measures no privacy. */
  readonly privacy?: { readonly addTo: (result: SeedResult) => SeedResult };
}

/** What a driver may use while the time passes. */
export interface RunDriverParts {
  readonly experiment: Experiment;
  readonly recording: RunRecording;
  /** Takes faults that are not in the file; undefined if the run has no port for them. */
  readonly injector: Injector | undefined;
}

/**
 * Runs the phases that depend on the kind of world (simulated, emulated, live, several processes),
 * above all the passing of time.
 */
export interface RunDriver {
  /** Creates the world, the experiment, and everything that watches. */
  assemble(): AssembledRun;
  /** Opens sockets or processes that must exist before nodes are created. */
  open?(): PromiseSteps<void>;
  /** Runs code that creates and starts nodes. */
  prepare(act: () => void): void;
  /** Waits until the nodes can carry traffic, up to a limit. */
  untilReady?(experiment: Experiment): PromiseSteps<void>;
  /** Begins the scenario's time. */
  begin?(experiment: Experiment): PromiseSteps<void>;
  /** Lets the time pass until the run is over or stopped. */
  pass(passing: RunDriverParts): PromiseSteps<SeedResult['ending']>;
  /**
   * Waits for packets that still count although nodes receive nothing any more, and gathers
   * counters.
   */
  settle?(): PromiseSteps<void>;
  /** Facts about the run; to be read after {@link settle}. */
  facts(): ElapsedTimeFacts;
  /** Adds the metrics that only this kind of world has. */
  addTo(result: SeedResult): SeedResult;
  /** Closes everything, also after a run that failed. */
  close?(): PromiseSteps<void>;
}

/** How long a run took, and warnings about it. */
export interface ElapsedTimeFacts {
  readonly fingerprint: string;
  readonly events: number;
  /** Wall time that the run took, ms. */
  readonly wallMs: number;
  /** Warnings for the report. */
  readonly warnings: readonly string[];
}

/** Runs a seed through all phases to its result. */
export function* runPhases(driver: RunDriver): PromiseSteps<SeedResult> {
  let assembled: AssembledRun | undefined;
  try {
    assembled = driver.assemble();
    const { experiment, recording } = assembled;
    if (driver.open !== undefined) yield* driver.open();
    driver.prepare(() => experiment.prepare());
    recordRefusedMessages(assembled.account, experiment.flows);
    if (driver.untilReady !== undefined) yield* driver.untilReady(experiment);
    if (driver.begin !== undefined) yield* driver.begin(experiment);
    const ending = yield* driver.pass({ experiment, recording, injector: injectorOf(assembled) });
    if (driver.settle !== undefined) yield* driver.settle();
    const result = driver.addTo(collectSeedResult(assembled, ending, driver.facts()));
    const warnings = recording.finish(result, experiment);
    return { ...result, warnings: [...result.warnings, ...warnings] };
  } finally {
    assembled?.recording.close();
    if (driver.close !== undefined) yield* driver.close();
  }
}

function injectorOf({
  injection,
  scenario,
  registry,
  experiment,
  world,
}: AssembledRun): Injector | undefined {
  return Injector.of({ link: injection, scenario, registry, experiment, world });
}

/** Checks that everything adds up, stops the nodes, and collects the measurements. */
export function collectSeedResult(
  { scenario, registry, seed, world, experiment, account, privacy }: AssembledRun,
  ending: SeedResult['ending'],
  facts: ElapsedTimeFacts,
): SeedResult {
  world.assertBalance?.();
  const messages = finishMessageAccounting(account, experiment);
  experiment.finish();
  const result = makeSeedResult(experiment, world, scenario, {
    ...facts,
    seed,
    ending,
    warnings: [...new Set([...facts.warnings, ...(world.linkWarnings?.() ?? [])])],
    definitions: scenarioMetrics(scenario, registry),
    protocolOf: (flow): string => flowProtocol(scenario, registry, flow),
  });
  const accounted = { ...result, ...messages };
  return privacy === undefined ? accounted : privacy.addTo(accounted);
}
