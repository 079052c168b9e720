/**
 * Datagrams and streams that an outsider without keys can send to a node of a protocol, for events that flood the node
 * (ADR 0027). The engine knows no protocol; each protocol says what its forgeries look like.
 *
 * @module
 */
import type { CryptoProvider } from './crypto.ts';
import type { HostView, LinkView, NetworkMap } from './network-view.ts';
import type { Random } from './random.ts';
import type { CalendarTime } from './time.ts';

/** What an attacker knows: everything public, and no secrets. */
export interface AttackerKnowledge {
  readonly network: NetworkMap;
  /** Returns the public part of the secret `name` of a host. */
  readonly publicKey: (host: string, name: string) => Uint8Array;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: () => CalendarTime;
  /** The node that is attacked. */
  readonly target: HostView;
  /** The node whose identity the forgery claims. */
  readonly source: HostView;
  /** The link that the forgery claims something about, if the event names one. */
  readonly link?: LinkView;
  /** Number of bytes in the part whose length varies, if the event sets it. */
  readonly sizeBytes?: number;
}

/** One kind of forged datagram or stream. */
export interface Forgery {
  /** One sentence about the kind, for the list that users see. */
  readonly help: string;
  /** Port of the target to which the forgery is sent; absent if it is the port of the target's link to the sender. */
  readonly port?: number;
  /** True if each forgery is a stream to the target, on which the bytes are written, if there are any. */
  readonly isStream?: boolean;
  /** True if events may name the link that the forgery is about. */
  readonly hasLink?: boolean;
  /** Bounds of the size that events may choose, bytes; absent if the kind has one size. */
  readonly sizes?: { readonly least: number; readonly most: number };
  /**
   * Returns a generator that makes the bytes of one forgery per call, in fresh bytes. Pure except for `random`
   * and `clock`; never throws for any target, source and link of the topology.
   */
  make(parts: AttackerKnowledge): () => Uint8Array;
}
