/**
 * Federated learning: finds options that are each valid, but together make a federation that cannot work or promises
 * something that does not hold.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../engine/host/protocol.ts';
import { countNoiseProblem } from './clip-plan.ts';
import { chooseAggregationRule } from './combine-job.ts';
import { compressionKind, coordinateBits } from './compression/form.ts';
import type { FederatedOptions } from './config.ts';
import { deviceOptionProblems, gossipDeviceOptionProblems } from './device/options.ts';
import { NO_AGGREGATOR } from './gossip/options.ts';
import { gossipProblems } from './gossip/problems.ts';
import { countParameters } from './learn/data.ts';
import { dataOptionConflicts } from './learn/data-problems.ts';
import {
  countGroups,
  largestSumElement,
  ringBitsNeeded,
  roundClientsMax,
  sessionClientsMinMax,
  sessionPlan,
} from './plan.ts';
import { privacyBudgetProblem } from './privacy/accountant.ts';
import { privacySettingsProblem } from './privacy/settings.ts';
import { noisePlan } from './privacy-plan.ts';
import { combinationProblems } from './robust/combinations.ts';
import { secaggConfigProblem } from './secagg/session-config.ts';
import { countQuorumInputs, quorumProblem } from './selection.ts';

type Node = ConfiguredNode<FederatedOptions>;

/** Options that may differ between the nodes of a federation. */
const OPTIONS_THAT_MAY_DIFFER: ReadonlySet<string> = new Set([
  'drop',
  'lie',
  'serverAttack',
  'device',
  'double',
]);

/** Finds conflicts of options; each is reported once for a federation and option. */
export function federationOptionConflicts(nodes: readonly Node[]): readonly OptionConflict[] {
  const names = [...new Set(nodes.map(({ options }) => options.aggregator))];
  return names.flatMap((aggregator) => {
    const members = nodes.filter(({ options }) => options.aggregator === aggregator);
    const [first] = members;
    if (first === undefined) return [];
    const isGossip = members.some(({ options }) => options.gossip !== undefined);
    if (isGossip) return withoutAggregator(members, names.length);
    const head = members.find(({ name }) => name === aggregator);
    if (head === undefined) return [noAggregator(first, nodes)];
    const unequal = members.flatMap((member) => differences(member, head));
    const data = dataOptionConflicts(head, names.length);
    const idle = members.flatMap(wrongDevices).slice(0, 1);
    return [...unequal, ...data, ...idle, ...problems(head, members.length - 1)];
  });
}

/**
 * Problems of a federation that gossips. The options of the first node are checked, since all nodes must have the
 * same.
 */
function withoutAggregator(
  members: readonly Node[],
  federations: number,
): readonly OptionConflict[] {
  const [head] = members;
  if (head === undefined) return [];
  const unequal = members.flatMap((member) => differences(member, head));
  const devices = members.flatMap(wrongDevices).slice(0, 1);
  return [
    ...unequal,
    ...dataOptionConflicts(head, federations),
    ...devices,
    ...gossipProblems(head),
  ];
}

function noAggregator({ name, options }: Node, nodes: readonly Node[]): OptionConflict {
  const names = nodes.slice(0, 3).map((node) => node.name);
  if (options.aggregator === NO_AGGREGATOR) {
    const message = 'nobody adds up: there is no aggregator, and nodes do not gossip';
    return {
      node: name,
      path: ['aggregator'],
      message,
      hint: `aggregator: ${names[0]}, or gossip`,
    };
  }
  return {
    node: name,
    path: ['aggregator'],
    message: `"${options.aggregator}" does not run federated`,
    hint: `name one of the nodes that do: ${names.join(', ')}${nodes.length > 3 ? ', …' : ''}`,
  };
}

function whoOf({ options }: Node): string {
  return options.gossip === undefined ? 'its aggregator' : 'its partner';
}

/** The first option in which a member differs from `head`: such a member would refuse the aggregator's tasks. */
function differences(member: Node, head: Node): readonly OptionConflict[] {
  const options = member.options as Readonly<Record<string, unknown>>;
  const wanted = head.options as Readonly<Record<string, unknown>>;
  // The names of all options of either node, since an option that only one of them has differs too.
  const all = new Set([...Object.keys(wanted), ...Object.keys(options)]);
  const keys = [...all].filter((key) => !OPTIONS_THAT_MAY_DIFFER.has(key));
  return keys
    .filter((key) => JSON.stringify(options[key]) !== JSON.stringify(wanted[key]))
    .slice(0, 1)
    .map((key) => ({
      node: member.name,
      path: [key],
      message: `${member.name} and ${whoOf(head)} ${head.name} have different ${key}`,
      hint: 'give all nodes of a federation the same options, apart from drop, lie, serverAttack, device and double',
    }));
}

function wrongDevices({ name: node, options }: Node): readonly OptionConflict[] {
  const { device, gossip } = options;
  if (device === undefined) return [];
  const wrong =
    gossip === undefined ? deviceOptionProblems(device) : gossipDeviceOptionProblems(device);
  return wrong.map((problem) => ({ node, ...problem }));
}

