/**
 * Commands of routing-info slots, decoded and encoded (katzenpost,
 * core/sphinx/commands/commands.go).
 *
 * `receive.ts` checks which commands may occur together. Integers are big-endian.
 *
 * ```
 *  0x00 null        every byte after it is zero
 *  0x01 next node   | id (32) | MAC (32) |
 *  0x02 recipient   | id (32) |
 *  0x03 SURB reply  | id (16) |
 *  0x80 node delay  | milliseconds (4) |
 *  0x81 node window | first millisecond since 1970 (6) | milliseconds (4) |
 * ```
 *
 * The node window is an addition of this project for stop-and-go mixes (docs/spec/mixnet.md,
 * Stop-and-go windows); a slot has room for just one window beside delay and next node. Like the reference,
 * networks without windows treat its tag as unknown.
 *
 * @module
 */
import { readUint32, readUint48, writeUint32, writeUint48 } from '../_kit/bytes.ts';
import {
  COMMAND_TAG_LENGTH,
  DELAY_LENGTH,
  NEXT_NODE_LENGTH,
  NODE_ID_LENGTH,
  RECIPIENT_ID_LENGTH,
  SURB_REPLY_LENGTH,
  WINDOW_FIRST_LENGTH,
  WINDOW_SPAN_LENGTH,
} from './geometry.ts';
import { isZero } from './zero.ts';

const TAG_NULL = 0x00;
const TAG_NEXT_NODE = 0x01;
const TAG_RECIPIENT = 0x02;
const TAG_SURB_REPLY = 0x03;
const TAG_NODE_DELAY = 0x80;
const TAG_NODE_WINDOW = 0x81;

const RECIPIENT_LENGTH: number = COMMAND_TAG_LENGTH + RECIPIENT_ID_LENGTH;
const NODE_DELAY_LENGTH: number = COMMAND_TAG_LENGTH + DELAY_LENGTH;
const NODE_WINDOW_LENGTH: number = COMMAND_TAG_LENGTH + WINDOW_FIRST_LENGTH + WINDOW_SPAN_LENGTH;

/** Forwards the packet to the node `id`, with `mac` as the MAC of the new header. */
export interface NextNode {
  readonly kind: 'nextNode';
  readonly id: Uint8Array;
  readonly mac: Uint8Array;
}

/** One command of a slot: what the hop that opens the slot must do with the packet. */
export type RoutingCommand =
  | NextNode
  /** Delivers the payload to this recipient. */
  | { readonly kind: 'recipient'; readonly id: Uint8Array }
  /** Marks the packet as a reply that was made with the SURB `id`. */
  | { readonly kind: 'surbReply'; readonly id: Uint8Array }
  /** Holds the packet for this time, 0 … 2^32-1 milliseconds. */
  | { readonly kind: 'nodeDelay'; readonly delayMs: number }
  /**
   * Rejects the packet unless it arrives from `firstMs` (ms since 1970, 0 to 2^48-1) to
   * `firstMs + spanMs`.
   */
  | { readonly kind: 'nodeWindow'; readonly firstMs: number; readonly spanMs: number };

/**
 * Decodes the commands of a slot. The identifiers are views of `slot`.
 * @returns the commands in order, or undefined when they are malformed.
 */
export function parseCommands(slot: Uint8Array): readonly RoutingCommand[] | undefined {
  const commands = parseWindowedCommands(slot);
  return commands?.some(({ kind }) => kind === 'nodeWindow') === true ? undefined : commands;
}

/** Like {@link parseCommands}, but also accepts windows: for networks whose mixes use them. */
export function parseWindowedCommands(slot: Uint8Array): readonly RoutingCommand[] | undefined {
  const commands: RoutingCommand[] = [];
  let at = 0;
  while (at < slot.length) {
    if (slot[at] === TAG_NULL) return isZero(slot, at) ? commands : undefined;
    const length = lengthOf(slot[at] as number);
    if (length === 0) return undefined;
    if (at + length > slot.length) return undefined;
    commands.push(commandAt(slot, at));
    at += length;
  }
  return commands;
}

