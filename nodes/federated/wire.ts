/**
 * Messages of federated learning beside those of the secure sum (secagg/wire.ts), which have types
 * below 16: CBOR arrays whose first item is the type (RFC 8949 section 4.2.1, shortest heads, no
 * indefinite lengths).
 *
 * ```
 * ready  [16]                                     client to aggregator: can take part from now on
 *                                                 aggregator to client: asks whether it can
 * task   [17, config, index, [name ...], model]   aggregator to client: begins a session
 * update [18, session, vector]                    client to aggregator: an update that is not hidden
 * packed [20, session, elements]                  the same in the bits of the federation
 * sparse [21, session, places, values]            the same without zeros
 * offer  [22, exchange, model]                    between nodes without an aggregator: to be averaged
 * answer [23, exchange, model]                    the model of the other, before it averaged
 * refused [24, exchange]                          the other node takes no offer now
 * levels [25, session, keys]                      client to aggregator: noise that was not needed
 * declined [19, session, reason]                  client to aggregator: does not take part in this session,
 *                                                 nor in others until it is ready again; no session: in none
 * ```
 *
 * The names are those of all clients of the session, in the order of their indices, if signatures have
 * to be verified, else none. The model has one number more if the norm of updates adapts
 * (clip-plan.ts). `config` has the parameters of the session (secagg/session-config.ts). The model and
 * vectors are 32-bit elements, little-endian.
 *
 * @module
 */
import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_TEXT,
  CBOR_UINT,
  CborReader,
} from '../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { DEVICE_LIMIT_NAMES, type DeviceLimitName } from './device/limits.ts';
import { FEDERATED_SESSION_ID_BYTES } from './geometry.ts';

const READY = 16;
const TASK = 17;
const UPDATE = 18;
const DECLINED = 19;
const PACKED = 20;
const SPARSE = 21;
const OFFER = 22;
const ANSWER = 23;
const REFUSED = 24;
const LEVELS = 25;
/** Message types below this number belong to the secure sum. */
const SUM_TYPES = 16;
const BYTES_PER_ELEMENT = 4;

/** Why a client does not take part: a limit that a round would break, or its device is not there. */
export type DeclineReason = DeviceLimitName | 'away';

/** Reasons for declining; the index of a reason is its number on the wire. */
const REASONS: readonly DeclineReason[] = [...DEVICE_LIMIT_NAMES, 'away'];

/** A message of this protocol. */
export type FederatedMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'task';
      readonly config: Uint8Array;
      readonly index: number;
      readonly members: readonly string[];
      readonly model: Float32Array;
    }
  | { readonly kind: 'update'; readonly session: Uint8Array; readonly vector: Uint32Array }
  /** All elements, in as few bits as the options allow (compression/plain-form.ts). */
  | { readonly kind: 'packed'; readonly session: Uint8Array; readonly elements: Uint8Array }
  /** Only the elements that are not zero, with their indices in few bits. */
  | {
      readonly kind: 'sparse';
      readonly session: Uint8Array;
      readonly places: Uint8Array;
      readonly values: Uint8Array;
    }
  | {
      readonly kind: 'offer' | 'answer';
      readonly exchange: number;
      readonly model: Float32Array;
    }
  | { readonly kind: 'refused'; readonly exchange: number }
  /** The keys of the noise levels that a client reveals, one after the other (noise-levels.ts). */
  | { readonly kind: 'levels'; readonly session: Uint8Array; readonly keys: Uint8Array }
  /** `session` is empty if the client was not invited. */
  | {
      readonly kind: 'declined';
      readonly session: Uint8Array;
      readonly reason: DeclineReason;
    }
  /** A message of the secure sum, to be read by its machine. */
  | { readonly kind: 'sum'; readonly bytes: Uint8Array };

/** Largest number of clients of one session: shares have points in GF(2^16). */
const MEMBERS_MAX = 65_534;

const writer = new CborWriter();
const decoder = new TextDecoder();

/** Encodes a message; one of the secure sum is encoded already. */
export function encodeFederatedMessage(message: FederatedMessage): Uint8Array {
  writer.reset();
  switch (message.kind) {
    case 'sum':
      return message.bytes;
    case 'ready':
      writer.array(1);
      writer.uint(READY);
      break;
    case 'task':
      writer.array(5);
      writer.uint(TASK);
      writer.string(message.config);
      writer.uint(message.index);
      writer.array(message.members.length);
      for (const name of message.members) writer.text(name);
      writer.string(bytesOf(message.model));
      break;
    case 'update':
      writer.array(3);
      writer.uint(UPDATE);
      writer.string(message.session);
      writer.string(bytesOf(message.vector));
      break;
    case 'packed':
      writer.array(3);
      writer.uint(PACKED);
      writer.string(message.session);
      writer.string(message.elements);
      break;
    case 'sparse':
      writer.array(4);
      writer.uint(SPARSE);
      writer.string(message.session);
      writer.string(message.places);
      writer.string(message.values);
      break;
    case 'offer':
    case 'answer':
      writer.array(3);
      writer.uint(message.kind === 'offer' ? OFFER : ANSWER);
      writer.uint(message.exchange);
      writer.string(bytesOf(message.model));
      break;
    case 'refused':
      writer.array(2);
      writer.uint(REFUSED);
      writer.uint(message.exchange);
      break;
    case 'levels':
      writer.array(3);
      writer.uint(LEVELS);
      writer.string(message.session);
      writer.string(message.keys);
      break;
    case 'declined':
      writer.array(3);
      writer.uint(DECLINED);
      writer.string(message.session);
      writer.uint(REASONS.indexOf(message.reason));
  }
  return writer.taken();
}

