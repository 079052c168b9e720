/**
 * A topology while it is put together: what the lists of a file, a generator or an importer say,
 * before names, numbers and addresses are settled.
 *
 * @module
 */
import type { DirectionSpec } from '../../engine/net/link-spec.ts';
import type { FilePath } from '../files/locate.ts';
import type { AsSpec, GeoPosition, HostSpec } from '../model.ts';
import type { PortRange } from '../schema/ports.ts';

/** Relation as written: what end b is to end a. */
export type DraftRelation = 'core' | 'parent' | 'child' | 'peer' | 'internal';

/** A node before it has an address. */
export interface NodeDraft {
  readonly name: string;
  readonly isdAs?: string;
  readonly run?: string;
  /** Protocol unless `defaults.node.run` names one; options of the defaults are the node's too. */
  readonly usualRun?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options that a generator gives, to which its links fit. */
  readonly generated?: Readonly<Record<string, unknown>>;
  readonly cores?: number;
  readonly machine?: string;
  readonly place?: GeoPosition;
  readonly address?: string;
  readonly kind?: 'external';
  readonly program?: string;
  readonly ports?: readonly PortRange[];
  readonly command?: readonly string[];
  /** Where it stands in the topology file. */
  readonly path: FilePath;
}

/** A node with everything but its address. */
export type PlainNode = Omit<HostSpec, 'address' | 'portBase'> & { readonly draft: NodeDraft };

/** One end of a link before its interface number is settled. */
export interface EndDraft {
  readonly host: string;
  readonly ifId?: number;
}

/** A link before defaults are filled in. */
export interface LinkDraft {
  readonly a: EndDraft;
  readonly b: EndDraft;
  readonly id?: string;
  readonly relation?: DraftRelation;
  /** Values that neither the file nor its defaults need to give. */
  readonly fallback?: Partial<DirectionSpec>;
  readonly both: Partial<DirectionSpec>;
  readonly forward?: Partial<DirectionSpec>;
  readonly backward?: Partial<DirectionSpec>;
  readonly path: FilePath;
}

/** An autonomous system and where it stands. */
export interface AsDraft extends AsSpec {
  readonly path: FilePath;
}

/** All parts of a topology. */
export interface TopologyDraft {
  readonly ases: readonly AsDraft[];
  readonly nodes: readonly NodeDraft[];
  readonly links: readonly LinkDraft[];
}

/** MTU inside an AS unless given: 1500 - 20 - 8 (scion.md 3.1). */
export const AS_MTU_DEFAULT = 1_472;

/** What generated and imported links are like unless `defaults.link` says otherwise. */
export const GENERATED_LINK: Partial<DirectionSpec> = { rateBps: 1e9, delayNs: 1_000_000 };
