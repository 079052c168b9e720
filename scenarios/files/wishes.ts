/**
 * Warns about wishes in `traffic` that the protocols of a node ignore: a wish may be ignored, but not
 * silently (docs/spec/stacking.md#wishes).
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import type { TrafficSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import { type FlowEnds, nodesOfEnds } from './traffic-ends.ts';

const WISHES = ['lifetime', 'priority', 'tolerant'] as const;

/** The wishes of an entry, and the nodes and protocol that should honour them. */
type Wished = Pick<TrafficSpec, 'by' | 'wishes'> & { readonly ends: FlowEnds };

/** Warns of delivery wishes of traffic, such as a lifetime, that its protocol ignores. */
export function warnOfIgnoredWishes(
  context: ScenarioContext,
  { ends, by, wishes = {} }: Wished,
  path: ValuePath,
): void {
  const [node = ''] = nodesOfEnds(ends);
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
  { node, by }: { readonly node: string; readonly by: string | undefined },
  wish: keyof SendWishes,
): string | undefined {
  const { registry } = context;
  const { layers = [], ...host } = context.host(node);
  const stack = protocolNamesOfHost({ ...host, layers }).map((name) => registry.protocols(name));
  const top = by === undefined ? stack.length - 1 : stack.findIndex((one) => one?.name === by);
  let last: string | undefined;
  for (let at = top; at >= 0; ) {
    const protocol = stack[at];
    const handling = protocol?.wishes?.[wish];
    if (handling === 'honoured') return undefined;
    if (handling === undefined) return protocol?.name;
    last = protocol?.name;
    const over = layers[at - 1]?.over;
    at = over === undefined ? at - 1 : stack.findIndex((one) => one?.name === over);
  }
  return last;
}
