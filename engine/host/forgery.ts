/**
 * What an outsider without keys can send to a node of a protocol, for events that flood it
 * (docs/adr/0027). The engine knows no protocol; each protocol says what its forgeries look like.
 *
 * @module
 */
import type { CryptoProvider } from './crypto.ts';
import type { HostView, LinkView, NetworkMap } from './network-view.ts';
import type { Random } from './random.ts';
import type { CalendarTime } from './time.ts';

/** What an attacker knows and has: everything public, and nobody's secrets. */
export interface ForgeryParts {
  readonly network: NetworkMap;
  /** The public part of a host's secret. */
  readonly publicKey: (host: string, name: string) => Uint8Array;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: () => CalendarTime;
  /** The node under attack. */
  readonly target: HostView;
  /** The node in whose name it is sent. */
  readonly source: HostView;
  /** The link that the forgery claims something about, if the event names one. */
  readonly link?: LinkView;
  /** Bytes of the part whose length varies, if the event says it. */
  readonly sizeBytes?: number;
}

/** One kind of forged datagram. */
export interface Forgery {
  /** One sentence for lists. */
  readonly help: string;
  /** UDP port of the target. */
  readonly port: number;
  /** True when events may say which link the forgery claims something about. */
  readonly hasLink?: boolean;
  /** Bounds of the size that events may choose, bytes; absent if the kind has one size. */
  readonly sizes?: { readonly least: number; readonly most: number };
  /**
   * Returns a generator that makes one datagram per call, in fresh bytes. Pure except for `random`
   * and `clock`; never throws for any target, source and link of the topology.
   */
  make(parts: ForgeryParts): () => Uint8Array;
}
