/**
 * Receiving as a job on bytes (engine/host/compute.ts): the part that threads do with a packet, and the
 * decisions of the node when the packet comes back.
 *
 * The thread runs the checks of `receive.ts` and assumes "yes" where they would query the node. The node
 * then makes its own checks in the same order. Replay tags stay with the node, because otherwise two copies
 * of a packet could pass in two threads, and because the node stores the tags. Thread and node together give
 * the result of `PacketFormat.receive`; only a replay costs a complete unwrapping instead of half of one.
 *
 * ```
 * setup   exchange (1) | hops (1) | SURB (1) | keys (1) | user data (4) | longest delay (4)
 *         | private keys
 * record  outcome (1) | key (1) | delay (4) | payload offset (4), length (4) | replay tag (32)
 *         | next node or recipient (32) | SURB (16)
 *         | has a window (1), its first millisecond (6), its length (4)
 * ```
 * Integers are big-endian. `key` is the index of the private key that opened the header, or 255:
 * then nothing in the header is authenticated, and there is no tag.
 *
 * @module
 */
import type { ByteJob, ByteJobOutput, OpenedByteJob } from '../../engine/host/compute.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { readUint32, readUint48, writeUint32, writeUint48 } from '../_kit/bytes.ts';
import type { RoutingCommand } from './commands.ts';
import { NODE_DROP_REASONS, type NodeDropReason, UNWRAP_DROP_REASONS } from './drops.ts';
import type { NodePrivateKey } from './exchange.ts';
import { createKeyExchange, KEY_EXCHANGE_NAMES, type KeyExchangeOption } from './exchanges.ts';
import { createPacketFormat } from './format.ts';
import {
  NODE_ID_LENGTH,
  REPLAY_TAG_LENGTH,
  SURB_ID_LENGTH,
  WINDOW_FIRST_LENGTH,
  WINDOW_SPAN_LENGTH,
} from './geometry.ts';
import type { PacketFormat } from './packet-format.ts';
import type { AcceptedPacket, EpochKey, ReceiveRules } from './receive.ts';
import type { DropResult, UnwrappedPacket } from './unwrap.ts';

/** The data that all packets of an epoch share. */
export interface UnwrapSetup {
  readonly exchange: KeyExchangeOption;
  readonly nrHops: number;
  readonly userForwardPayloadLength: number;
  readonly withSurb: boolean;
  readonly withWindows?: boolean;
  /** Longest delay to accept, in milliseconds, below 2^32: three epochs. */
  readonly delayMsMax: number;
  /** The private keys in the order in which they are tried, 1 to 8. */
  readonly privateKeys: readonly Uint8Array[];
}

/** The rules for the checks that the node itself must make; a {@link ReceiveRules} can be passed. */
export interface UnwrapCompletionRules extends Pick<ReceiveRules, 'isNextHop'> {
  /** The keys in the order of the setup's private keys. */
  readonly keys: readonly Pick<EpochKey, 'enterTag'>[];
}

const SETUP_HEADER_LENGTH = 12;
const KEYS_MAX = 8;

const KEY_AT = 1;
const DELAY_AT = 2;
const PAYLOAD_OFFSET_AT = 6;
const PAYLOAD_LENGTH_AT = 10;
const TAG_AT = 14;
const ID_AT: number = TAG_AT + REPLAY_TAG_LENGTH;
const SURB_AT: number = ID_AT + NODE_ID_LENGTH;
const WINDOW_AT: number = SURB_AT + SURB_ID_LENGTH;
const WINDOW_FIRST_AT: number = WINDOW_AT + 1;
const WINDOW_SPAN_AT: number = WINDOW_FIRST_AT + WINDOW_FIRST_LENGTH;
const RECORD_LENGTH: number = WINDOW_SPAN_AT + WINDOW_SPAN_LENGTH;

// Bits of the third byte of a setup.
const WITH_SURB = 1;
const WITH_WINDOWS = 2;

const NO_KEY = 255;
const KINDS: readonly UnwrappedPacket['kind'][] = ['forward', 'deliver', 'surbReply'];
/** Drop reasons; in a record, the outcome of a drop is `KINDS.length` plus its index here. */
const DROPS = [
  ...Object.keys(UNWRAP_DROP_REASONS),
  ...Object.keys(NODE_DROP_REASONS),
] as readonly NodeDropReason[];

/** Encodes a setup. It contains private keys: overwrite it after use. */
export function encodeUnwrapSetup(setup: UnwrapSetup): Uint8Array {
  const { privateKeys } = setup;
  if (privateKeys.length < 1 || privateKeys.length > KEYS_MAX) {
    throw new RangeError(`${privateKeys.length} private keys: 1 to ${KEYS_MAX} can be tried`);
  }
  const keyLength = (privateKeys[0] as Uint8Array).length;
  const bytes = new Uint8Array(SETUP_HEADER_LENGTH + privateKeys.length * keyLength);
  bytes[0] = KEY_EXCHANGE_NAMES.indexOf(setup.exchange);
  bytes[1] = setup.nrHops;
  bytes[2] = (setup.withSurb ? WITH_SURB : 0) | (setup.withWindows === true ? WITH_WINDOWS : 0);
  bytes[3] = privateKeys.length;
  writeUint32(bytes, 4, setup.userForwardPayloadLength);
  writeUint32(bytes, 8, setup.delayMsMax);
  for (const [index, key] of privateKeys.entries()) {
    bytes.set(key, SETUP_HEADER_LENGTH + index * keyLength);
  }
  return bytes;
}