/** Decodes what {@link encodeFederatedMessage} writes; undefined for anything else. Results are copies. */
export function decodeFederatedMessage(bytes: Uint8Array): FederatedMessage | undefined {
  const reader = new CborReader();
  reader.open(bytes, 0, bytes.length);
  if (!reader.expect(CBOR_ARRAY)) return undefined;
  const count = reader.argument;
  if (!reader.expect(CBOR_UINT)) return undefined;
  if (reader.argument < SUM_TYPES) return { kind: 'sum', bytes: bytes.slice() };
  const form = FORMS.get(reader.argument);
  const message = form?.items === count ? form.read(reader) : undefined;
  return reader.at === bytes.length ? message : undefined;
}

/** By type of message: its number of items, and the function that reads those behind the type. */
const FORMS: ReadonlyMap<
  number,
  {
    readonly items: number;
    readonly read: (reader: CborReader) => FederatedMessage | undefined;
  }
> = new Map([
  [READY, { items: 1, read: (): FederatedMessage => ({ kind: 'ready' }) }],
  [TASK, { items: 5, read: task }],
  [UPDATE, { items: 3, read: update }],
  [DECLINED, { items: 3, read: declined }],
  [PACKED, { items: 3, read: packed }],
  [LEVELS, { items: 3, read: levels }],
  [SPARSE, { items: 4, read: sparse }],
  [OFFER, { items: 3, read: (reader) => exchanged(reader, 'offer') }],
  [ANSWER, { items: 3, read: (reader) => exchanged(reader, 'answer') }],
  [REFUSED, { items: 2, read: refused }],
]);

function task(reader: CborReader): FederatedMessage | undefined {
  const config = stringOf(reader);
  if (config === undefined || !reader.expect(CBOR_UINT)) return undefined;
  const index = reader.argument;
  const members = namesOf(reader);
  const model = elementsOf(stringOf(reader));
  if (members === undefined || model === undefined) return undefined;
  return { kind: 'task', config, index, members, model: new Float32Array(model) };
}

function update(reader: CborReader): FederatedMessage | undefined {
  const session = stringOf(reader);
  if (session?.length !== FEDERATED_SESSION_ID_BYTES) return undefined;
  const vector = elementsOf(stringOf(reader));
  return vector && { kind: 'update', session, vector: new Uint32Array(vector) };
}

function packed(reader: CborReader): FederatedMessage | undefined {
  const session = stringOf(reader);
  if (session?.length !== FEDERATED_SESSION_ID_BYTES) return undefined;
  const elements = stringOf(reader);
  return elements && { kind: 'packed', session, elements };
}

function levels(reader: CborReader): FederatedMessage | undefined {
  const session = stringOf(reader);
  if (session?.length !== FEDERATED_SESSION_ID_BYTES) return undefined;
  const keys = stringOf(reader);
  return keys && { kind: 'levels', session, keys };
}

function sparse(reader: CborReader): FederatedMessage | undefined {
  const session = stringOf(reader);
  if (session?.length !== FEDERATED_SESSION_ID_BYTES) return undefined;
  const places = stringOf(reader);
  const values = places && stringOf(reader);
  return values && { kind: 'sparse', session, places, values };
}

function exchanged(reader: CborReader, kind: 'offer' | 'answer'): FederatedMessage | undefined {
  if (!reader.expect(CBOR_UINT)) return undefined;
  const exchange = reader.argument;
  const model = elementsOf(stringOf(reader));
  return model && { kind, exchange, model: new Float32Array(model) };
}

function refused(reader: CborReader): FederatedMessage | undefined {
  return reader.expect(CBOR_UINT) ? { kind: 'refused', exchange: reader.argument } : undefined;
}

function declined(reader: CborReader): FederatedMessage | undefined {
  const session = stringOf(reader);
  const isWhole = session?.length === FEDERATED_SESSION_ID_BYTES || session?.length === 0;
  if (!isWhole || !reader.expect(CBOR_UINT)) return undefined;
  const reason = REASONS[reader.argument];
  return reason && { kind: 'declined', session, reason };
}

/** A string of bytes, copied. */
function stringOf(reader: CborReader): Uint8Array<ArrayBuffer> | undefined {
  if (!reader.string(CBOR_BYTES)) return undefined;
  return reader.bytes.slice(reader.at - reader.argument, reader.at);
}

function namesOf(reader: CborReader): readonly string[] | undefined {
  if (!reader.expect(CBOR_ARRAY) || reader.argument > MEMBERS_MAX) return undefined;
  const count = reader.argument;
  const names: string[] = [];
  while (names.length < count) {
    if (!reader.string(CBOR_TEXT)) return undefined;
    names.push(decoder.decode(reader.content));
  }
  return names;
}

function elementsOf(bytes: Uint8Array<ArrayBuffer> | undefined): ArrayBuffer | undefined {
  if (bytes === undefined || bytes.length % BYTES_PER_ELEMENT !== 0) return undefined;
  return bytes.buffer;
}

/** The memory of a vector: all supported machines are little-endian. */
function bytesOf(vector: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
