/**
 * The `privacy` section: how the privacy of a run is measured, and against which adversary
 * (docs/PRIVACY.md).
 *
 * A limit on a metric of `privacy.` requests the measurement too, with the defaults of the section.
 *
 * @module
 */

import type { NodePrivacyFacts } from '../../engine/host/privacy.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { attackSuccessMetricName } from '../../reports/privacy/attacks/index.ts';
import { ACTIVE_ATTACK_OF_METRIC, isPrivacyMetric } from '../../reports/privacy/kpis.ts';
import { unknownNameHint } from '../../topologies/files/suggest.ts';
import { formatTime } from '../../topologies/files/units.ts';
import type { PrivacySpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import type { PrivacyInput } from './privacy-schema.ts';
import { selectedNodes } from './selectors.ts';

/** Default time between two targets, ns. */
const TARGETS_NS_DEFAULT = 2_000_000_000;

/** The section, and the parts of the scenario to which it refers. */
export interface PrivacyParts {
  readonly section: PrivacyInput | undefined;
  /** Names of the metrics with limits. */
  readonly limits: readonly string[];
  /** What nodes do with messages, such as mixing; only for nodes whose protocol states it. */
  readonly facts: readonly NodePrivacyFacts[];
  /** False if the options of some nodes have mistakes, which are reported elsewhere. */
  readonly isComplete: boolean;
  readonly warmupNs: number;
  /** Kinds of the attacks that events carry out. */
  readonly attacks: readonly string[];
  /** True if the file asks for `crypto: modelled`. */
  readonly isModelled: boolean;
}

/**
 * Resolves the `privacy` section; undefined if the run measures no privacy, or after reporting a mistake.
 */
export function resolvePrivacy(
  context: ScenarioContext,
  parts: PrivacyParts,
): PrivacySpec | undefined {
  const { section, warmupNs, limits, attacks } = parts;
  checkCarriedOut(context, limits, attacks);
  // The success of attacks that events carry out is measured even if no limit asks for it.
  const carriedOut = attacks.map(attackSuccessMetricName);
  const asked = [...new Set([...limits.filter(isPrivacyMetric), ...carriedOut])];
  if (section === undefined && asked.length === 0) return undefined;
  const mixes = mixesOf(context, parts, asked);
  if (mixes.length === 0 && !isByBits(parts, asked)) return undefined;
  if (mixes.length === 0 && parts.isComplete && parts.isModelled) {
    const message = 'packets are followed by their bits, and modelled cryptography changes none';
    context.refuse('E112', ['crypto'], message, 'remove crypto: modelled');
  }
  const everyNs = section?.targets ?? TARGETS_NS_DEFAULT;
  const measuredNs = context.durationNs - warmupNs;
  // A warm-up as long as the whole run is reported elsewhere.
  if (measuredNs > 0 && everyNs > measuredNs) {
    const message = `${formatTime(everyNs)} is longer than the measured time (${formatTime(measuredNs)})`;
    context.refuse(
      'E111',
      section?.targets === undefined ? ['duration'] : ['privacy', 'targets'],
      message,
    );
  }
  return {
    everyNs,
    mixes,
    corrupt: corruptMixes(context, parts, mixes),
    asked,
    facts: parts.facts,
    ...(section?.delay === undefined ? {} : { meanDelayNs: section.delay }),
  };
}

/** Reports each limit on the success of an attack that no event carries out. */
function checkCarriedOut(
  context: ScenarioContext,
  asked: readonly string[],
  kinds: readonly string[],
): void {
  for (const metric of asked) {
    const kind = ACTIVE_ATTACK_OF_METRIC.get(metric);
    if (kind === undefined || kinds.includes(kind)) continue;
    const message = `no event performs the attack ${kind}`;
    const hint = `add one to events: { at: 10s, attack: { kind: ${kind}, node: …, … } }`;
    context.refuseKey('E121', ['kpis', metric], message, hint);
  }
}

function mixesOf(
  context: ScenarioContext,
  { section, facts, isComplete }: PrivacyParts,
  asked: readonly string[],
): readonly string[] {
  const { hosts } = context.topology;
  const pattern = section?.mixes;
  if (pattern !== undefined) {
    const names = hosts.map(({ name }) => name);
    if (!context.admitPattern(pattern, ['privacy', 'mixes'], names.length)) return [];
    const form = context.pattern(pattern);
    const found = names.filter((name) => form.matches(name));
    if (!context.admitWork(['privacy', 'mixes'])) return [];
    if (found.length > 0) return found;
    const message = `"${pattern}" matches no node`;
    context.refuse('E124', ['privacy', 'mixes'], message, unknownNameHint(pattern, names, 'nodes'));
    return [];
  }
  const found = facts.filter(({ part }) => part === 'mix').map(({ node }) => node);
  if (found.length > 0 || !isComplete || isByBits({ section }, asked)) return found;
  const metric = asked.find((name) => !BY_BITS.has(name));
  const path = metric === undefined ? ['privacy'] : ['kpis', metric];
  const message = 'no node of this topology mixes';
  const measured = [...BY_BITS].join(', ');
  const hint = `name them: privacy: { mixes: "mix-*" }; without mixes, only ${measured} are measured`;
  context.refuseKey('E124', path, message, hint);
  return [];
}

/**
 * Metrics that can be measured if no node mixes, by an observer of links that compares the bits of
 * packets.
 */
const BY_BITS: ReadonlySet<string> = new Set([
  'privacy.entropy.bits',
  'privacy.min_entropy.bits',
  'privacy.hartley.bits',
]);

/**
 * True if the privacy of a run without mixes can be measured: no setting is about mixes, and all
 * requested metrics are in {@link BY_BITS}.
 */
function isByBits({ section }: Pick<PrivacyParts, 'section'>, asked: readonly string[]): boolean {
  const { mixes, corrupt, corruptMixes, delay } = section ?? {};
  const settings = [mixes, corrupt, corruptMixes, delay];
  return settings.every((one) => one === undefined) && asked.every((name) => BY_BITS.has(name));
}

/**
 * Resolves the corrupt mixes, in the order of the topology: those that `corruptMixes` selects, or the
 * share `corrupt` of all.
 */
function corruptMixes(
  context: ScenarioContext,
  { section, facts }: PrivacyParts,
  mixes: readonly string[],
): readonly string[] {
  const named = section?.corruptMixes;
  if (named === undefined) return corruptOf(mixes, section?.corrupt ?? 0);
  const path = ['privacy', 'corruptMixes'];
  if (section?.corrupt !== undefined) {
    const message = 'the corrupt mixes are also given as a share';
    context.refuseKey('E112', path, message, 'write corrupt or corruptMixes');
    return [];
  }
  const owned = facts.filter(({ node }) => mixes.includes(node));
  const sharing = (key: 'asn' | 'family'): string[] => {
    const wanted = named[key];
    if (wanted === undefined) return [];
    const found = owned.filter((one) => one[key] === wanted).map(({ node }) => node);
    if (found.length === 0) {
      const known = [...new Set(owned.flatMap((one) => one[key] ?? []))];
      const message = `no mix has the ${key} "${wanted}"`;
      context.refuse(
        'E124',
        [...path, key],
        message,
        unknownNameHint(wanted, known, `known ${key}s`),
      );
    }
    return found;
  };
  const found = new Set([
    ...selectedNodes(context, named.nodes ?? [], [...path, 'nodes']),
    ...layerOf(context, facts, named.layer),
    ...sharing('asn'),
    ...sharing('family'),
  ]);
  for (const [index, name] of (named.nodes ?? []).entries()) {
    if (name.includes('*') || !found.has(name) || mixes.includes(name)) continue;
    const message = `${name} does not mix`;
    context.refuse(
      'E124',
      [...path, 'nodes', index],
      message,
      unknownNameHint(name, mixes, 'mixes'),
    );
  }
  return mixes.filter((name) => found.has(name));
}

/** The mixes of a layer, if the options of the nodes determine them. */
function layerOf(
  context: ScenarioContext,
  facts: PrivacyParts['facts'],
  layer: number | undefined,
): readonly string[] {
  if (layer === undefined) return [];
  const found = facts.filter((one) => one.layer === layer).map(({ node }) => node);
  if (found.length > 0) return found;
  const path = ['privacy', 'corruptMixes', 'layer'];
  const layers = greatestOf([0, ...facts.map((one) => one.layer ?? 0)]);
  const known =
    layers === 0 ? 'layers are drawn at random during the run' : `layers: 1 to ${layers}`;
  context.refuse('E124', path, `no mix of the topology is in layer ${layer}`, known);
  return [];
}

/**
 * Chooses a share of the mixes, rounded to a whole number, spread evenly over the layers: generated
 * topologies list mixes layer by layer, so equal steps through the list select equally many of each
 * layer.
 */
function corruptOf(mixes: readonly string[], corruptShare: number): readonly string[] {
  // Rounding gives 3 for 10 % of 30 mixes, although 0.1 is not exact in binary, and also for 33 %
  // of 9 mixes.
  const count = Math.round(corruptShare * mixes.length);
  return Array.from({ length: count }, (_, index) => {
    const at = Math.floor(((index + 0.5) * mixes.length) / count);
    return mixes[at] ?? '';
  });
}
