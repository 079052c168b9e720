/**
 * The parameters, inputs and effects of a TCPCL session.
 *
 * @module
 */

/** Values of the option `tls`: never use TLS, use it if the peer can, or always (RFC 9174 section 4.3). */
export const TLS_POLICIES = ['off', 'prefer', 'require'] as const;
/** When a node uses TLS on TCPCL sessions; see {@link TLS_POLICIES}. */
export type TlsPolicy = (typeof TLS_POLICIES)[number];

/** The configuration of a TCPCL session. */
export interface TcpclSessionParameters {
  /** `active`: this end opened the stream, and sends first (RFC 9174 section 4.1). */
  readonly role: 'active' | 'passive';
  /**
   * Node IDs of both ends, as text. The peer has to state `peerId`, which proves its identity only under
   * TLS.
   */
  readonly ownId: string;
  readonly peerId: string;
  /** Interval of keep-alives that this end proposes, s; 0 for none. */
  readonly keepAliveS: number;
  readonly tls: TlsPolicy;
}

/** Why a session drops a message or ends. */
export type TcpclDropReason =
  | 'tcpcl-bad-message'
  | 'tcpcl-stranger'
  | 'tcpcl-no-tls'
  | 'tcpcl-tls-failed'
  | 'tcpcl-silence'
  | 'tcpcl-refused'
  | 'tcpcl-unexpected';

/** Events that a TCPCL session handles. */
export type TcpclInput =
  | { readonly kind: 'opened' }
  /** The handshake of TLS has ended. */
  | { readonly kind: 'secured'; readonly isSecure: boolean }
  /** Bytes came on the stream; the session may keep them, so the caller must not reuse them. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'send'; readonly transfer: number; readonly bundle: Uint8Array }
  /** The stream accepts data again. */
  | { readonly kind: 'room' }
  /** The node has stored the bundle that was offered last. */
  | { readonly kind: 'kept' }
  /** Ends the session after the transfers that are under way. */
  | { readonly kind: 'finish' }
  /** The stream has ended. */
  | { readonly kind: 'closed' };

/** Actions that a TCPCL session asks of its node. */
export type TcpclEffect =
  /**
   * Writes bytes to the stream. If `asksForRoom`, the node gives the input `room` when the stream accepts
   * more.
   */
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly asksForRoom: boolean }
  /** Begins TLS on the stream after the bytes written so far; the node then gives the input `secured`. */
  | { readonly kind: 'secure' }
  /** Stops reading from the stream, or goes on. */
  | { readonly kind: 'pause'; readonly isPaused: boolean }
  | { readonly kind: 'bundle'; readonly bundle: Uint8Array }
  | { readonly kind: 'sent'; readonly transfer: number }
  | { readonly kind: 'failed'; readonly transfer: number }
  /** Bundles of at most `transferMax` octets can be sent from now on. */
  | { readonly kind: 'up'; readonly transferMax: number }
  /** From now on no more bundles can be sent. */
  | { readonly kind: 'down' }
  /**
   * `end`: ends this end's half of the stream after what was written. `reset`: ends the stream at once.
   */
  | { readonly kind: 'end' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'drop'; readonly reason: TcpclDropReason };
