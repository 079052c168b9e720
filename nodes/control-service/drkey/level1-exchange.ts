/**
 * How a control service asks that of another AS for a level 1 key, and how one answers: DRKeyLevel1 of the reference
 * (proto/control_plane/v1/drkey.proto).
 *
 * There the call is inside TLS, whose certificates say who asks. Here both ends sign with the keys of their ASes, and the
 * key travels encrypted under X25519 of two secrets that are drawn for it: only the AS that signed the request can read
 * the answer, only the owner of the key can have made it, and neither fits another epoch or request.
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

/** google.protobuf.Timestamp. */
const TIMESTAMP = message({ seconds: field(1, int53), nanos: field(2, int32) });
/** Fields from 2045 are not of the reference. */
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
  /** Encrypted. */
  key: field(3, bytes),
  share: field(2_046, bytes),
  signature: field(2_047, bytes),
});
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
/** Each cipher key encrypts one message. */
const NONCE = new Uint8Array(12);
const NO_BYTES = new Uint8Array(0);
const ISD_AS_BYTES = 8;
const CIPHER_KEY_BYTES = 32;
/** Epochs before and after the current one of which keys are given. */
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

/** What both ends of the exchange work with. */
export interface Level1ExchangeParts {
  readonly own: IsdAs;
  readonly crypto: CryptoProvider;
  /** With which this AS signs now. */
  readonly key: () => SigningKey;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly seconds: () => number;
  /** The keys of this AS. */
  readonly drkeys: DrkeyStore;
  /** True if the AS signed the message. */
  readonly isSignedBy: (isdAs: IsdAs, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** A request, and how its answer is read. */
export interface Level1Question {
  readonly message: Uint8Array;
  /** The level 1 key, or why the answer is none. */
  readonly open: (answer: Uint8Array) => Uint8Array | Level1Refusal;
}

/** What the two ends agree on before there is a key. */
interface Exchange {
  readonly asker: IsdAs;
  readonly owner: IsdAs;
  readonly epochBegin: number;
  /** Public X25519 keys of the asker and, in an answer, of the owner. */
  readonly shares: readonly Uint8Array[];
}

/** Asks for level 1 keys, and answers. */
export class Level1Exchange {
  readonly #parts: Level1ExchangeParts;

  constructor(parts: Level1ExchangeParts) {
    this.#parts = parts;
  }

  /** Asks `owner` for the key of this AS in an epoch. */
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

/** True of the epoch of this instant and of those beside it, of which alone keys are given. */
export function isEpochNear(epochBegin: number, seconds: number): boolean {
  return Math.abs(epochBegin - drkeyEpochAt(seconds)) <= EPOCHS_NEAR * DRKEY_EPOCH_SECONDS;
}

/** What is signed, and what the cipher's key is for. */
function coveredBytes(
  purpose: 'request' | 'answer' | 'cipher',
  { asker, owner, epochBegin, shares }: Exchange,
): Uint8Array {
  const epoch = new Uint8Array(4);
  writeUint32(epoch, 0, epochBegin);
  // Shares come last: only their lengths could differ, and a share of another length agrees on nothing.
  const head = [encoder.encode(`DRKey level 1 ${purpose}`), isdAsBytes(asker), isdAsBytes(owner)];
  return concatByteList([...head, epoch, ...shares]);
}

/** An ISD-AS as keys are derived for it. */
export function isdAsBytes(isdAs: IsdAs): Uint8Array {
  const bytes = new Uint8Array(ISD_AS_BYTES);
  writeIsdAs(bytes, 0, isdAs);
  return bytes;
}
