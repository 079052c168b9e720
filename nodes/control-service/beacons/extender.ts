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

/** A key that signs entries. */
export interface EntrySigner {
  readonly key: SigningKey;
  readonly keyId: SignatureKeyId;
  /** When its certificate ends, seconds since 1970; absent if it has none. */
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
  /** Hashes what the MACs of its hop fields leave out, with which hosts send on EPIC-HP paths; absent: it keeps that. */
  readonly epic?: Pick<CryptoProvider, 'sha256'> | undefined;
  /** What this AS announces in an entry; absent, or undefined for an entry: nothing. */
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

  /** The option's expiry, but not beyond the certificate's (reference control/beaconing/extender.go, Extend). */
  #expTime(timestamp: number, notAfter: number | undefined): number {
    const { expTime } = this.#parts;
    if (notAfter === undefined) return expTime;
    const units = Math.floor((notAfter - timestamp) / HOP_UNIT_S) - 1;
    return Math.max(0, Math.min(expTime, units));
  }
}
