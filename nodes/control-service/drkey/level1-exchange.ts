/**
 * How a control service asks another AS's control service for a level 1 key, and how that one answers: DRKeyLevel1 of
 * the reference (proto/control_plane/v1/drkey.proto).
 *
 * In the reference the call is inside TLS, whose certificates identify the asker. Here both ends sign with the keys of
 * their ASes, and the level 1 key is encrypted under an X25519 agreement between two fresh key pairs: only the AS that
 * signed the request can read the answer, only the key's owner can have made it, and it fits no other epoch or request.
 *
 * @module
 */
import type { AeadKey, CryptoProvider } from '../../../engine/host/crypto.ts';
import type { SigningKey } from '../../../engine/host/signatures.ts';
import { concatByteList, writeUint32 } from '../../_kit/bytes.ts';
import { decodeProtobuf, encodeProtobuf, field, message, optional } from '../../_kit/protobuf.ts';
import { bytes, int32, int53, uint32, uint64 } from '../../_kit/protobuf-scalars.ts';
import {
  DRKEY_EPOCH_SECONDS,
  DRKEY_KEY_LENGTH,
  DRKEY_PROTOCOL_SCMP,
  type DrkeyStore,
  drkeyEpochAt,
  type IsdAs,
  isdAsOfWords,
  isdAsWords,
  writeIsdAs,
} from '../../scion/index.ts';

/** The message google.protobuf.Timestamp. */
const TIMESTAMP = message({ seconds: field(1, int53), nanos: field(2, int32) });
/** Fields with numbers from 2045 on are additions of this project to the reference's message. */
const REQUEST = message({
  at: optional(1, TIMESTAMP),
  protocol: field(2, uint32),
  asker: field(2_045, uint64),
  share: field(2_046, bytes),
  signature: field(2_047, bytes),
});
const ANSWER = message({
  begin: optional(1, TIMESTAMP),
  end: optional(2, TIMESTAMP),
  /** The level 1 key, encrypted. */
  key: field(3, bytes),
  share: field(2_046, bytes),
  signature: field(2_047, bytes),
});
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
/** The nonce of the cipher: all zeros, because each key encrypts only one message. */
const NONCE = new Uint8Array(12);
const NO_BYTES = new Uint8Array(0);
const ISD_AS_BYTES = 8;
const CIPHER_KEY_BYTES = 32;
/** Number of epochs before and after the current one whose keys are given as well. */
const EPOCHS_NEAR = 1;
const encoder = new TextEncoder();

/** Why a request for a level 1 key is refused, or its answer is of no use. */
export type Level1Refusal =
  | 'key-malformed'
  | 'key-protocol'
  | 'key-epoch'
  | 'key-caller'
  | 'key-signature'
  | 'key-answer';

