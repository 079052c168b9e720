/**
 * The facts about nodes of a mixnet from which privacy is measured: role, layer and delay
 * distribution of each node, according to the options.
 *
 * @module
 */
import type { DelayLaw, NodePrivacyFacts } from '../../engine/host/privacy.ts';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import type { MixnetOptions } from './config.ts';
import type { MixingOptions } from './mixing/index.ts';

type Node = ConfiguredNode<MixnetOptions>;

const PARTS = { client: 'user', mix: 'mix', provider: 'relay', authority: 'aside' } as const;

/** Returns the facts of each node, in the order of the nodes. */
export function privacyFacts(nodes: readonly Node[]): readonly NodePrivacyFacts[] {
  // All nodes use the rates of the document, which come from the authority's options.
  const authority = nodes.find(({ options }) => options.role === 'authority');
  const layers = layersOf(nodes);
  return nodes.map(({ name, options }) => {
    const askedNs = (authority?.options ?? options).rates.delay;
    const law = lawOf(options.mixing, askedNs);
    const layer = layers.get(name);
    const { asn, family } = options;
    return {
      node: name,
      part: PARTS[options.role],
      law,
      ...(law.kind === 'exponential' && { meanDelayNs: askedNs }),
      ...(layer !== undefined && { layer }),
      asn,
      ...(family !== undefined && { family }),
    };
  });
}

/**
 * Returns the layer of each mix (1 first) by its name; empty if the layers depend on the shared
 * random value.
 */
function layersOf(nodes: readonly Node[]): ReadonlyMap<string, number> {
  const places = nodes.find(({ options }) => options.places !== undefined)?.options.places ?? [];
  return new Map(places.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
}

/** @param askedNs Mean of the delay that senders request from each hop, ns. */
function lawOf(mixing: MixingOptions, askedNs: number): DelayLaw {
  switch (mixing.strategy) {
    case 'poisson':
    case 'stop-and-go':
      return { kind: 'exponential' };
    case 'vrf-exp':
      // The mean of `vrf-exp` is always the mean delay of the network.
      return mixing.law === 'uniform'
        ? { kind: 'uniform', longestNs: 2 * askedNs }
        : { kind: 'exponential' };
    case 'constant':
      return { kind: 'constant' };
    case 'uniform': {
      const { mean, spread = mean } = mixing;
      // The privacy metrics know the hazard function only of uniform delays that start at 0.
      return spread === mean
        ? { kind: 'uniform', longestNs: 2 * mean }
        : { kind: 'unknown', name: 'uniform' };
    }
    case 'threshold':
    case 'timed':
    case 'threshold-or-timed':
    case 'threshold-and-timed':
    case 'threshold-pool':
    case 'timed-pool':
    case 'timed-dynamic-pool':
    case 'binomial':
      return { kind: 'batch' };
    default:
      return mixing satisfies never;
  }
}