/** The job that removes one layer of a packet. */
export const unwrapJob: ByteJob = {
  recordLength: RECORD_LENGTH,
  open(setup, crypto): OpenedByteJob {
    const format = formatOf(setup, crypto);
    const keys = openKeys(format, setup);
    // The record to which the current call writes.
    let target = new Uint8Array(RECORD_LENGTH);
    const rules: ReceiveRules = {
      keys: keys.map((key, index) => ({
        key,
        enterTag(replayTag): boolean {
          target[KEY_AT] = index;
          target.set(replayTag, TAG_AT);
          return true;
        },
      })),
      delayMsMax: readUint32(setup, 8),
      isNextHop: () => true,
    };
    return {
      run(bytes, record): void {
        target = record as Uint8Array<ArrayBuffer>;
        record[KEY_AT] = NO_KEY;
        write(record, bytes, format.receive(rules, bytes));
      },
      close(): void {
        for (const key of keys) key.wipe();
      },
    };
  },
};

function formatOf(setup: Uint8Array, crypto: CryptoProvider): PacketFormat {
  const exchange = createKeyExchange(crypto, KEY_EXCHANGE_NAMES[setup[0] as number] ?? 'x25519');
  return createPacketFormat({
    crypto,
    exchange,
    nrHops: setup[1] as number,
    withSurb: ((setup[2] as number) & WITH_SURB) !== 0,
    withWindows: ((setup[2] as number) & WITH_WINDOWS) !== 0,
    userForwardPayloadLength: readUint32(setup, 4),
  });
}

function openKeys(format: PacketFormat, setup: Uint8Array): readonly NodePrivateKey[] {
  const length = format.privateKeyLength;
  return Array.from({ length: setup[3] as number }, (_, index) => {
    const at = SETUP_HEADER_LENGTH + index * length;
    return format.openKey(setup.slice(at, at + length));
  });
}

function write(
  record: Uint8Array,
  packet: Uint8Array,
  received: AcceptedPacket | DropResult<NodeDropReason>,
): void {
  if ('drop' in received) {
    record[0] = KINDS.length + DROPS.indexOf(received.drop);
    return;
  }
  const { unwrapped, delayMs } = received;
  record[0] = KINDS.indexOf(unwrapped.kind);
  writeUint32(record, DELAY_AT, delayMs);
  for (const command of unwrapped.commands) {
    if (command.kind === 'nextNode' || command.kind === 'recipient') record.set(command.id, ID_AT);
    if (command.kind === 'surbReply') record.set(command.id, SURB_AT);
    if (command.kind === 'nodeWindow') {
      record[WINDOW_AT] = 1;
      writeUint48(record, WINDOW_FIRST_AT, command.firstMs);
      writeUint32(record, WINDOW_SPAN_AT, command.spanMs);
    }
  }
  if (unwrapped.kind === 'forward') return;
  writeUint32(record, PAYLOAD_OFFSET_AT, unwrapped.payload.byteOffset - packet.byteOffset);
  writeUint32(record, PAYLOAD_LENGTH_AT, unwrapped.payload.length);
}

/**
 * Decides what happens to a packet that a thread has unwrapped: enters its tag, then makes the
 * remaining checks in order.
 * @param output Must not change while the result, which consists of views of it, is in use.
 */
export function completeUnwrap(
  rules: UnwrapCompletionRules,
  output: ByteJobOutput,
): AcceptedPacket | DropResult<NodeDropReason> {
  const { record } = output;
  const outcome = record[0] as number;
  const kind = KINDS[outcome];
  const drop = kind === undefined ? (DROPS[outcome - KINDS.length] as NodeDropReason) : undefined;
  const key = rules.keys[record[KEY_AT] as number];
  if (key === undefined) return { drop: drop ?? 'mac-mismatch' };
  const replayTag = record.subarray(TAG_AT, TAG_AT + REPLAY_TAG_LENGTH);
  if (!key.enterTag(replayTag)) return { drop: 'replay' };
  if (kind === undefined) return { drop: drop as NodeDropReason };
  const delayMs = readUint32(record, DELAY_AT);
  const id = record.subarray(ID_AT, ID_AT + NODE_ID_LENGTH);
  if (kind === 'forward') {
    if (!rules.isNextHop(id)) return { drop: 'next-hop-invalid' };
    const commands: readonly RoutingCommand[] = [
      { kind: 'nodeDelay', delayMs },
      ...windowIn(record),
    ];
    return { unwrapped: { kind, nextNode: id, commands, replayTag }, delayMs };
  }
  return { unwrapped: terminal(kind, output, { id, replayTag }), delayMs };
}

function windowIn(record: Uint8Array): readonly RoutingCommand[] {
  if (record[WINDOW_AT] !== 1) return [];
  const firstMs = readUint48(record, WINDOW_FIRST_AT);
  return [{ kind: 'nodeWindow', firstMs, spanMs: readUint32(record, WINDOW_SPAN_AT) }];
}

interface Terminal {
  readonly id: Uint8Array;
  readonly replayTag: Uint8Array;
}

function terminal(
  kind: 'deliver' | 'surbReply',
  { bytes, record }: ByteJobOutput,
  { id, replayTag }: Terminal,
): UnwrappedPacket {
  const at = readUint32(record, PAYLOAD_OFFSET_AT);
  const payload = bytes.subarray(at, at + readUint32(record, PAYLOAD_LENGTH_AT));
  const recipient: RoutingCommand = { kind: 'recipient', id };
  if (kind === 'deliver') return { kind, payload, commands: [recipient], replayTag };
  const surbId = record.subarray(SURB_AT, SURB_AT + SURB_ID_LENGTH);
  const commands: readonly RoutingCommand[] = [recipient, { kind: 'surbReply', id: surbId }];
  return { kind, surbId, payload, commands, replayTag };
}