/** The keys and functions that both ends of the exchange use. */
export interface Level1ExchangeParts {
  readonly own: IsdAs;
  readonly crypto: CryptoProvider;
  /** Returns the key with which this AS signs now. */
  readonly key: () => SigningKey;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly seconds: () => number;
  /** The keys of this AS. */
  readonly drkeys: DrkeyStore;
  /** True if the AS signed the message. */
  readonly isSignedBy: (isdAs: IsdAs, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** A request, and the function that reads its answer. */
export interface Level1Question {
  readonly message: Uint8Array;
  /** Returns the level 1 key in the answer, or why the answer is refused. */
  readonly open: (answer: Uint8Array) => Uint8Array | Level1Refusal;
}

/** The facts of one exchange that both ends sign. */
interface Exchange {
  readonly asker: IsdAs;
  readonly owner: IsdAs;
  readonly epochBegin: number;
  /** Public X25519 keys of the asker and, in an answer, of the owner. */
  readonly shares: readonly Uint8Array[];
}

/** Makes and answers requests for level 1 keys. */
export class Level1Exchange {
  readonly #parts: Level1ExchangeParts;

  constructor(parts: Level1ExchangeParts) {
    this.#parts = parts;
  }

  /** Makes the request for the level 1 key that `owner` shares with this AS in an epoch. */
  ask(owner: IsdAs, epochBegin: number): Level1Question {
    const { own, crypto, key, randomBytes } = this.#parts;
    const secret = crypto.x25519Key(randomBytes(SECRET_BYTES));
    const exchange = { asker: own, owner, epochBegin, shares: [secret.publicKey] };
    const body = encodeProtobuf(REQUEST, {
      at: { seconds: epochBegin, nanos: 0 },
      protocol: DRKEY_PROTOCOL_SCMP,
      asker: isdAsWords(own),
      share: secret.publicKey,
      signature: key().sign(coveredBytes('request', exchange)),
    });
    return {
      message: body,
      open: (answer): Uint8Array | Level1Refusal => {
        const opened = this.#open(answer, exchange, (share) => secret.sharedSecret(share));
        secret.wipe();
        return opened;
      },
    };
  }

  /** Answers a request that came from the AS `from`. */
  answer(from: IsdAs, body: Uint8Array): Uint8Array | Level1Refusal {
    const read = decodeProtobuf(REQUEST, body);
    if (typeof read === 'string' || read.at === undefined) return 'key-malformed';
    const { own, crypto, key, randomBytes, drkeys, isSignedBy } = this.#parts;
    if (read.protocol !== DRKEY_PROTOCOL_SCMP) return 'key-protocol';
    const epochBegin = drkeyEpochAt(read.at.seconds);
    if (!isEpochNear(epochBegin, this.#parts.seconds())) return 'key-epoch';
    const asker = isdAsOfWords(read.asker);
    if (asker !== from) return 'key-caller';
    const asked = { asker, owner: own, epochBegin, shares: [read.share] };
    if (!isSignedBy(asker, coveredBytes('request', asked), read.signature)) return 'key-signature';
    const secret = crypto.x25519Key(randomBytes(SECRET_BYTES));
    const shared = secret.sharedSecret(read.share);
    secret.wipe();
    if (shared === undefined) return 'key-malformed';
    const exchange = { ...asked, shares: [read.share, secret.publicKey] };
    const level1 = drkeys.level1KeyOf({ epochBegin, isdAs: isdAsBytes(asker) });
    const sealed = new Uint8Array(level1.length + TAG_BYTES);
    this.#cipher(shared, exchange).seal(NONCE, NO_BYTES, level1, sealed);
    return encodeProtobuf(ANSWER, {
      begin: { seconds: epochBegin, nanos: 0 },
      end: { seconds: epochBegin + DRKEY_EPOCH_SECONDS, nanos: 0 },
      key: sealed,
      share: secret.publicKey,
      signature: key().sign(concatByteList([coveredBytes('answer', exchange), sealed])),
    });
  }

  #open(
    answer: Uint8Array,
    asked: Exchange,
    agree: (share: Uint8Array) => Uint8Array | undefined,
  ): Uint8Array | Level1Refusal {
    const read = decodeProtobuf(ANSWER, answer);
    if (typeof read === 'string' || read.begin?.seconds !== asked.epochBegin) return 'key-answer';
    const exchange = { ...asked, shares: [...asked.shares, read.share] };
    const covered = concatByteList([coveredBytes('answer', exchange), read.key]);
    if (!this.#parts.isSignedBy(asked.owner, covered, read.signature)) return 'key-signature';
    const shared = agree(read.share);
    if (shared === undefined || read.key.length !== DRKEY_KEY_LENGTH + TAG_BYTES)
      return 'key-answer';
    const level1 = new Uint8Array(DRKEY_KEY_LENGTH);
    const length = this.#cipher(shared, exchange).open(NONCE, NO_BYTES, read.key, level1);
    return length === DRKEY_KEY_LENGTH ? level1 : 'key-answer';
  }

  #cipher(shared: Uint8Array, exchange: Exchange): AeadKey {
    const { crypto } = this.#parts;
    const info = coveredBytes('cipher', exchange);
    const key = crypto.hkdfSha256({ key: shared, info, length: CIPHER_KEY_BYTES });
    return crypto.aead('chacha20-poly1305', key);
  }
}

/** True if the epoch is the present one or next to it; keys of other epochs are not given. */
export function isEpochNear(epochBegin: number, seconds: number): boolean {
  return Math.abs(epochBegin - drkeyEpochAt(seconds)) <= EPOCHS_NEAR * DRKEY_EPOCH_SECONDS;
}

/** The bytes that are signed, or from which the cipher's key is derived. */
function coveredBytes(
  purpose: 'request' | 'answer' | 'cipher',
  { asker, owner, epochBegin, shares }: Exchange,
): Uint8Array {
  const epoch = new Uint8Array(4);
  writeUint32(epoch, 0, epochBegin);
  // Only shares could have another length; since they come last, different inputs still give different bytes.
  const head = [encoder.encode(`DRKey level 1 ${purpose}`), isdAsBytes(asker), isdAsBytes(owner)];
  return concatByteList([...head, epoch, ...shares]);
}

/** The 8 bytes of an ISD-AS, as key derivation uses them. */
export function isdAsBytes(isdAs: IsdAs): Uint8Array {
  const bytes = new Uint8Array(ISD_AS_BYTES);
  writeIsdAs(bytes, 0, isdAs);
  return bytes;
}
