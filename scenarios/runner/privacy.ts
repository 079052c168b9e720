/**
 * Measures the privacy of a run: passes observers to the nodes, and turns what they reported into
 * metrics and warnings when the run has ended.
 *
 * What each mix does is read from its checked options, by the names that protocols of this
 * repository use: `mixing.strategy`, and `rates.delay` (of the authority, whose document all nodes
 * obey, or else of the mix itself).
 *
 * @module
 */

import type { ReadMessage } from '../../engine/host/protocol.ts';
import type { SeedResult } from '../../reports/model.ts';
import { passagesOf } from '../../reports/privacy/answers.ts';
import {
  askedAttacks,
  attackMetrics,
  evaluateAttacks,
} from '../../reports/privacy/evaluate-attacks.ts';
import { ACTIVE_ATTACKS } from '../../reports/privacy/kpis.ts';
import { measurePrivacy, type PrivacyFindings } from '../../reports/privacy/measure.ts';
import type { MixFacts, MixingLaw, PrivacySetting } from '../../reports/privacy/setting.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { PrivacySpec, Scenario } from '../model.ts';
import { AttackDriver } from './attack-driver.ts';
import { LinkWatch } from './link-watch.ts';
import { MessageObservers } from './message-observer.ts';
import type { SimStageWorld } from './sim-stage-world.ts';

/** The parts of a privacy measurement. */
export interface PrivacyParts {
  readonly scenario: Scenario;
  readonly privacy: PrivacySpec;
  readonly seed: number;
  readonly world: SimStageWorld;
  /** The checked options of a host. */
  readonly optionsOf: (host: HostSpec) => unknown;
  /** Finds messages in the datagrams of a host; undefined if its protocol offers no reader. */
  readonly readerOf: (host: HostSpec) => ReadMessage | undefined;
}

/** The privacy measurement of one run. */
export class PrivacyWatch {
  /** Receives reports about messages inside nodes. */
  readonly observers: MessageObservers;
  /** Observes packets on links. */
  readonly links: LinkWatch;
  /** Carries out the attacks of events. */
  readonly attacks: AttackDriver;
  readonly #parts: PrivacyParts;

  constructor(parts: PrivacyParts) {
    const { world, scenario, privacy } = parts;
    const { hosts } = scenario.topology;
    this.#parts = parts;
    const nodes = hosts.map(({ name }) => name);
    this.observers = new MessageObservers({ nodes, now: (): number => world.now() });
    this.attacks = new AttackDriver({ ...parts, observers: this.observers });
    const isMessenger = (host: HostSpec): boolean => this.#roleOf(host) !== 'authority';
    this.links = new LinkWatch({
      world,
      warmupNs: scenario.warmupNs,
      nodes: new Set(hosts.filter(isMessenger).map(({ name }) => name)),
      corrupt: privacy.corrupt,
      keepsSightings: askedAttacks(new Set(privacy.asked)).some(isPassive),
    });
  }

  /** The result, extended by what was found out about privacy. */
  addTo(result: SeedResult): SeedResult {
    const { metrics, warnings, summary } = this.#measure();
    return {
      ...result,
      metrics: { ...result.metrics, ...metrics },
      warnings: [...result.warnings, ...warnings],
      privacy: summary,
    };
  }

