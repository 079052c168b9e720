/**
 * Reads the blobs of state and keyframe blocks: CBOR text strings and maps of text to text (RFC
 * 8949). Returns undefined for anything else and for anything that exceeds its block; lengths are
 * checked before they are used.
 *
 * @module
 */

/** The state of each machine, by the name of the machine. */
export type MachineStates = ReadonlyMap<string, string>;

const CBOR_TEXT = 3;
const CBOR_MAP = 5;
const decoder = new TextDecoder();

/** The bytes of the blob with an index. */
export function blobAt(aux: Uint8Array, number: number): Uint8Array | undefined {
  if (aux.length < 4) return undefined;
  const view = new DataView(aux.buffer, aux.byteOffset, aux.byteLength);
  const count = view.getUint32(0, true);
  const front = 4 * (count + 2);
  if (!(number < count) || front > aux.length) return undefined;
  const begin = front + view.getUint32(4 * (number + 1), true);
  const end = front + view.getUint32(4 * (number + 2), true);
  return begin <= end && end <= aux.length ? aux.subarray(begin, end) : undefined;
}

/** Reads a blob that is a text. */
export function textOf(blob: Uint8Array): string | undefined {
  return readText(blob, 0)?.text;
}

/** Reads a blob that is a map of text to text. */
export function statesOf(blob: Uint8Array): MachineStates | undefined {
  const head = readHead(blob, 0);
  if (head?.major !== CBOR_MAP) return undefined;
  const states = new Map<string, string>();
  let at = head.end;
  for (let pair = 0; pair < head.length; pair += 1) {
    const key = readText(blob, at);
    const value = key === undefined ? undefined : readText(blob, key.end);
    if (key === undefined || value === undefined) return undefined;
    states.set(key.text, value.text);
    at = value.end;
  }
  return states;
}

interface Head {
  readonly major: number;
  readonly length: number;
  readonly end: number;
}

function readHead(bytes: Uint8Array, at: number): Head | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const major = first >>> 5;
  const short = first & 31;
  if (short < 24) return { major, length: short, end: at + 1 };
  const width = [1, 2, 4][short - 24];
  if (width === undefined || at + 1 + width > bytes.length) return undefined;
  let length = 0;
  for (let i = 1; i <= width; i += 1) length = length * 256 + (bytes[at + i] as number);
  return { major, length, end: at + 1 + width };
}

function readText(
  bytes: Uint8Array,
  at: number,
): { readonly text: string; readonly end: number } | undefined {
  const head = readHead(bytes, at);
  if (head?.major !== CBOR_TEXT) return undefined;
  const end = head.end + head.length;
  if (end > bytes.length) return undefined;
  return { text: decoder.decode(bytes.subarray(head.end, end)), end };
}
