/**
 * Warns about wishes (delivery options of traffic, such as a lifetime) that the protocols of a node
 * ignore: a wish may be ignored, but not silently. `private` may not be ignored: it is refused, as
 * E127 (docs/spec/stacking.md#wishes).
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import type { TrafficSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import { type FlowEnds, nodesOfEnds } from './traffic-ends.ts';

const WISHES = ['lifetime', 'priority', 'tolerant'] as const;

/** The wishes of an entry, and the nodes and protocol that should honour them. */
type Wished = Pick<TrafficSpec, 'by' | 'wishes'> & { readonly ends: FlowEnds };

/** The protocol of a node that takes the packets of an entry. */
interface Taker {
  readonly node: string;
  readonly by: string | undefined;
}

/**
 * Warns if the protocols of the sender ignore a wish of the traffic (a delivery option such as a
 * lifetime); refuses `private` if none of them honours it.
 */
export function checkWishes(
  context: ScenarioContext,
  { ends, by, wishes = {} }: Wished,
  path: ValuePath,
): void {
  const [node = ''] = nodesOfEnds(ends);
  if (wishes.private === true) {
    const open = protocolsUnder(context, { node, by });
    if (open.every((protocol) => protocol?.wishes?.private !== 'honoured')) {
      const names = open.map((protocol) => protocol?.name).join(' over ');
      const message = `${names} does not hide who writes to whom`;
      const hint = 'leave private out, or put the sender on a mixnet';
      context.refuse('E127', [...path, 'private'], message, hint);
    }
  }
  for (const wish of WISHES) {
    if (wishes[wish] === undefined) continue;
    const ignoring = ignoringProtocol(context, { node, by }, wish);
    if (ignoring === undefined) continue;
    context.warn([...path, wish], `${ignoring} ignores it`);
  }
}

/** The first protocol, from the top down, that ignores a wish; undefined if a protocol honours it. */
function ignoringProtocol(
  context: ScenarioContext,
  at: Taker,
  wish: (typeof WISHES)[number],
): string | undefined {
  let last: string | undefined;
  for (const protocol of protocolsUnder(context, at)) {
    const handling = protocol?.wishes?.[wish];
    if (handling === 'honoured') return undefined;
    last = protocol?.name;
    if (handling === undefined) return last;
  }
  return last;
}

/** The protocol of a node that takes the packets, and those that carry it, from the top down. */
function protocolsUnder(
  context: ScenarioContext,
  { node, by }: Taker,
): readonly (Protocol | undefined)[] {
  const { registry } = context;
  const { layers = [], ...host } = context.host(node);
  const stack = protocolNamesOfHost({ ...host, layers }).map((name) => registry.protocols(name));
  const found: (Protocol | undefined)[] = [];
  const top = by === undefined ? stack.length - 1 : stack.findIndex((one) => one?.name === by);
  for (let at = top; at >= 0; ) {
    found.push(stack[at]);
    const over = layers[at - 1]?.over;
    at = over === undefined ? at - 1 : stack.findIndex((one) => one?.name === over);
  }
  return found;
}
