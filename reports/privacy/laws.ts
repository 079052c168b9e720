/**
 * Chooses for each node the model by which mass propagates, from the setting of a run
 * (docs/spec/privacy-metrics.md, "Mass propagation"). Corrupt mixes and mixes with constant delays
 * reveal which output was which input; uniform delays are weighted by hazard; a batch mix sends a
 * uniform choice from its pool.
 *
 * @module
 */

import type { DelayLaw } from '../../engine/host/privacy.ts';
import { uniformHazard } from './mass/aging-pool.ts';
import type { NodeMixingModel } from './mass/propagate.ts';
import type { PrivacySetting } from './setting.ts';
import type { RunTruth } from './truth/truth.ts';

/**
 * Chooses for each node, by its index, the model of the delays that an adversary assumes.
 * Nodes that do not mix are end nodes: they hide nothing.
 */
export function chooseNodeMixingModels(
  truth: Pick<RunTruth, 'nodes'>,
  { mixes, corrupt }: Pick<PrivacySetting, 'mixes' | 'corrupt'>,
): readonly NodeMixingModel[] {
  const byName = new Map(mixes.map((mix) => [mix.name, mix.law]));
  const revealing = new Set(corrupt);
  return truth.nodes.map((name): NodeMixingModel => {
    const law = byName.get(name);
    if (law === undefined) return { kind: 'end' };
    return revealing.has(name) ? { kind: 'open' } : honest(law);
  });
}

function honest(law: DelayLaw): NodeMixingModel {
  switch (law.kind) {
    case 'exponential':
    case 'batch':
    case 'unknown':
      return { kind: 'memoryless' };
    case 'uniform':
      return { kind: 'aging', hazard: uniformHazard(law.longestNs) };
    case 'constant':
      return { kind: 'open' };
  }
}

/** A mask over node indexes: true if the set contains the name of the node. */
export function nodeMaskOfNames(
  truth: Pick<RunTruth, 'nodes'>,
  names: ReadonlySet<string>,
): readonly boolean[] {
  return truth.nodes.map((name) => names.has(name));
}
