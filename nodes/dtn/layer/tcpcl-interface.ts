/**
 * What a session of TCPCL knows, is told, and wants done.
 *
 * @module
 */

/** Whether a node uses TLS: never, if the other end can, or always (RFC 9174 section 4.3). */
export const TLS_POLICIES = ['off', 'prefer', 'require'] as const;
export type TlsPolicy = (typeof TLS_POLICIES)[number];

/** What a session knows. */
export interface TcpclFacts {
  /** The end that opened the stream speaks first (RFC 9174 section 4.1). */
  readonly role: 'active' | 'passive';
  /** Node IDs of both ends, as text. The peer's is a claim: the stream itself says who it is. */
  readonly ownId: string;
  readonly peerId: string;
  /** Interval of keep-alives that this end wishes for, s; 0 for none. */
  readonly keepAliveS: number;
  readonly tls: TlsPolicy;
}

/** Why something is dropped, or a session ends. */
export type TcpclDrop =
  | 'tcpcl-bad-message'
  | 'tcpcl-stranger'
  | 'tcpcl-no-tls'
  | 'tcpcl-tls-failed'
  | 'tcpcl-silence'
  | 'tcpcl-refused'
  | 'tcpcl-unexpected';

/** What a session is told. */
export type TcpclInput =
  | { readonly kind: 'opened' }
  /** The handshake of TLS has ended. */
  | { readonly kind: 'secured'; readonly isSecure: boolean }
  /** The session keeps the bytes. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'send'; readonly transfer: number; readonly bundle: Uint8Array }
  /** The stream takes more. */
  | { readonly kind: 'room' }
  /** The node has the bundle that was offered last. */
  | { readonly kind: 'kept' }
  /** Ends after what is under way. */
  | { readonly kind: 'finish' }
  /** The stream has ended. */
  | { readonly kind: 'closed' };

/** What a session wants done. */
export type TcpclEffect =
  /** The node says `room` when the stream takes more, if that is asked for. */
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly asksForRoom: boolean }
  /** Begins TLS on the stream, after what was written so far; the node says `secured`. */
  | { readonly kind: 'secure' }
  /** Reads nothing more, or goes on. */
  | { readonly kind: 'pause'; readonly isPaused: boolean }
  | { readonly kind: 'bundle'; readonly bundle: Uint8Array }
  | { readonly kind: 'sent'; readonly transfer: number }
  | { readonly kind: 'failed'; readonly transfer: number }
  /** Bundles of at most so many octets can be sent from now on. */
  | { readonly kind: 'up'; readonly transferMax: number }
  /** And no longer. */
  | { readonly kind: 'down' }
  /** Ends the stream, in order or at once. */
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'drop'; readonly reason: TcpclDrop };