function problems(head: Node, clients: number): readonly OptionConflict[] {
  return [
    ...tooMany(head, clients),
    ...wrongSum(head, clients),
    ...wrongQuorum(head, clients),
    ...wrongCounts(head),
    ...overflow(head, clients),
    ...unbounded(head, clients),
    ...uncombined(head, clients),
    ...compressed(head),
    ...unlearned(head),
    ...unlevelled(head),
  ];
}

function tooMany({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const wanted = roundClientsMax(options, clients);
  const hint = `there are ${clients} clients, all nodes but the aggregator`;
  if (wanted > clients) {
    const message = `${wanted} clients a round`;
    return [{ node: name, path: ['select', 'fixed'], message, hint }];
  }
  if (options.minimum <= wanted) return [];
  const message = `a round needs ${options.minimum} clients and has ${wanted}`;
  return [{ node: name, path: ['minimum'], message, hint }];
}

/** Finds a quorum that no round could reach, or that groups or the accounting of privacy do not allow. */
function wrongQuorum({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const { secureAggregation: sum, minimum, privacy } = options;
  const quorum = countQuorumInputs(options);
  const invited = roundClientsMax(options, clients);
  if (quorum === undefined || invited > clients) return [];
  const isComplete = sum !== 'none' && sum.graph === 'complete';
  const refused = quorumProblem(quorum, {
    invited,
    minimum: Math.max(minimum, sum === 'none' ? 1 : sum.minSum),
    threshold: isComplete
      ? sessionPlan(options, invited, countParameters(options)).threshold
      : undefined,
    isPrivate: privacy !== undefined,
    hasGroups: countGroups(options) !== undefined,
  });
  const path = options.quorum === undefined ? ['select', 'over'] : ['quorum'];
  return refused === undefined ? [] : [{ node: name, path, ...refused }];
}

function wrongSum({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const { secureAggregation: sum } = options;
  const [n] = sessionClientsMinMax(options, roundClientsMax(options, clients));
  if (sum === 'none' || n > clients) return [];
  // Groups that are too small are reported by `uncombined`.
  if (countGroups(options) !== undefined && n < sum.minSum) return [];
  const { neighbours, threshold, length, bits } = sessionPlan(options, n, countParameters(options));
  const problem = secaggConfigProblem({
    random: new Uint8Array(16),
    round: 0,
    n,
    k: neighbours,
    t: threshold,
    m: length,
    bits,
    mode: sum.mode,
  });
  if (problem === undefined) return [];
  const key = problem.startsWith('a degree') ? 'graph' : 'threshold';
  const hint = 'Bonawitz et al. 2017, section 6: the threshold 2/3 fits every mode';
  return [{ node: name, path: ['secureAggregation', key], message: problem, hint }];
}

/** Finds a ring that is too small for the sum of the largest inputs, which would wrap around unnoticed. */
function overflow({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const { secureAggregation: sum } = options;
  const isFewBits = coordinateBits(options.compression) !== undefined;
  const bits = sum === 'none' || isFewBits ? 32 : sum.modulusBits;
  const [, n] = sessionClientsMinMax(options, roundClientsMax(options, clients));
  const sumOfAll = largestSumElement(options, { inputs: n, clients });
  const needed = ringBitsNeeded(1, sumOfAll);
  if (needed <= bits) return [];
  const largest = Math.ceil(sumOfAll / n);
  const message = `the sum of ${n} inputs up to ${largest} needs ${needed} bits and has ${bits}`;
  if (isFewBits) {
    return [{ node: name, path: ['compression'], message, hint: 'fewer bits, or fewer clients' }];
  }
  const hint =
    needed <= 32 ? `modulusBits: ${needed}` : 'lower learn.scale, learn.clip or the weights';
  const path = needed <= 32 ? ['secureAggregation', 'modulusBits'] : ['learn', 'scale'];
  return [{ node: name, path, message, hint }];
}

/** Finds noise on counts that is so small that the counts alone spend more privacy than promised. */
function wrongCounts({ name, options }: Node): readonly OptionConflict[] {
  const refused = options.privacy && countNoiseProblem(options.privacy);
  const path = ['privacy', 'adaptive', 'countNoise'];
  return refused === undefined ? [] : [{ node: name, path, ...refused }];
}

/** Finds privacy options without a finite epsilon, or rounds for which the budget is too small. */
function unbounded({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const plan = noisePlan(options, clients, countParameters(options));
  if (plan === undefined) return [];
  const refused = privacySettingsProblem(plan.settings);
  if (refused !== undefined) return [said(name, refused, placeOf(refused))];
  const { budget } = options.privacy ?? {};
  if (budget === undefined) return [];
  const { rounds } = options;
  const spent = privacyBudgetProblem(plan.settings, { rounds, budget });
  return spent === undefined ? [] : [said(name, spent, ['rounds'])];
}

/** Finds options for the noise of clients that other options do not allow. */
function unlevelled({ name, options }: Node): readonly OptionConflict[] {
  const { privacy, secureAggregation: sum, select, groups } = options;
  if (privacy === undefined) return [];
  const { place, mechanism, dropouts } = privacy;
  const at = (key: string, message: string, hint: string): readonly OptionConflict[] => {
    return [{ node: name, path: ['privacy', key], message, hint }];
  };
  const hint = 'place: distributed';
  if (place === 'central' && mechanism !== 'discrete-gaussian') {
    return at('mechanism', `${mechanism} noise on a ring, and the aggregator adds its own`, hint);
  }
  if (dropouts === 'enough') return [];
  if (place !== 'distributed') {
    return at('dropouts', 'only the noise of a sum gets less with each client that is lost', hint);
  }
  if (sum === 'none' || sum.graph !== 'complete' || groups !== 'none') {
    const message = 'a client reveals noise by the list of all survivors, which it does not see';
    return at('dropouts', message, 'secureAggregation: { graph: complete }, without groups');
  }
  if (select === 'all') return [];
  const message = 'levels of noise are made for a round of all, and select makes it smaller';
  return at('dropouts', message, 'select: all');
}

/** Finds an attack on examples in a federation that learns from no examples. */
function unlearned({ name, options }: Node): readonly OptionConflict[] {
  if (options.attack === undefined || typeof options.model !== 'object') return [];
  const message = 'an attack on examples, and there are none: numbers are drawn';
  return [{ node: name, path: ['attack'], message, hint: 'model: softmax' }];
}

/** Finds an aggregation rule that needs to see updates which are hidden, or more updates than a round has. */
function uncombined({ name, options }: Node, clients: number): readonly OptionConflict[] {
  const { secureAggregation: sum, privacy } = options;
  if (options.learn.weight === 'examples' && options.aggregate !== 'mean') {
    const message = 'a rule that compares updates, and updates that are multiplied by weights';
    return [{ node: name, path: ['aggregate'], message, hint: 'learn: { weight: equal }' }];
  }
  const round = countQuorumInputs(options) ?? roundClientsMax(options, clients);
  const groups = countGroups(options);
  const refused = combinationProblems({
    isSumSecure: sum !== 'none',
    rule: chooseAggregationRule(options, groups ?? round),
    compression: compressionKind(options.compression),
    clients: round,
    ...(groups === undefined ? {} : { groups }),
    minSum: sum === 'none' ? 1 : sum.minSum,
    isPrivate: privacy !== undefined,
  });
  return refused.slice(0, 1).map((refusal) => {
    const at = refusal.search(/: (write|use) |, so use /);
    const end = at < 0 ? refusal.length : at;
    const hint = refusal.slice(end + 2).replace(/^so /, '');
    const known = hint === '' ? `there are ${clients} clients` : hint;
    const isOfGroups = groups !== undefined && !refusal.startsWith('epsilon');
    const isOfPlaces = /^(top-k|threshold) /.test(refusal);
    const path = [isOfPlaces ? 'compression' : isOfGroups ? 'groups' : 'aggregate'];
    return { node: name, path, message: refusal.slice(0, end), hint: known };
  });
}

/** Finds compression that weights or the accounting of privacy do not allow. */
function compressed({ name, options }: Node): readonly OptionConflict[] {
  const { compression, privacy, learn } = options;
  if (compression === 'none') return [];
  const path = ['compression'];
  if (privacy !== undefined) {
    const message = 'epsilon is proven for whole updates: what compression does to it is not known';
    const hint = 'leave compression out; learn.scale and modulusBits make private updates smaller';
    return [{ node: name, path, message, hint }];
  }
  if ('bits' in compression && learn.weight === 'examples') {
    const message = 'bits of a coordinate, and coordinates that are multiplied by weights';
    return [{ node: name, path, message, hint: 'learn: { weight: equal }' }];
  }
  return [];
}

/** Finds the path of the option that a refusal is about, by the first words of the refusal. */
function placeOf(refusal: string): readonly string[] {
  const places: readonly (readonly [string, readonly string[]])[] = [
    ['noise ', ['privacy', 'noise']],
    ['rate ', ['select']],
    ['rounds of fixed size', ['select']],
    ['delta ', ['privacy', 'delta']],
    ['weights ', ['learn', 'weight']],
  ];
  return places.find(([words]) => refusal.startsWith(words))?.[1] ?? ['privacy'];
}

/** Splits a refusal into its message and its hint, which follows after a colon or as a second sentence. */
function said(node: string, refusal: string, path: readonly string[]): OptionConflict {
  const at = refusal.search(/: write |\. Write /);
  const end = at < 0 ? refusal.length : at;
  const wrong = refusal.slice(0, end);
  // The hint of the refusal is replaced, because it names `rate` and `sampling`, which these
  // options do not have.
  if (path[0] === 'select') {
    return { node, path, message: wrong, hint: 'select: { probability: 0.1 }, or select: all' };
  }
  const hint = refusal
    .slice(end + 2)
    .trim()
    .replace(/^Write/, 'write');
  return { node, path, message: wrong, hint };
}
