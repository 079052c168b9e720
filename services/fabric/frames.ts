/**
 * Frames of the WebSocket: JSON text, payloads in base64 (RFC 4648 section 4).
 *
 * @module
 */
import { makeServerRefusal, type ServerRefusal } from './outcomes.ts';
import type { HandedMessage } from './subscription.ts';
import { SEND_PARAMETER_NAMES, type SendParameters, sendParametersFromFields } from './wishes.ts';

/** A frame that a client of the WebSocket has sent, decoded. */
export type ClientFrame =
  /** The client has taken the message; the next one may come. */
  | { readonly kind: 'taken'; readonly id: string }
  | { readonly kind: 'answer'; readonly id: string; readonly payload: Uint8Array }
  | { readonly kind: 'refuse'; readonly id: string }
  /** A message or call of the client's own; `number` is repeated in its outcome. */
  | {
      readonly kind: 'send' | 'call';
      readonly number: number;
      readonly address: SendParameters;
      readonly payload: Uint8Array;
    };

const ID = /^[0-9a-f]{32}$/;
const KINDS = ['taken', 'answer', 'refuse', 'send', 'call'] as const;
const FIELDS: Readonly<Record<ClientFrame['kind'], readonly string[]>> = {
  taken: ['taken'],
  answer: ['answer', 'payload'],
  refuse: ['refuse'],
  send: ['send', 'payload', ...SEND_PARAMETER_NAMES],
  call: ['call', 'payload', ...SEND_PARAMETER_NAMES],
};

/** The text of the frame that carries a peer's message to the application. */
export function messageFrameText({ id, again, message }: HandedMessage): string {
  const { from, kind, deadlineMs, priority, payload } = message;
  return JSON.stringify({
    id,
    from,
    kind,
    again,
    deadlineMs,
    priority,
    payload: encodeBase64(payload),
  });
}

/** Encodes bytes as base64 (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Decodes a text frame from a client; a refusal says what is wrong with it. */
export function readClientFrame(text: string): ClientFrame | ServerRefusal {
  const fields = objectOf(text);
  if (fields === undefined) return wrong('a frame is a JSON object');
  const kinds = KINDS.filter((kind) => Object.hasOwn(fields, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return wrong(`a frame has one of ${KINDS.join(', ')}`);
  const strange = Object.keys(fields).find((name) => !FIELDS[kind].includes(name));
  if (strange !== undefined) return wrong(`${kind} has only ${FIELDS[kind].join(', ')}`);
  return kind === 'send' || kind === 'call' ? sentOf(kind, fields) : answeredOf(kind, fields);
}

type Fields = Readonly<Record<string, unknown>>;

function sentOf(kind: 'send' | 'call', fields: Fields): ClientFrame | ServerRefusal {
  const number = fields[kind];
  if (!Number.isSafeInteger(number)) return wrong(`${kind} is a number of yours, for its outcome`);
  const payload = bytesOf(fields['payload']);
  if (payload === undefined) return wrong('payload is base64');
  const address = sendParametersFromFields(fields);
  return 'error' in address ? address : { kind, number: number as number, address, payload };
}

function answeredOf(
  kind: 'taken' | 'answer' | 'refuse',
  fields: Fields,
): ClientFrame | ServerRefusal {
  const id = fields[kind];
  if (typeof id !== 'string' || !ID.test(id)) return wrong(`${kind} is the id of a message`);
  if (kind !== 'answer') return { kind, id };
  const payload = bytesOf(fields['payload']);
  return payload === undefined ? wrong('payload is base64') : { kind, id, payload };
}

function objectOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Fields) : undefined;
  } catch {
    // A text that is not JSON; the caller answers it with a description of frames.
    return undefined;
  }
}

/**
 * Decodes base64; undefined if the result does not have the length that the text implies, because
 * Node skips characters that are not base64.
 */
function bytesOf(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined;
}

function wrong(error: string): ServerRefusal {
  return makeServerRefusal('bad-frame', error);
}
