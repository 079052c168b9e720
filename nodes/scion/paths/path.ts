/**
 * A path that a host can use: the bytes for its header, and its properties.
 *
 * Fingerprint as in reference pkg/snet (SHA-256 over all interfaces). combinator.ts finds paths;
 * the gateway chooses among them.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { toHex, writeUint32 } from '../../_kit/bytes.ts';
import { ISD_AS_LENGTH } from '../geometry.ts';
import type { AsSequence, AsSequenceStep } from '../trace-states.ts';
import type { EpicAuthenticators } from '../wire/epic.ts';
import { type IsdAs, writeIsdAs } from '../wire/isd-as.ts';
import type { WirePath } from '../wire/path.ts';
import type { GeoCoordinates, LinkType } from './static-info.ts';

/** One interface on a path. */
export interface PathInterface {
  readonly isdAs: IsdAs;
  readonly ifId: number;
}

/** Values along a path, in the order of travel; undefined where no AS has announced the value. */
export type ValuesAlongPath<Value = number> = readonly (Value | undefined)[];

/** The announced properties of a path with n interfaces. */
export interface PathMetadata {
  /** Latency between each two consecutive interfaces, microseconds, n - 1 values. */
  readonly latencyUs: ValuesAlongPath;
  /** Bandwidth between each two consecutive interfaces, kbit/s, n - 1 values. */
  readonly bandwidthKbps: ValuesAlongPath;
  /** Emissions between each two consecutive interfaces, grams of CO2 per terabyte, n - 1 values. */
  readonly carbon: ValuesAlongPath;
  /** Number of hops inside each AS that the path enters and leaves, n / 2 - 1 values. */
  readonly internalHops: ValuesAlongPath;
  /** Type of each link, n / 2 values. */
  readonly linkTypes: ValuesAlongPath<LinkType>;
  /** Location of each interface, n values. */
  readonly geo: ValuesAlongPath<GeoCoordinates>;
  /** The free text that each AS on the path announces, n / 2 + 1 texts; empty if there is none. */
  readonly notes: readonly string[];
}

/**
 * A path that a host can use. Its interfaces are in the order of travel and alternate: egress,
 * ingress, egress, ...
 */
export interface Path {
  readonly source: IsdAs;
  readonly target: IsdAs;
  readonly wire: WirePath;
  /** The encoded path, to be copied after the addresses of a header. */
  readonly raw: Uint8Array;
  readonly interfaces: readonly PathInterface[];
  /** Size of the largest SCION packet that fits every AS and link, bytes. */
  readonly mtu: number;
  /** When the hop field that ends first expires, half seconds since 1970: hop fields live for multiples of 337.5 s. */
  readonly expiryHalfSeconds: number;
  /**
   * {@link pathFingerprint} of the interfaces: paths over the same interfaces have the same
   * fingerprint, whatever their hop fields.
   */
  readonly fingerprint: string;
  /** Number of AS hops in the parts of its segments together, as edges.ts counts them. */
  readonly weight: number;
  /** The full MACs of the last two hop fields, for EPIC-HP; absent if one of the two ASes does not announce its MAC. */
  readonly epic?: EpicAuthenticators;
  /** The properties that the ASes of the path announce; absent if they announce none. */
  readonly metadata?: PathMetadata;
}

const WORD_LENGTH = 4;
const INTERFACE_LENGTH = ISD_AS_LENGTH + 2 * WORD_LENGTH;

/**
 * Computes the fingerprint of a path: SHA-256 over ISD-AS (64 bits) and ifId (64 bits) of each
 * interface.
 */
export function pathFingerprint(
  crypto: CryptoProvider,
  interfaces: readonly PathInterface[],
): string {
  const bytes = new Uint8Array(INTERFACE_LENGTH * interfaces.length);
  for (const [index, { isdAs, ifId }] of interfaces.entries()) {
    const at = INTERFACE_LENGTH * index;
    writeIsdAs(bytes, at, isdAs);
    writeUint32(bytes, at + ISD_AS_LENGTH + WORD_LENGTH, ifId);
  }
  return toHex(crypto.sha256(bytes));
}

/** Prints an interface as topology files do, for example `1-ff00:0:110#41`. */
export function formatInterface(item: PathInterface): string {
  return `${item.isdAs}#${item.ifId}`;
}

/** Converts a path to the sequence of ASes and interfaces that is traced and drawn. */
export function asSequenceOfPath({ source, interfaces }: Path): AsSequence {
  const steps: AsSequenceStep[] = [];
  for (let index = 0; index + 1 < interfaces.length; index += 2) {
    const out = interfaces[index];
    const into = interfaces[index + 1];
    if (out === undefined || into === undefined) continue;
    steps.push({ out: out.ifId, into: into.ifId, isdAs: into.isdAs });
  }
  return { origin: source, steps };
}
