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

/** Values that may be unknown. */
export type Announced<Value = number> = readonly (Value | undefined)[];

/** The announced properties of a path with n interfaces. */
export interface PathMetadata {
  /** Microseconds between each two consecutive interfaces, n - 1. */
  readonly latencyUs: Announced;
  /** kbit/s between each two consecutive interfaces, n - 1. */
  readonly bandwidthKbps: Announced;
  /** Grams of CO2 per terabyte between each two consecutive interfaces, n - 1. */
  readonly carbon: Announced;
  /** Hops inside each AS between two links, n / 2 - 1. */
  readonly internalHops: Announced;
  /** Type of each link, n / 2. */
  readonly linkTypes: Announced<LinkType>;
  /** Of each interface, n. */
  readonly geo: Announced<GeoCoordinates>;
  /** The free text that each AS on the way announces, n / 2 + 1 for n interfaces. */
  readonly notes: readonly string[];
}

/** A usable path. In the order of travel, its interfaces alternate: egress, ingress, egress, ... */
export interface Path {
  readonly source: IsdAs;
  readonly target: IsdAs;
  readonly wire: WirePath;
  /** The encoded path, to be copied after the addresses of a header. */
  readonly raw: Uint8Array;
  readonly interfaces: readonly PathInterface[];
  /** Bytes of the largest SCION packet that fits every AS and link. */
  readonly mtu: number;
  /** When the first of its hop fields expires, in half seconds since 1970, for isHopExpired. */
  readonly expiryHalfSeconds: number;
  /** Lower-case hex; equal for equal interfaces. */
  readonly fingerprint: string;
  /** Number of AS hops as counted by the combinator. */
  readonly weight: number;
  /** With what a host sends on it as an EPIC-HP path; absent if one of its last two ASes keeps that to itself. */
  readonly epic?: EpicAuthenticators;
  /** What its ASes announce; absent if nothing. */
  readonly metadata?: PathMetadata;
}

const WORD_LENGTH = 4;
const INTERFACE_LENGTH = ISD_AS_LENGTH + 2 * WORD_LENGTH;

/** Identifies a path by its interfaces: SHA-256 over ISD-AS (64 bits) and ifId (64 bits) of each. */
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

/** The ASes and interfaces of a path, as they are traced and drawn. */
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
