/**
 * Options that the nodes of one mixnet must have in common, because each acts on what the others do
 * (project spec mixnet 3.4). What a document tells everybody (rates, layers) is no part of it.
 *
 * @module
 */
import type { ConfiguredNode, Disagreement } from '../../engine/host/protocol.ts';
import type { MixnetOptions } from './config.ts';

type Node = ConfiguredNode<MixnetOptions>;

/**
 * 3.4: with `vrf-exp` each hop's own key decides the delay, and who made a packet audits it. A hop
 * that mixes otherwise has nothing to prove and is accused; a client that draws delays which no hop
 * obeys waits for its acknowledgements by the wrong clock.
 *
 * @returns the nodes of the smaller part of each network; where both are equal, those without VRF.
 */
export function delaysThatDisagree(nodes: readonly Node[]): readonly Disagreement[] {
  const networks = new Map<string, Node[]>();
  for (const node of nodes) {
    const { role, authority } = node.options;
    if (role === 'authority') continue;
    const network = networks.get(authority) ?? [];
    network.push(node);
    networks.set(authority, network);
  }
  return [...networks.values()].flatMap((network) => [...strategies(network), ...laws(network)]);
}

function strategies(network: readonly Node[]): readonly Disagreement[] {
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
      hint: `${rule}, or another strategy for the whole network: vrf-exp is obeyed by all or none`,
    };
  });
}

function laws(network: readonly Node[]): readonly Disagreement[] {
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
      hint: `${rule}: who audits a delay has one law for all hops`,
    };
  });
}

function lawOf({ mixing }: MixnetOptions): string {
  return mixing.strategy === 'vrf-exp' ? mixing.law : '';
}

function others({ length }: readonly Node[]): string {
  return `${length - 1} more`;
}

/** Nodes that pass and nodes that do not; nothing when all do the same. */
function split(
  nodes: readonly Node[],
  passes: (options: MixnetOptions) => boolean,
): readonly [readonly Node[], readonly Node[]] {
  const yes = nodes.filter(({ options }) => passes(options));
  const no = nodes.filter(({ options }) => !passes(options));
  return yes.length === 0 || no.length === 0 ? [[], []] : [yes, no];
}
