/**
 * Finds nodes of a mixnet whose options on delays contradict those of the other nodes, or that have
 * rates of their own, though all nodes take them from the directory document.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../engine/host/protocol.ts';
import { type MixnetOptions, mixnetConfig } from './config.ts';

type Node = ConfiguredNode<MixnetOptions>;

/** The rates of a node whose file names none. */
const { rates: RATES_DEFAULT } = mixnetConfig.parse({ role: 'client' });

/**
 * Finds conflicts between nodes of one network about who decides the delay at a hop: with `vrf-exp`
 * the hop's own key does, otherwise the sender. A hop with another strategy cannot prove its delays
 * and would be suspected. A client that draws delays in a network of `vrf-exp` hops, which ignore
 * them, would expect acknowledgements at the wrong time.
 *
 * @returns a conflict for each node of the smaller group of each network; if both groups are equal,
 *   for those without VRF. And one for each node with rates that its authority does not publish.
 */
export function findOptionConflicts(nodes: readonly Node[]): readonly OptionConflict[] {
  const networks = new Map<string, Node[]>();
  for (const node of nodes) {
    const { role, authority } = node.options;
    if (role === 'authority') continue;
    const network = networks.get(authority) ?? [];
    network.push(node);
    networks.set(authority, network);
  }
  return [
    ...[...networks.values()].flatMap((network) => [...strategies(network), ...laws(network)]),
    ...nodes.flatMap((node) => unpublishedRates(node, nodes)),
  ];
}

/** A rate that a file gives to a node, but not to the authority that tells all nodes their rates. */
function unpublishedRates(
  { name, options }: Node,
  nodes: readonly Node[],
): readonly OptionConflict[] {
  const { role, authority, rates } = options;
  const published = nodes.find((node) => node.name === authority)?.options.rates;
  if (role === 'authority' || published === undefined) return [];
  const isOwn = (rate: keyof typeof rates): boolean =>
    rates[rate] !== RATES_DEFAULT[rate] && rates[rate] !== published[rate];
  const own = (Object.keys(rates) as (keyof typeof rates)[]).find(isOwn);
  if (own === undefined) return [];
  return [
    {
      node: name,
      path: ['rates', own],
      message: `${name} has a rate of its own, but all nodes take rates from the document of ${authority}`,
      hint: `rates at ${authority}, or in options.mixnet of the scenario for all nodes`,
    },
  ];
}

function strategies(network: readonly Node[]): readonly OptionConflict[] {
  const [drawn, other] = split(network, ({ mixing }) => mixing.strategy === 'vrf-exp');
  const [few, many] = drawn.length < other.length ? [drawn, other] : [other, drawn];
  return few.map(({ name, options }) => {
    const { strategy } = options.mixing;
    const [first] = many;
    const rule = first?.options.mixing.strategy ?? '';
    return {
      node: name,
      path: ['mixing', 'strategy'],
      message: `${name} mixes by ${strategy}, but ${first?.name} and ${others(many)} by ${rule}`,
      hint:
        `${rule}, or another strategy for the whole network: vrf-exp works only if all ` +
        'nodes use it',
    };
  });
}

function laws(network: readonly Node[]): readonly OptionConflict[] {
  const drawn = network.filter(({ options }) => options.mixing.strategy === 'vrf-exp');
  const [exponential, uniform] = split(drawn, (options) => lawOf(options) === 'exponential');
  const [few, many] =
    exponential.length < uniform.length ? [exponential, uniform] : [uniform, exponential];
  return few.map(({ name, options }) => {
    const [first] = many;
    const rule = first === undefined ? '' : lawOf(first.options);
    return {
      node: name,
      path: ['mixing', 'law'],
      message: `${name} draws ${lawOf(options)} delays, but ${first?.name} and ${others(many)} ${rule} ones`,
      hint: `${rule}: auditing a delay needs the same law on all hops`,
    };
  });
}

function lawOf({ mixing }: MixnetOptions): string {
  return mixing.strategy === 'vrf-exp' ? mixing.law : '';
}

function others({ length }: readonly Node[]): string {
  return `${length - 1} more`;
}

/**
 * Splits the nodes into those that pass the test and those that do not; both lists are empty when
 * all nodes agree.
 */
function split(
  nodes: readonly Node[],
  passes: (options: MixnetOptions) => boolean,
): readonly [readonly Node[], readonly Node[]] {
  const yes = nodes.filter(({ options }) => passes(options));
  const no = nodes.filter(({ options }) => !passes(options));
  return yes.length === 0 || no.length === 0 ? [[], []] : [yes, no];
}
