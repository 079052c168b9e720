/**
 * The contents of the messages of secure aggregation; wire.ts encodes and decodes them.
 *
 * @module
 */
import type { SecaggConfig } from './session-config.ts';

/** The type numbers of the messages. */
export const SECAGG_MESSAGE_TYPES = {
  invite: 0,
  advertise: 1,
  roster: 2,
  shareKeys: 3,
  forward: 4,
  maskedInput: 5,
  survivors: 6,
  consistency: 7,
  signatures: 8,
  unmask: 9,
  done: 10,
} as const;

/** The type number of a message. */
export type SecaggMessageType = (typeof SECAGG_MESSAGE_TYPES)[keyof typeof SECAGG_MESSAGE_TYPES];

/** How a session may end; each outcome's index is its number on the wire. */
export const SECAGG_OUTCOMES = ['ok', 'too-few', 'refused', 'timeout'] as const;

/** One of {@link SECAGG_OUTCOMES}. */
export type SecaggOutcome = (typeof SECAGG_OUTCOMES)[number];

/** The public keys of a client. */
export interface ClientPublicKeys {
  readonly index: number;
  readonly channelKey: Uint8Array;
  readonly maskKey: Uint8Array;
  /** In signed mode: signature of the keys under the client's identity. */
  readonly signature?: Uint8Array;
}

/** An encrypted box of shares, for or from client `index`. */
export interface ShareBox {
  readonly index: number;
  readonly box: Uint8Array;
}

/** The secret to which a share belongs: that of a client's own mask, or that of its pair masks. */
export type ShareKind = 'own' | 'pair';

/** A share that a client gives the server. */
export interface UnmaskShare {
  readonly index: number;
  readonly kind: ShareKind;
  readonly share: Uint8Array;
}

/** A signature and its signer. */
export interface IndexedSignature {
  readonly index: number;
  readonly signature: Uint8Array;
}

/**
 * Indices of the clients whose inputs are in the sum, and of those that left after their shares
 * were distributed; each list ascends.
 */
export interface SurvivorLists {
  readonly survivors: readonly number[];
  readonly lost: readonly number[];
}

/** The type and content of a message, without its session id. */
export type SecaggMessageBody =
  | { readonly type: 0; readonly config: SecaggConfig }
  | ({ readonly type: 1 } & ClientPublicKeys)
  | { readonly type: 2; readonly entries: readonly ClientPublicKeys[] }
  | { readonly type: 3; readonly boxes: readonly ShareBox[] }
  | { readonly type: 4; readonly boxes: readonly ShareBox[] }
  | { readonly type: 5; readonly packed: Uint8Array }
  | ({ readonly type: 6 } & SurvivorLists)
  | { readonly type: 7; readonly signature: Uint8Array }
  | { readonly type: 8; readonly signatures: readonly IndexedSignature[] }
  | { readonly type: 9; readonly shares: readonly UnmaskShare[] }
  | { readonly type: 10; readonly outcome: SecaggOutcome; readonly survivors: number };

/** A decoded message; an invitation has no session. */
export interface DecodedSecaggMessage {
  readonly session: Uint8Array | undefined;
  readonly body: SecaggMessageBody;
}

/** Copies decoded keys, which are views of a message whose memory may be reused. */
export function copyClientPublicKeys({
  index,
  channelKey,
  maskKey,
  signature,
}: ClientPublicKeys): ClientPublicKeys {
  return {
    index,
    channelKey: channelKey.slice(),
    maskKey: maskKey.slice(),
    ...(signature !== undefined && { signature: signature.slice() }),
  };
}