  #measure(): PrivacyFindings {
    const { scenario, privacy, seed } = this.#parts;
    const truth = this.observers.truth();
    const setting: PrivacySetting = {
      mixes: this.#mixes(),
      clients: this.#users(),
      corrupt: privacy.corrupt,
      warmupNs: scenario.warmupNs,
      everyNs: privacy.everyNs,
      endNs: scenario.durationNs,
      seed,
      asked: new Set(privacy.asked),
      sizes: this.links.sizes,
    };
    const found = measurePrivacy(truth, setting);
    if (askedAttacks(setting.asked).length === 0) return found;
    for (const passage of passagesOf(truth, privacy.corrupt)) this.links.told(passage);
    const { summary } = found;
    const view = this.links.view();
    const attacks = evaluateAttacks({
      truth,
      setting,
      view,
      users: this.#users(),
      summary,
      carriedOut: this.attacks.carriedOut(truth),
    });
    return {
      ...found,
      metrics: { ...found.metrics, ...attackMetrics(attacks) },
      summary: { ...summary, attacks },
    };
  }

  #roleOf(host: HostSpec): unknown {
    return at(this.#parts.optionsOf(host), 'role');
  }

  /** Hosts with the role of a client; for protocols without roles, all hosts that do not mix. */
  #users(): readonly string[] {
    const { scenario, privacy } = this.#parts;
    const { hosts } = scenario.topology;
    const clients = hosts.filter((host) => this.#roleOf(host) === 'client');
    const others = hosts.filter(({ name }) => !privacy.mixes.includes(name));
    return (clients.length > 0 ? clients : others).map(({ name }) => name);
  }

  #mixes(): readonly MixFacts[] {
    const { scenario, privacy, optionsOf } = this.#parts;
    const { hosts } = scenario.topology;
    const authority = hosts.find((host) => this.#roleOf(host) === 'authority');
    const common = authority === undefined ? undefined : at(optionsOf(authority), 'rates', 'delay');
    return hosts
      .filter(({ name }) => privacy.mixes.includes(name))
      .map((host): MixFacts => {
        const options = optionsOf(host);
        const asked = common ?? at(options, 'rates', 'delay');
        const law = lawOf(options, asked);
        const own = law.kind === 'exponential' ? asked : 0;
        const mean = privacy.meanDelayNs ?? own;
        const isKnown = typeof mean === 'number' && mean > 0;
        return { name: host.name, law, ...(isKnown ? { meanDelayNs: mean } : {}) };
      });
  }
}

/** True if an attack only observes links. An active one intercepts packets itself. */
function isPassive(metric: string): boolean {
  return !ACTIVE_ATTACKS.has(metric);
}

/** The warning for a live run whose scenario measures privacy, which live runs cannot do. */
export function privacyNote({ privacy }: Pick<Scenario, 'privacy'>): readonly string[] {
  if (privacy === undefined) return [];
  return [
    'privacy is measured only in virtual time: live nodes do not reveal what happened to a message',
  ];
}

const BATCHES = ['threshold', 'timed', 'pool', 'binomial'];

/**
 * The delay law from the `mixing` options of a node; without any, senders choose exponential
 * delays.
 * @param askedNs Mean delay of the network.
 */
function lawOf(options: unknown, askedNs: unknown): MixingLaw {
  const strategy = at(options, 'mixing', 'strategy') ?? 'poisson';
  switch (strategy) {
    case 'vrf-exp':
      return vrfOf(options, askedNs);
    case 'poisson':
    case 'stop-and-go':
      return { kind: 'exponential' };
    case 'constant':
      return { kind: 'constant' };
    case 'uniform':
      return uniformOf(options);
    default: {
      const name = String(strategy);
      const isBatch = BATCHES.some((word) => name.includes(word));
      return isBatch ? { kind: 'batch' } : { kind: 'unknown', name };
    }
  }
}

/** The law of mixes that draw delays by VRF; its mean is always the mean of the network. */
function vrfOf(options: unknown, askedNs: unknown): MixingLaw {
  if (at(options, 'mixing', 'law') !== 'uniform') return { kind: 'exponential' };
  if (typeof askedNs !== 'number') return { kind: 'unknown', name: 'uniform' };
  return { kind: 'uniform', longestNs: 2 * askedNs };
}

/** A hazard function is only known for delays that start at 0. */
function uniformOf(options: unknown): MixingLaw {
  const mean = at(options, 'mixing', 'mean');
  const spread = at(options, 'mixing', 'spread') ?? mean;
  if (typeof mean !== 'number' || spread !== mean) return { kind: 'unknown', name: 'uniform' };
  return { kind: 'uniform', longestNs: 2 * mean };
}

function at(options: unknown, ...path: readonly string[]): unknown {
  let value = options;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