/** Length of a command, by its tag; 0 when the tag is unknown. */
function lengthOf(tag: number): number {
  switch (tag) {
    case TAG_NEXT_NODE:
      return NEXT_NODE_LENGTH;
    case TAG_RECIPIENT:
      return RECIPIENT_LENGTH;
    case TAG_SURB_REPLY:
      return SURB_REPLY_LENGTH;
    case TAG_NODE_DELAY:
      return NODE_DELAY_LENGTH;
    case TAG_NODE_WINDOW:
      return NODE_WINDOW_LENGTH;
    default:
      return 0;
  }
}

/** Decodes the complete command at `offset`, whose tag is known. */
// hot: a view costs 0.1 us, so only identifiers become views.
function commandAt(slot: Uint8Array, offset: number): RoutingCommand {
  const body = offset + COMMAND_TAG_LENGTH;
  switch (slot[offset]) {
    case TAG_NEXT_NODE: {
      const end = body + NODE_ID_LENGTH;
      return {
        kind: 'nextNode',
        id: slot.subarray(body, end),
        mac: slot.subarray(end, offset + NEXT_NODE_LENGTH),
      };
    }
    case TAG_RECIPIENT:
      return { kind: 'recipient', id: slot.subarray(body, offset + RECIPIENT_LENGTH) };
    case TAG_SURB_REPLY:
      return { kind: 'surbReply', id: slot.subarray(body, offset + SURB_REPLY_LENGTH) };
    case TAG_NODE_DELAY:
      return { kind: 'nodeDelay', delayMs: readUint32(slot, body) };
    default: {
      const spanMs = readUint32(slot, body + WINDOW_FIRST_LENGTH);
      return { kind: 'nodeWindow', firstMs: readUint48(slot, body), spanMs };
    }
  }
}

/** Encodes commands one after the other, without a null command at the end. */
export function encodeCommands(commands: readonly RoutingCommand[]): Uint8Array {
  const bytes = new Uint8Array(encodedCommandsLength(commands));
  writeCommands(bytes, 0, commands);
  return bytes;
}

/** Total length of encoded commands without gaps, in bytes. */
export function encodedCommandsLength(commands: readonly RoutingCommand[]): number {
  let length = 0;
  for (const command of commands) length += lengthOf(tagOf(command));
  return length;
}

/**
 * Writes commands one after the other, from `offset` on.
 * @returns the offset after them.
 */
export function writeCommands(
  bytes: Uint8Array,
  offset: number,
  commands: readonly RoutingCommand[],
): number {
  let at = offset;
  for (const command of commands) {
    const tag = tagOf(command);
    bytes[at] = tag;
    writeBody(bytes, at + COMMAND_TAG_LENGTH, command);
    at += lengthOf(tag);
  }
  return at;
}

function tagOf(command: RoutingCommand): number {
  switch (command.kind) {
    case 'nextNode':
      return TAG_NEXT_NODE;
    case 'recipient':
      return TAG_RECIPIENT;
    case 'surbReply':
      return TAG_SURB_REPLY;
    case 'nodeDelay':
      return TAG_NODE_DELAY;
    case 'nodeWindow':
      return TAG_NODE_WINDOW;
  }
}

function writeBody(bytes: Uint8Array, offset: number, command: RoutingCommand): void {
  switch (command.kind) {
    case 'nextNode':
      bytes.set(command.id, offset);
      bytes.set(command.mac, offset + NODE_ID_LENGTH);
      return;
    case 'recipient':
    case 'surbReply':
      bytes.set(command.id, offset);
      return;
    case 'nodeDelay':
      writeUint32(bytes, offset, command.delayMs);
      return;
    case 'nodeWindow':
      writeUint48(bytes, offset, command.firstMs);
      writeUint32(bytes, offset + WINDOW_FIRST_LENGTH, command.spanMs);
  }
}
