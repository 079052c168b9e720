/**
 * The entry that this AS adds to beacons and segments (reference control/beaconing/extender.go).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { SigningKey } from '../../../engine/host/signatures.ts';
import {
  appendSignedEntry,
  computeEpicDigest,
  extendSegment,
  type HopAuthenticator,
  type IsdAs,
  type SignatureKeyId,
  type SignedSegment,
  type StaticInfo,
} from '../../scion/index.ts';
import { HOP_UNIT_S } from '../geometry.ts';
import type { ControlInterface } from '../surroundings.ts';
import { signEntry } from './signatures.ts';

/** The key with which an AS signs its entries now, and how verifiers find its certificate. */
export interface EntrySigner {
  readonly key: SigningKey;
  readonly keyId: SignatureKeyId;
  /**
   * When the key's certificate or TRC ends, whichever is first, seconds since 1970; absent if the key has no
   * certificate.
   */
  readonly notAfter?: number;
}

/** The values and keys with which this AS makes its entries. */
export interface SegmentExtenderParts {
  readonly isdAs: IsdAs;
  /** MTU inside the AS, bytes. */
  readonly mtu: number;
  readonly interfaces: ReadonlyMap<number, ControlInterface>;
  readonly hops: HopAuthenticator;
  /** Returns the key with which the AS signs now. */
  readonly signer: () => EntrySigner;
  /** Lifetime of hop fields in units of 337.5 s, minus one. */
  readonly expTime: number;
  /** Calendar time, seconds since 1970. */
  readonly seconds: () => number;
  /**
   * Hashes the 10 bytes that each MAC in a hop field leaves out, which hosts need for EPIC-HP paths; absent if the AS
   * does not announce these bytes.
   */
  readonly epic?: Pick<CryptoProvider, 'sha256'> | undefined;
  /** Returns the static metadata of an entry; undefined if the AS announces none. Absent if it never announces any. */
  readonly announced?: (ingress: number, egress: number) => StaticInfo | undefined;
}

/** Adds this AS's signed entry to segments. */
export class SegmentExtender {
  readonly #parts: SegmentExtenderParts;
  readonly #peerLinks;

  constructor(parts: SegmentExtenderParts) {
    this.#parts = parts;
    const peers = [...parts.interfaces.values()].filter(({ relation }) => relation === 'peer');
    this.#peerLinks = peers.map(({ ifId, neighbour, neighbourIfId, mtu }) => ({
      ifId,
      peer: neighbour,
      peerIfId: neighbourIfId,
      mtu,
    }));
  }

  /**
   * Returns a segment with the entry of this AS added.
   * @param ingress The interface on which the segment came; 0 if it begins here.
   * @param egress The interface on which it leaves; 0 if it ends here.
   */
  extend(before: SignedSegment, ingress: number, egress: number): SignedSegment {
    const { isdAs, mtu, interfaces, hops, seconds, epic } = this.#parts;
    const { key, keyId, notAfter } = this.#parts.signer();
    const expTime = this.#expTime(before.segment.timestamp, notAfter);
    const ingressMtu = interfaces.get(ingress)?.mtu ?? 0;
    const extension = { isdAs, mtu, ingress, ingressMtu, egress, expTime };
    const peerLinks = this.#peerLinks;
    const staticInfo = this.#parts.announced?.(ingress, egress);
    const { entries } = extendSegment(before.segment, {
      ...extension,
      staticInfo,
      peerLinks,
      isEpic: epic !== undefined,
      authenticator: hops,
    });
    const entry = entries.at(-1) as (typeof entries)[number];
    const next = interfaces.get(egress)?.neighbour;
    const epicDigest = epic && computeEpicDigest(epic, entry);
    const content = { entry, next, keyId, signedSeconds: seconds(), epicDigest };
    return appendSignedEntry(before, content, (input) => signEntry(key, input));
  }

  /**
   * ExpTime of the hop field: that of the option `expiry`, or less, so that the hop field ends before the signer does
   * (reference control/beaconing/extender.go, Extend). At least 0, which is 337.5 s, even if the signer ends earlier.
   */
  #expTime(timestamp: number, notAfter: number | undefined): number {
    const { expTime } = this.#parts;
    if (notAfter === undefined) return expTime;
    const units = Math.floor((notAfter - timestamp) / HOP_UNIT_S) - 1;
    return Math.max(0, Math.min(expTime, units));
  }
}
