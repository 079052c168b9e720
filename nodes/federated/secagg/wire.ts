/**
 * The messages of secure aggregation (docs/spec/secure-aggregation.md#messages), arrays in
 * deterministic CBOR (RFC 8949 section 4.2.1) that begin with the type and, except the invitation,
 * the session:
 *
 * ```
 *  0 invite           [0, config]
 *  1 advertise keys   [1, session, u, channel key, mask key (, signature)]
 *  2 roster           [2, session, [[v, channel key, mask key (, signature)] ...]]
 *  3 share keys       [3, session, [[to, box] ...]]
 *  4 forward          [4, session, [[from, box] ...]]
 *  5 masked input     [5, session, packed vector]
 *  6 survivors        [6, session, [v ...], [v ...]]            survivors, lost
 *  7 consistency      [7, session, signature]
 *  8 signatures       [8, session, [[v, signature] ...]]
 *  9 unmask           [9, session, [[v, 0, share of own mask] ..., [v, 1, share of mask secret] ...]]
 * 10 done             [10, session, outcome, survivors]
 * ```
 *
 * Lists ascend strictly. Decoding copies nothing: byte strings are views of the message.
 *
 * @module
 */
import { isNonDeterministicCbor } from '../../../engine/pure/cbor-end-of-item.ts';
import { CBOR_ARRAY, CBOR_BYTES, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import type { SecaggDropReason } from './drops.ts';
import {
  BOX_BYTES,
  KEY_BYTES,
  SESSION_CLIENTS_MAX,
  SESSION_ID_BYTES,
  SIGNATURE_BYTES,
} from './geometry.ts';
import {
  type ClientPublicKeys,
  type DecodedSecaggMessage,
  type IndexedSignature,
  SECAGG_MESSAGE_TYPES,
  SECAGG_OUTCOMES,
  type SecaggMessageBody,
  type ShareBox,
  type UnmaskShare,
} from './messages.ts';
import { decodeSecaggConfig, encodeSecaggConfig } from './session-config.ts';

/** Depth of nested arrays in a message: the message, a list, an entry. */
const DEPTH_MAX = 3;

/** Bytes of a message. `session` is not part of an invitation. */
export function encodeSecaggMessage(session: Uint8Array, body: SecaggMessageBody): Uint8Array {
  const writer = new CborWriter();
  writer.array(itemsOf(body));
  writer.uint(body.type);
  if (body.type !== SECAGG_MESSAGE_TYPES.invite) writer.string(session);
  writeBody(writer, body);
  return writer.taken();
}

/** Number of items of a message's array. */
function itemsOf(body: SecaggMessageBody): number {
  if (body.type === SECAGG_MESSAGE_TYPES.invite) return 2;
  if (body.type === SECAGG_MESSAGE_TYPES.advertise) return body.signature === undefined ? 5 : 6;
  return body.type === SECAGG_MESSAGE_TYPES.survivors || body.type === SECAGG_MESSAGE_TYPES.done
    ? 4
    : 3;
}

function writeBody(writer: CborWriter, body: SecaggMessageBody): void {
  switch (body.type) {
    case 0:
      writer.raw(encodeSecaggConfig(body.config));
      break;
    case 1:
      writeKeys(writer, body);
      break;
    case 2:
      writer.array(body.entries.length);
      for (const entry of body.entries) {
        writer.array(entry.signature === undefined ? 3 : 4);
        writeKeys(writer, entry);
      }
      break;
    case 3:
    case 4:
      writer.array(body.boxes.length);
      for (const { index, box } of body.boxes) writePair(writer, index, box);
      break;
    case 5:
      writer.string(body.packed);
      break;
    case 6:
      writeIndices(writer, body.survivors);
      writeIndices(writer, body.lost);
      break;
    case 7:
      writer.string(body.signature);
      break;
    case 8:
      writer.array(body.signatures.length);
      for (const { index, signature } of body.signatures) writePair(writer, index, signature);
      break;
    case 9:
      writer.array(body.shares.length);
      for (const { index, kind, share } of body.shares) {
        writer.array(3);
        writer.uint(index);
        writer.uint(kind === 'own' ? 0 : 1);
        writer.string(share);
      }
      break;
    case 10:
      writer.uint(SECAGG_OUTCOMES.indexOf(body.outcome));
      writer.uint(body.survivors);
      break;
  }
}

function writeKeys(
  writer: CborWriter,
  { index, channelKey, maskKey, signature }: ClientPublicKeys,
): void {
  writer.uint(index);
  writer.string(channelKey);
  writer.string(maskKey);
  if (signature !== undefined) writer.string(signature);
}

function writePair(writer: CborWriter, index: number, bytes: Uint8Array): void {
  writer.array(2);
  writer.uint(index);
  writer.string(bytes);
}

function writeIndices(writer: CborWriter, indices: readonly number[]): void {
  writer.array(indices.length);
  for (const index of indices) writer.uint(index);
}

/** CBOR of a list of clients, which is what a consistency signature covers. */
export function encodeClientIndices(indices: readonly number[]): Uint8Array {
  const writer = new CborWriter();
  writeIndices(writer, indices);
  return writer.taken();
}

/** Decodes a message, or returns why that is impossible. Never throws. */
export function decodeSecaggMessage(bytes: Uint8Array): DecodedSecaggMessage | SecaggDropReason {
  const reader = new MessageReader(bytes);
  const decoded = reader.message();
  return reader.drop ?? decoded;
}

const NOTHING = new Uint8Array(0);

/**
 * Reads a message. After a failure, reading has no effect, and the first reason stays. Counts are
 * bounded by the bytes left.
 */
class MessageReader {
  drop: SecaggDropReason | undefined;
  readonly #reader = new CborReader();

  constructor(bytes: Uint8Array) {
    this.#reader.open(bytes, 0, bytes.length);
  }

  message(): DecodedSecaggMessage {
    const items = this.#array();
    const type = this.#uint();
    const session =
      type === SECAGG_MESSAGE_TYPES.invite
        ? undefined
        : this.#bytes(SESSION_ID_BYTES, 'wrong-session');
    const body = this.#body(type, items);
    if (this.#reader.at !== this.#reader.end) this.#fail('bad-cbor');
    return { session, body };
  }

  #body(type: number, items: number): SecaggMessageBody {
    switch (type) {
      case 0:
        return this.#invite(items);
      case 1:
        // In signed mode, the signature is the sixth item.
        if (items !== 6) this.#checkItems(items, 5);
        return { type, ...this.#keys(items - 2) };
      case 2:
        this.#checkItems(items, 3);
        return { type, entries: this.#list(() => this.#keys(this.#array())) };
      case 3:
      case 4:
        this.#checkItems(items, 3);
        return { type, boxes: this.#list(() => this.#box()) };
      case 5:
        this.#checkItems(items, 3);
        return { type, packed: this.#anyBytes() };
      case 6:
        this.#checkItems(items, 4);
        return { type, survivors: this.#indices(), lost: this.#indices() };
      case 7:
        this.#checkItems(items, 3);
        return { type, signature: this.#bytes(SIGNATURE_BYTES, 'bad-signature') };
      case 8:
        this.#checkItems(items, 3);
        return { type, signatures: this.#list(() => this.#signedBy()) };
      case 9:
        this.#checkItems(items, 3);
        return { type, shares: this.#shares() };
      default:
        return this.#done(type, items);
    }
  }

  #invite(items: number): SecaggMessageBody {
    this.#checkItems(items, 2);
    const config = this.drop === undefined ? decodeSecaggConfig(this.#reader) : undefined;
    if (config !== undefined) return { type: 0, config };
    this.#failAtHead();
    return this.#nothing();
  }

  #done(type: number, items: number): SecaggMessageBody {
    this.#checkItems(items, 4);
    const outcome = SECAGG_OUTCOMES[this.#uint()];
    const survivors = this.#index();
    if (type === SECAGG_MESSAGE_TYPES.done && outcome !== undefined)
      return { type, outcome, survivors };
    this.#fail('bad-cbor');
    return this.#nothing();
  }

  /** An empty message, which stands for a missing one. */
  #nothing(): SecaggMessageBody {
    return { type: SECAGG_MESSAGE_TYPES.done, outcome: 'refused', survivors: 0 };
  }

  #keys(items: number): ClientPublicKeys {
    if (items !== 3 && items !== 4) this.#fail('bad-cbor');
    const index = this.#index();
    const channelKey = this.#bytes(KEY_BYTES, 'bad-cbor');
    const maskKey = this.#bytes(KEY_BYTES, 'bad-cbor');
    if (items === 3) return { index, channelKey, maskKey };
    return {
      index,
      channelKey,
      maskKey,
      signature: this.#bytes(SIGNATURE_BYTES, 'bad-signature'),
    };
  }

  #box(): ShareBox {
    this.#checkItems(this.#array(), 2);
    return { index: this.#index(), box: this.#bytes(BOX_BYTES, 'box-failed') };
  }

  #signedBy(): IndexedSignature {
    this.#checkItems(this.#array(), 2);
    return { index: this.#index(), signature: this.#bytes(SIGNATURE_BYTES, 'bad-signature') };
  }

  /** Shares of own masks come first; both kinds ascend by client. */
  #shares(): readonly UnmaskShare[] {
    const count = this.#array();
    const shares: UnmaskShare[] = [];
    let last = -1;
    for (let entry = 0; entry < count && this.drop === undefined; entry += 1) {
      this.#checkItems(this.#array(), 3);
      const index = this.#index();
      const number = this.#uint();
      if (number > 1) this.#fail('bad-cbor');
      const rank = number * SESSION_CLIENTS_MAX + index;
      if (rank <= last) this.#fail('not-canonical');
      last = rank;
      const kind = number === 0 ? 'own' : 'pair';
      shares.push({ index, kind, share: this.#bytes(KEY_BYTES, 'share-length') });
    }
    return shares;
  }

  #indices(): readonly number[] {
    return this.#list(() => ({ index: this.#index() })).map(({ index }) => index);
  }

  /** Entries that ascend strictly by client. */
  #list<Entry extends { readonly index: number }>(read: () => Entry): readonly Entry[] {
    const count = this.#array();
    const entries: Entry[] = [];
    let last = -1;
    for (let place = 0; place < count && this.drop === undefined; place += 1) {
      const entry = read();
      if (entry.index <= last) this.#fail('not-canonical');
      last = entry.index;
      entries.push(entry);
    }
    return entries;
  }

  #index(): number {
    const index = this.#uint();
    if (index >= SESSION_CLIENTS_MAX) this.#fail('unknown-client');
    return index;
  }

  #uint(): number {
    return this.#expect(CBOR_UINT) ? this.#reader.argument : 0;
  }

  #array(): number {
    if (!this.#expect(CBOR_ARRAY)) return 0;
    const { argument, at, end } = this.#reader;
    if (argument <= end - at) return argument;
    this.#fail('bad-cbor');
    return 0;
  }

  #bytes(length: number, reason: SecaggDropReason): Uint8Array {
    const bytes = this.#anyBytes();
    if (bytes.length !== length) this.#fail(reason);
    return bytes;
  }

  #anyBytes(): Uint8Array {
    const reader = this.#reader;
    if (!this.#expect(CBOR_BYTES)) return NOTHING;
    if (reader.argument > reader.end - reader.at) {
      this.#fail('bad-cbor');
      return NOTHING;
    }
    const start = reader.at;
    reader.at += reader.argument;
    return reader.bytes.subarray(start, reader.at);
  }

  #expect(major: number): boolean {
    if (this.drop !== undefined) return false;
    if (!this.#reader.head()) this.#failAtHead();
    else if (this.#reader.major !== major) this.#fail('bad-cbor');
    return this.drop === undefined;
  }

  #checkItems(found: number, expected: number): void {
    if (found !== expected) this.#fail('bad-cbor');
  }

  /**
   * If the strict reader refused a head, it may still be valid CBOR in a form that this protocol
   * does not allow.
   */
  #failAtHead(): void {
    this.#fail(
      isNonDeterministicCbor(this.#reader.bytes, DEPTH_MAX) ? 'not-canonical' : 'bad-cbor',
    );
  }

  #fail(reason: SecaggDropReason): void {
    this.drop ??= reason;
  }
}
