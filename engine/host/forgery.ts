/**
 * What somebody without keys can send to a node of a protocol, for events that flood it
 * (docs/adr/0027). The engine knows no protocol: the protocol says how its forgeries look.
 *
 * @module
 */
import type { CryptoProvider } from './crypto.ts';
import type { HostView, LinkView, NetworkMap } from './network-view.ts';
import type { Random } from './random.ts';
import type { CalendarTime } from './time.ts';

/** What an attacker knows and has: everything that is public, and no secret of anybody. */
export interface ForgeryParts {
  readonly network: NetworkMap;
  /** The public part of a host's secret. */
  readonly publicKey: (host: string, name: string) => Uint8Array;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: () => CalendarTime;
  /** Who gets it. */
  readonly target: HostView;
  /** In whose name it is sent. */
  readonly source: HostView;
  /** The link that it speaks about, where the event names one. */
  readonly link?: LinkView;
  /** Bytes of what varies in length, where the event says it. */
  readonly sizeBytes?: number;
}

/** One kind of forged datagram. */
export interface Forgery {
  /** One sentence for lists. */
  readonly help: string;
  /** UDP port of the target. */
  readonly port: number;
  /** True when events may say what link it speaks about. */
  readonly hasLink?: boolean;
  /** Limits of its size where events may choose it, bytes; absent where the kind has one size. */
  readonly sizes?: { readonly least: number; readonly most: number };
  /**
   * Makes what makes them, one datagram a call, fresh bytes each. Pure but for `random` and `clock`;
   * never throws for any target, source and link of the topology.
   */
  make(parts: ForgeryParts): () => Uint8Array;
}
