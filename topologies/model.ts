/**
 * A checked topology: the loader's result for a YAML file, a generator or an importer, from which
 * the runner builds worlds. All quantities are in base units (ns, bit/s, bytes).
 *
 * @module
 */
import type { Attributes } from '../engine/host/network-view.ts';
import type { LinkDirectionSpec } from '../engine/net/link-spec.ts';

/** A value's position in a file, for errors found after loading. */
export interface SourcePosition {
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in UTF-16 units. */
  readonly column: number;
}

/** A program outside Orrery that takes part as a host (`kind: external`). */
export interface ExternalProgramSpec {
  /** Address in 127/8 to which the program binds its sockets; never the address of a host. */
  readonly program: string;
  /** UDP ports on which it listens, each once, in file order. */
  readonly ports: readonly number[];
  /** Program and arguments; absent when it is started elsewhere. */
  readonly command?: readonly string[];
}

/** Replaces a protocol's name for hosts with an {@link ExternalProgramSpec}. */
export const EXTERNAL_PROTOCOL = 'external';

/** Value of {@link LayerSpec.over} for a layer that nothing carries: another lowest protocol of its host. */
export const OVER_LINKS = 'links';

/** A place on Earth, degrees; for drawings only. */
export interface GeoPosition {
  /** -90 to 90, north is positive. */
  readonly lat: number;
  /** -180 to 180, east is positive. */
  readonly lon: number;
}

/** A protocol that runs above, or beside, others on the same host (docs/spec/stacking.md). */
export interface LayerSpec {
  /** Folder name of a shipped protocol, or the path of a user's module. */
  readonly protocol: string;
  /** The name that the protocol gives itself. */
  readonly name: string;
  /** The protocol that carries it, or {@link OVER_LINKS}; absent: the one next below, or those that its options name. */
  readonly over?: string;
  /** Options as written; the protocol's own schema checks them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Path of the entry of `stack` inside its file. */
  readonly path: readonly (string | number)[];
  readonly position: SourcePosition;
}

/** One entry of `stack`. */
export interface StackEntry extends LayerSpec {
  /** Name of a node, or a pattern of names. */
  readonly on: string;
}

/** A host and its protocols. */
export interface HostSpec {
  readonly name: string;
  /** From the address plan, 127.0.0.0/8, unless the file gives one. */
  readonly address: string;
  /** Folder name of a shipped protocol, a path to a user's module, or {@link EXTERNAL_PROTOCOL}. */
  readonly protocol: string;
  /** Options as written; the protocol's own schema checks them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The options that a generator set to match its links; they cannot be changed alone. */
  readonly generated?: Readonly<Record<string, unknown>>;
  /** Further protocols, each above those that carry it; absent if there are none. */
  readonly layers?: readonly LayerSpec[];
  /** Id of the host's area in {@link Topology.areas}, i.e. of its autonomous system; absent if it is in none. */
  readonly area?: string;
  /** Position of the host or, if it has none, of its area. */
  readonly place?: GeoPosition;
  /** Hosts on the same machine share its processor; defaults to the host's own name. */
  readonly machine: string;
  /** Number of cores of the machine. */
  readonly cores: number;
  /** First port of the host's own range on 127.0.0.1; only in the `ports` address plan. */
  readonly portBase?: number;
  /** Number of ports in the host's own range. */
  readonly portCount?: number;
  /** The program behind this host; `npm run emulate` attaches it. */
  readonly outside?: ExternalProgramSpec;
  readonly position: SourcePosition;
}

/** One end of a link. */
export interface LinkEnd {
  readonly host: string;
  /** UDP port of the link at this host. */
  readonly port: number;
  /** For the protocols that know them; absent if there are none. */
  readonly attributes?: Attributes;
}

/** A point-to-point link; `forward` is a to b. */
export interface LinkSpec {
  readonly id: string;
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  /** For the protocols that know them; absent if there are none. */
  readonly attributes?: Attributes;
  readonly forward: LinkDirectionSpec;
  readonly backward: LinkDirectionSpec;
  readonly position: SourcePosition;
}

/** A multi-access segment: its members, and the medium that they share. */
export interface SegmentSpec {
  readonly id: string;
  readonly members: readonly { readonly host: string; readonly port: number }[];
  readonly medium: LinkDirectionSpec;
  readonly position: SourcePosition;
}

/** A host of a cloud, the region it is in, and its access to the core. */
export interface CloudMemberSpec {
  readonly host: string;
  /** Index of its region in {@link CloudSpec.regions}. */
  readonly region: number;
  /** Direction from the host to the core. */
  readonly up: LinkDirectionSpec;
  /** Direction from the core to the host. */
  readonly down: LinkDirectionSpec;
}

/** A cloud: each of its hosts reaches all others, over its own access. */
export interface CloudSpec {
  readonly id: string;
  /** Names of the regions. */
  readonly regions: readonly string[];
  readonly members: readonly CloudMemberSpec[];
  /** The direction from region a to region b, at index a * regions + b. */
  readonly between: readonly LinkDirectionSpec[];
  readonly position: SourcePosition;
}

/** A part of the network under one operator; in files an entry of `ases`. */
export interface AreaSpec {
  readonly id: string;
  readonly attributes?: Attributes;
  readonly place?: GeoPosition;
}

/** A topology whose file was checked: its hosts, links, segments and clouds. */
export interface Topology {
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly sha256: string;
  /**
   * `loopback`: one address in 127/8 per host; `ports`: the same addresses inside the world, plus a
   * port range on 127.0.0.1 per host for real sockets.
   */
  readonly addressPlan: 'loopback' | 'ports';
  readonly hosts: readonly HostSpec[];
  readonly links: readonly LinkSpec[];
  readonly segments: readonly SegmentSpec[];
  readonly clouds: readonly CloudSpec[];
  readonly areas: readonly AreaSpec[];
  readonly warnings: readonly string[];
}
