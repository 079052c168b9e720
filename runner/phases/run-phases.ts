/**
 * The phases of a run, the same in every world: cast, open, prepare, become ready, begin, pass the time,
 * settle, collect, close. What differs is who makes the time pass (ADR 0048).
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { flowProtocol, metricsOf } from '../../scenarios/open/nodes.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import { type Account, closeAccount, followRefusals } from '../accounts/account.ts';
import { Injector } from '../palette/injector.ts';
import type { PaletteLink } from '../palette/messages.ts';
import type { Recording } from '../recording/recorder.ts';
import { outcome } from '../stage/outcome.ts';
import type { Stage } from '../stage/stage.ts';
import type { World } from '../world.ts';
import type { Steps } from './steps.ts';

/** A run before it begins. */
export interface Cast {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  readonly world: World;
  readonly stage: Stage;
  /** The account of messages, or why there is none. */
  readonly account: Account;
  readonly recording: Recording;
  /** The port to viewers that may inject faults. */
  readonly palette: PaletteLink | undefined;
  /** Absent if the scenario measures no privacy. */
  readonly privacy?: { readonly addTo: (result: SeedResult) => SeedResult };
}

/** What a timekeeper may use while the time passes. */
export interface Passing {
  readonly stage: Stage;
  readonly recording: Recording;
  /** Takes faults that are not in the file; undefined if nobody can send any. */
  readonly injector: Injector | undefined;
}

/** Makes the time of a run pass, in worlds of one kind. */
export interface Timekeeper {
  /** Creates the world, the stage, and everything that watches. */
  cast(): Cast;
  /** Opens what nodes need before they are created: sockets, processes. */
  open?(): Steps<void>;
  /** Runs code that creates and starts nodes. */
  prepare(act: () => void): void;
  /** Waits until the nodes can carry traffic, up to a limit. */
  untilReady?(stage: Stage): Steps<void>;
  /** Begins the scenario's time. */
  begin?(stage: Stage): Steps<void>;
  /** Lets the time pass until the run is over or stopped. */
  pass(passing: Passing): Steps<SeedResult['ending']>;
  /** Nodes get nothing more. Waits for what is only counted from here on. */
  settle?(): Steps<void>;
  /** What is known once the time is over. */
  facts(): TimeFacts;
  /** Adds what only this kind of world measures. */
  addTo(result: SeedResult): SeedResult;
  /** Closes everything, also after a run that failed. */
  close?(): Steps<void>;
}

/** Facts about the time that has passed. */
export interface TimeFacts {
  readonly fingerprint: string;
  readonly events: number;
  /** What the run took, ms. */
  readonly wallMs: number;
  /** Warnings for the report. */
  readonly warnings: readonly string[];
}

/** Runs a seed through all phases to its result. */
export function* runPhases(time: Timekeeper): Steps<SeedResult> {
  let cast: Cast | undefined;
  try {
    cast = time.cast();
    const { stage, recording } = cast;
    if (time.open !== undefined) yield* time.open();
    time.prepare(() => stage.prepare());
    followRefusals(cast.account, stage.flows);
    if (time.untilReady !== undefined) yield* time.untilReady(stage);
    if (time.begin !== undefined) yield* time.begin(stage);
    const ending = yield* time.pass({ stage, recording, injector: injectorOf(cast) });
    if (time.settle !== undefined) yield* time.settle();
    const result = time.addTo(collect(cast, ending, time.facts()));
    const warnings = recording.finish(result, stage);
    return { ...result, warnings: [...result.warnings, ...warnings] };
  } finally {
    cast?.recording.close();
    if (time.close !== undefined) yield* time.close();
  }
}

function injectorOf({ palette, scenario, registry, stage }: Cast): Injector | undefined {
  return Injector.of({ link: palette, scenario, registry, stage });
}

/** Checks that everything adds up, stops the nodes, and collects the measurements. */
export function collect(
  { scenario, registry, seed, world, stage, account, privacy }: Cast,
  ending: SeedResult['ending'],
  facts: TimeFacts,
): SeedResult {
  world.assertBalance?.();
  const messages = closeAccount(account, stage);
  stage.finish();
  const result = outcome(stage, world, scenario, {
    ...facts,
    seed,
    ending,
    warnings: [...new Set([...facts.warnings, ...(world.linkWarnings?.() ?? [])])],
    definitions: metricsOf(scenario, registry),
    protocolOf: (flow): string => flowProtocol(scenario, registry, flow),
  });
  const accounted = { ...result, ...messages };
  return privacy === undefined ? accounted : privacy.addTo(accounted);
}
