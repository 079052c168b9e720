/**
 * Converts what a generator or an importer of a protocol has made to a draft.
 *
 * @module
 */
import type { GeneratedDirection, GeneratedTopology } from '../../engine/host/generator.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import {
  AS_MTU_DEFAULT,
  GENERATED_LINK_DEFAULTS,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from '../assemble/draft.ts';
import { omitUndefined } from '../files/defined.ts';
import type { ValuePath } from '../files/locate.ts';
import { checkGeneratedTopology } from './check-made.ts';

/**
 * The draft of what a generator or an importer made.
 * @param path Path of the entry that asked for it.
 * @param protocol Name of the protocol whose generator or importer made it; empty if none.
 * @throws InvalidTopologyError if it is not a valid topology.
 */
export function draftOfGeneratedTopology(
  made: GeneratedTopology,
  path: ValuePath,
  protocol = '',
): TopologyDraft {
  const { nodes, links, systems = [], stack = [] } = checkGeneratedTopology(made);
  const usualRun = protocol === '' ? undefined : protocol;
  return {
    stack: stack.map((layer) => ({ run: protocol, ...layer })),
    ases: systems.map(({ id, core = false, mtu = AS_MTU_DEFAULT }) => ({
      isdAs: id,
      core,
      mtu,
      path,
    })),
    nodes: nodes.map(
      ({ as, fixedOptions, ...own }): NodeDraft =>
        omitUndefined({ ...own, isdAs: as, generated: fixedOptions, usualRun, path }),
    ),
    links: links.map(({ ends: [a, b], id, relation, usual = {}, ...own }): LinkDraft => {
      const { both = {}, forward, backward } = own;
      return omitUndefined({
        a: { host: a },
        b: { host: b },
        id,
        relation,
        fallback: { ...GENERATED_LINK_DEFAULTS, ...usual },
        both: direction(both),
        forward: forward && direction(forward),
        backward: backward && direction(backward),
        path,
      });
    }),
  };
}

function direction({ loss, ...own }: GeneratedDirection): Partial<LinkDirectionSpec> {
  return loss === undefined ? own : { ...own, loss: { kind: 'bernoulli', probability: loss } };
}
