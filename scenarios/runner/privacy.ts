/**
 * Measures the privacy of a run: hands the nodes their observers, and turns what they told into
 * metrics and warnings when the run is over.
 *
 * What each mix does is read from its checked options, by the names that protocols of this
 * repository use: `mixing.strategy`, `rates.delay` (of the authority, which makes the document that
 * all obey, or else of the mix itself).
 *
 * @module
 */

import type { SeedResult } from '../../reports/model.ts';
import { measurePrivacy, type PrivacyFindings } from '../../reports/privacy/measure.ts';
import type { MixFacts, MixingLaw } from '../../reports/privacy/setting.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { PrivacySpec, Scenario } from '../model.ts';
import { MessageObservers } from './message-observer.ts';

/** What a watch is made of. */
export interface PrivacyParts {
  readonly scenario: Scenario;
  readonly privacy: PrivacySpec;
  readonly seed: number;
  readonly now: () => number;
  /** Checked options of a host. */
  readonly optionsOf: (host: HostSpec) => unknown;
}

/** One run being watched. */
export class PrivacyWatch {
  readonly observers: MessageObservers;
  readonly #parts: PrivacyParts;

  constructor(parts: PrivacyParts) {
    const nodes = parts.scenario.topology.hosts.map(({ name }) => name);
    this.#parts = parts;
    this.observers = new MessageObservers({ nodes, now: parts.now });
  }

  /** The result with what was found out about privacy. */
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
    return measurePrivacy(this.observers.truth(), {
      mixes: this.#mixes(),
      clients: this.#clients(),
      corrupt: privacy.corrupt,
      warmupNs: scenario.warmupNs,
      everyNs: privacy.everyNs,
      endNs: scenario.durationNs,
      seed,
      asked: new Set(privacy.asked),
    });
  }

  #clients(): readonly string[] {
    const { scenario, optionsOf } = this.#parts;
    const isClient = (host: HostSpec): boolean => at(optionsOf(host), 'role') === 'client';
    return scenario.topology.hosts.filter(isClient).map(({ name }) => name);
  }

  #mixes(): readonly MixFacts[] {
    const { scenario, privacy, optionsOf } = this.#parts;
    const { hosts } = scenario.topology;
    const authority = hosts.find((host) => at(optionsOf(host), 'role') === 'authority');
    const common = authority === undefined ? undefined : at(optionsOf(authority), 'rates', 'delay');
    return hosts
      .filter(({ name }) => privacy.mixes.includes(name))
      .map((host): MixFacts => {
        const options = optionsOf(host);
        const law = lawOf(options);
        const own = law.kind === 'exponential' ? (common ?? at(options, 'rates', 'delay')) : 0;
        const mean = privacy.meanDelayNs ?? own;
        const isKnown = typeof mean === 'number' && mean > 0;
        return { name: host.name, law, ...(isKnown ? { meanDelayNs: mean } : {}) };
      });
  }
}

const BATCHES = ['threshold', 'timed', 'pool', 'binomial'];

/** The law behind the `mixing` options of a node; senders choose exponential delays without any. */
function lawOf(options: unknown): MixingLaw {
  const strategy = at(options, 'mixing', 'strategy') ?? 'poisson';
  switch (strategy) {
    case 'poisson':
    case 'vrf-exp':
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

/** Only delays that begin at 0 have a hazard of their own here. */
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
