/**
 * Prepares a scenario for a hunt: removes its own events, chooses duration and limits by what its
 * protocols promise (docs/spec/hunt.md), and lists on what faults can act.
 *
 * @module
 */
import type { Must, MustLimits } from '../../engine/host/must.ts';
import type { ConfiguredNode, Protocol } from '../../engine/host/protocol.ts';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { FaultTargets } from '../faults/fault-draws.ts';
import { listInjectableKinds } from '../injection/kinds.ts';
import { makeScenarioDocument } from '../injection/scenario-document.ts';
import { Flow } from '../traffic/traffic-source.ts';
import type { Attempt } from './attempt.ts';
import { mapsAtPath, type ScenarioData } from './scenario-data.ts';
import type { ScenarioOpener } from './scenario-opener.ts';

/** A scenario prepared for a hunt, with the targets of faults and the limits that must hold. */
export interface HuntedScenario {
  /**
   * The scenario without its own events; its warm-up ends at the instant by which everything must have
   * recovered.
   */
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  /** Opens it again, for attempts with other options. */
  readonly opener: ScenarioOpener;
  /** The file of the scenario, and the values that the user set in it. */
  readonly file: string;
  readonly set: Readonly<Record<string, string>>;
  readonly targets: FaultTargets;
  /** Metrics whose limits must hold at every instant. */
  readonly always: ReadonlySet<string>;
}

/** Share of the hunted time after which all faults have ended. */
const QUIET_SHARE = 0.5;
/** Share of the hunted time after which nodes must have recovered; the rest is measured. */
const RECOVERED_SHARE = 0.75;
/** Length of the hunted time as a multiple of the time to recover. */
const RECOVERIES = 4;

/**
 * Opens a scenario for hunting.
 *
 * @param set Values that the user sets, `path -> value`.
 * @throws the errors of opening a scenario; Refusal if a node is a defective double.
 */
export async function prepareHunt(
  file: string,
  set: Readonly<Record<string, string>>,
  opener: ScenarioOpener,
): Promise<HuntedScenario> {
  const { registry } = opener;
  const { scenario: given } = await opener.open(file, set);
  const ownSet = { ...given.hunt, ...set };
  const { scenario: own, forgeries } = await opener.open(file, ownSet);
  const kept = mustsOf(own, registry);
  const musts = kept.map(({ must }) => must);
  const recoverNs = greatestOf([0, ...musts.map(({ withinSeconds }) => withinSeconds * 1e9)]);
  const beganNs = own.warmupNs;
  const wantedNs = recoverNs === 0 ? own.durationNs : beganNs + RECOVERIES * recoverNs;
  const endNs = ownSet['duration'] === undefined ? wantedNs : own.durationNs;
  const leftNs = (1 - RECOVERED_SHARE) * (endNs - beganNs);
  if (leftNs < recoverNs)
    throw new Refusal(shortText(ownSet['duration'] ?? '', beganNs, recoverNs));
  const at = (share: number): number => Math.round(beganNs + share * (endNs - beganNs));
  const always = joined(musts.map((must) => must.always));
  const changes = {
    events: '[]',
    kpis: JSON.stringify({ ...always, ...joined(musts.map((must) => must.recover)) }),
    duration: `${endNs}ns`,
    warmup: `${at(RECOVERED_SHARE)}ns`,
  };
  const { scenario } = await opener.open(file, { ...ownSet, ...changes });
  const nodes =
    listInjectableKinds(scenario, forgeries).find(({ kind }) => kind === 'crash')?.targets ?? [];
  const { links: all } = scenario.topology;
  const links = all.map(({ id }) => id);
  const linksOf = Object.fromEntries(
    nodes.map((node) => [
      node,
      all.filter(({ a, b }) => a.host === node || b.host === node).map(({ id }) => id),
    ]),
  );
  const rated = scenario.traffic.filter((flow) => Flow.spacingNs(flow) > 0);
  const senders = [...new Set(rated.map(({ from }) => from))];
  const ends = nodes.filter((node) =>
    scenario.traffic.some(({ from, to }) => [from, to].includes(node)),
  );
  const times = { fromNs: beganNs, quietNs: at(QUIET_SHARE) };
  const options = optionsOf(own, kept, opener);
  const clockErrors = musts.map(({ clockErrorSeconds = 0 }) => clockErrorSeconds * 1e9);
  return {
    ...{ scenario, registry, opener, file, set },
    targets: {
      nodes,
      everyNode: nodes,
      links,
      linksOf,
      forgeries,
      ends,
      senders,
      options,
      floodRates: Object.fromEntries(
        musts.flatMap((must) => Object.entries(must.floodRates ?? {})),
      ),
      clockErrorNs: musts.length === 0 ? 0 : leastOf(clockErrors),
      ...times,
    },
    always: new Set(Object.keys(always)),
  };
}

