/**
 * Converts the lists of a topology file to drafts.
 *
 * @module
 */

import { omitUndefined } from '../files/defined.ts';
import { toDirectionDraft } from '../schema/direction.ts';
import type { LinkInput, NodeInput, TopologyInput } from '../schema/topology.ts';
import {
  AS_MTU_DEFAULT,
  type EndDraft,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from './draft.ts';

/** Converts `ases`, `nodes` and `links` to drafts. */
export function topologyDraftOfFile(input: TopologyInput): TopologyDraft {
  return {
    ases: (input.ases ?? []).map((as, index) =>
      omitUndefined({
        isdAs: as.id,
        core: as.core ?? false,
        mtu: as.mtu ?? AS_MTU_DEFAULT,
        place: as.position,
        announces: as.announces,
        path: ['ases', index],
      }),
    ),
    nodes: (input.nodes ?? []).map(nodeDraft),
    links: (input.links ?? []).map(linkDraft),
  };
}

function nodeDraft(node: NodeInput, index: number): NodeDraft {
  const { as: isdAs, position: place, ...rest } = node;
  return omitUndefined({ ...rest, isdAs, place, path: ['nodes', index] });
}

function linkDraft(link: LinkInput, index: number): LinkDraft {
  const { a, b } = readEnds(link.ends);
  return omitUndefined({
    a,
    b,
    id: link.id,
    relation: link.relation,
    both: toDirectionDraft(link),
    forward: link.forward === undefined ? undefined : toDirectionDraft(link.forward),
    backward: link.backward === undefined ? undefined : toDirectionDraft(link.backward),
    announces: link.announces,
    path: ['links', index],
  });
}

/** Splits `a#1 <-> b`; the schema has checked the form. */
function readEnds(text: string): { readonly a: EndDraft; readonly b: EndDraft } {
  const [a = '', b = ''] = text.split('<->');
  return { a: readEnd(a), b: readEnd(b) };
}

function readEnd(text: string): EndDraft {
  const [host = '', ifId] = text.trim().split('#');
  return ifId === undefined ? { host } : { host, ifId: Number(ifId) };
}
