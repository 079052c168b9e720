/**
 * A checked topology: what the loader makes of a YAML file, a generator or an importer, and what
 * the runner builds worlds from. All quantities are in base units (ns, bit/s, bytes).
 *
 * @module
 */
import type { LinkRelation } from '../engine/host/network-view.ts';
import type { DirectionSpec } from '../engine/net/link-spec.ts';

/** Where a value stands in a file, for errors found after loading. */
export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, UTF-16 units. */
  readonly column: number;
}

/** A program of somebody else that takes part as a host (`kind: external`). */
export interface OutsideSpec {
  /** Address of 127/8 to which the program binds its sockets; never one of a host's. */
  readonly program: string;
  /** UDP ports on which it waits, each once, in the order of the file. */
  readonly ports: readonly number[];
  /** Program and arguments; none when somebody else starts it. */
  readonly command?: readonly string[];
}

/** Stands in place of a protocol's name at hosts with an {@link OutsideSpec}. */
export const EXTERNAL = 'external';

/** A place on the Earth, degrees; for pictures only. */
export interface GeoPosition {
  /** -90 to 90, north is positive. */
  readonly lat: number;
  /** -180 to 180, east is positive. */
  readonly lon: number;
}

/** A host and the protocol it runs. */
export interface HostSpec {
  readonly name: string;
  /** From the address plan, 127.0.0.0/8, unless the file gives one. */
  readonly address: string;
  /** Folder name of a shipped protocol, a path to a module of the user's, or {@link EXTERNAL}. */
  readonly protocol: string;
  /** Options as written; checked by the protocol's own schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of these, the ones that a generator gave together with links; they cannot be changed alone. */
  readonly generated?: Readonly<Record<string, unknown>>;
  readonly isdAs?: string;
  /** Its own, or that of its AS. */
  readonly place?: GeoPosition;
  /** Hosts of one machine share its processor; the host's own name when absent. */
  readonly machine: string;
  /** Cores of the machine. */
  readonly cores: number;
  /** First port of the host's own range on 127.0.0.1; only in the `ports` address plan. */
  readonly portBase?: number;
  /** Ports of that range. */
  readonly portCount?: number;
  /** The program that stands behind this host; `npm run emulate` attaches it. */
  readonly outside?: OutsideSpec;
  readonly position: SourcePosition;
}

/** One end of a link. */
export interface LinkEnd {
  readonly host: string;
  /** UDP port of the link at this host. */
  readonly port: number;
  /** Interface number in the AS; 0 for internal links. */
  readonly ifId: number;
}

/** A point-to-point link; `forward` is a to b. */
export interface LinkSpec {
  readonly id: string;
  readonly a: LinkEnd;
  readonly b: LinkEnd;
  readonly relation: LinkRelation;
  readonly forward: DirectionSpec;
  readonly backward: DirectionSpec;
  readonly position: SourcePosition;
}

/** A multi-access segment. */
export interface SegmentSpec {
  readonly id: string;
  readonly members: readonly { readonly host: string; readonly port: number }[];
  readonly medium: DirectionSpec;
  readonly position: SourcePosition;
}

/** An autonomous system. */
export interface AsSpec {
  readonly isdAs: string;
  readonly core: boolean;
  readonly mtu: number;
  readonly place?: GeoPosition;
}

/** A checked topology. */
export interface Topology {
  readonly name: string;
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  /**
   * `loopback`: an address of 127/8 per host; `ports`: the same addresses inside the world, and a
   * range of ports on 127.0.0.1 per host for the real sockets.
   */
  readonly addressPlan: 'loopback' | 'ports' | 'scion';
  readonly hosts: readonly HostSpec[];
  readonly links: readonly LinkSpec[];
  readonly segments: readonly SegmentSpec[];
  readonly ases: readonly AsSpec[];
  readonly warnings: readonly string[];
}
