/**
 * A topology under construction: the content of a file's lists, a generator or an importer, before
 * names, numbers and addresses are final.
 *
 * @module
 */
import type { GeneratedLink } from '../../engine/host/generator.ts';
import type { Attributes } from '../../engine/host/network-view.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import type { ValuePath } from '../files/locate.ts';
import type { GeoPosition, HostSpec } from '../model.ts';
import type { AsAnnouncement, LinkAnnouncement } from '../schema/announces.ts';
import type { DirectionDraft } from '../schema/direction.ts';
import type { PortRange } from '../schema/ports.ts';

/** Relation as written: the role of end b as seen from end a. */
export type RelationDraft = NonNullable<GeneratedLink['relation']>;

/** A node as a file, a generator or an importer describes it, before it is checked. */
export interface NodeDraft {
  readonly name: string;
  readonly isdAs?: string;
  readonly run?: string;
  /** Protocol of the node unless `defaults.node.run` names one; default options apply to it too. */
  readonly usualRun?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options set by a generator to match its links. */
  readonly generated?: Readonly<Record<string, unknown>>;
  readonly cores?: number;
  readonly machine?: string;
  readonly place?: GeoPosition;
  readonly address?: string;
  readonly kind?: 'external';
  readonly program?: string;
  readonly ports?: readonly PortRange[];
  readonly command?: readonly string[];
  /** Position in the topology file. */
  readonly path: ValuePath;
}

/** A checked node, complete but for its address. */
export type UnaddressedNode = Omit<HostSpec, 'address' | 'portBase'> & {
  readonly draft: NodeDraft;
};

/** One end of a link, before its interface number is final. */
export interface EndDraft {
  readonly host: string;
  readonly ifId?: number;
}

/** A link before defaults are filled in. */
export interface LinkDraft {
  readonly a: EndDraft;
  readonly b: EndDraft;
  readonly id?: string;
  readonly relation?: RelationDraft;
  /** Values of keys for which neither the link nor `defaults.link` gives one. */
  readonly fallback?: Partial<LinkDirectionSpec>;
  readonly both: DirectionDraft;
  readonly forward?: DirectionDraft;
  readonly backward?: DirectionDraft;
  readonly announces?: LinkAnnouncement;
  readonly path: ValuePath;
}

/** An autonomous system before it is checked. */
export interface AsDraft {
  readonly isdAs: string;
  readonly core: boolean;
  /** Largest datagram inside the AS, bytes. */
  readonly mtu: number;
  /** Further properties of the AS in the file, for the protocols that know them. */
  readonly attributes?: Attributes;
  readonly place?: GeoPosition;
  readonly announces?: AsAnnouncement;
  readonly path: ValuePath;
}

/** A layer that a generator puts on nodes; those of the file's `stack` are not among them. */
export interface LayerDraft {
  readonly on: string;
  /** Name of a shipped protocol, or path of a user's module, as in files. */
  readonly run: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** All parts of a topology under construction. */
export interface TopologyDraft {
  readonly ases: readonly AsDraft[];
  readonly nodes: readonly NodeDraft[];
  readonly links: readonly LinkDraft[];
  /** Layers below those that the file puts on the nodes. */
  readonly stack?: readonly LayerDraft[];
}

/** Default MTU inside an AS: 1500 - 20 - 8, for IPv4 and UDP headers. */
export const AS_MTU_DEFAULT = 1_472;

/** Properties of generated and imported links unless `defaults.link` changes them. */
export const GENERATED_LINK_DEFAULTS: Partial<LinkDirectionSpec> = {
  rateBps: 1e9,
  delayNs: 1_000_000,
};