/**
 * Prepares the scenario of an attempt: the hunted one, or a copy with another value of an option.
 * @returns undefined if the rest of the scenario does not allow the value, so that the attempt shows
 *   nothing.
 */
export async function prepareAttemptScenario(
  hunted: HuntedScenario,
  { option }: Pick<Attempt, 'option'>,
): Promise<HuntedScenario | undefined> {
  // An attempt from a saved hunt may name an option that this scenario does not have.
  const change = option === undefined ? undefined : hunted.targets.options[option];
  if (change === undefined) return hunted;
  try {
    return await prepareHunt(hunted.file, { ...hunted.set, ...change }, hunted.opener);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Refusal) return undefined;
    throw error;
  }
}

interface Kept {
  readonly protocol: string;
  readonly must: Must;
}

/**
 * The changes of options that protocols allow. A change sets its value wherever the scenario has
 * options of the protocol.
 */
function optionsOf(
  scenario: Scenario,
  kept: readonly Kept[],
  opener: ScenarioOpener,
): FaultTargets['options'] {
  const data = makeScenarioDocument(scenario, opener).toJS() as ScenarioData;
  const choices = kept.flatMap(({ protocol, must }) =>
    Object.entries(must.options ?? {}).flatMap(([path, values]) =>
      values.map((value): [string, Readonly<Record<string, string>>] => {
        const set = placesOf(data, protocol).map((place) => [`${place}.${path}`, value]);
        return [`${protocol}.${path}=${value}`, Object.fromEntries(set)];
      }),
    ),
  );
  return Object.fromEntries(choices);
}

/** Paths in a scenario file at which there are options of a protocol. */
function placesOf(data: ScenarioData, protocol: string): readonly string[] {
  const stack = mapsAtPath(data, ['stack']).flatMap(({ run }, index) =>
    run === protocol ? [`stack.${index}.options`] : [],
  );
  const names = Object.keys((data['options'] ?? {}) as object);
  const own = names.filter((name) => name === protocol || name.endsWith(`/${protocol}`));
  const all = [...stack, ...own.map((name) => `options.${name}`)];
  return all.length === 0 ? [`options.${protocol}`] : all;
}

/** What each protocol of a scenario promises. */
function mustsOf(scenario: Scenario, registry: ProtocolLookup): readonly Kept[] {
  const of = makeProtocolStackFinder(scenario, registry);
  const nodes = new Map<Protocol, ConfiguredNode[]>();
  for (const host of scenario.topology.hosts) {
    for (const { protocol, options } of of(host)) {
      const double = protocol.double?.(options);
      if (double !== undefined) throw new Refusal(doubleText(host.name, double));
      nodes.set(protocol, [...(nodes.get(protocol) ?? []), { name: host.name, options }]);
    }
  }
  return [...nodes].flatMap(([protocol, some]) => {
    const must = protocol.must?.(some);
    return must === undefined ? [] : [{ protocol: protocol.name, must }];
  });
}

function doubleText(node: string, double: string): string {
  return `${node} is a defective double (${double}): it breaks what a hunt looks for`;
}

/** Joins the limits of all protocols; each allows that its metric was never measured. */
function joined(all: readonly MustLimits[]): Record<string, Record<string, unknown>> {
  const entries = all.flatMap((limits) => Object.entries(limits));
  return Object.fromEntries(entries.map(([metric, by]) => [metric, { ...by, allowEmpty: true }]));
}

function shortText(duration: string, beganNs: number, recoverNs: number): string {
  const least = Math.ceil((beganNs + RECOVERIES * recoverNs) / 1e9);
  return `a duration of ${duration} leaves the nodes less than the ${recoverNs / 1e9} s that they may take to recover: give ${least}s at least, or none`;
}
