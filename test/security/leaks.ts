/**
 * Finds secrets in the output of a program, in any encoding.
 *
 * @module
 */
import { gunzipSync } from 'node:zlib';

/** Bytes that must not occur, with a name for the message. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** This many bytes of a secret count as a leak, so that a secret split in two is found as well. */
const PART = 16;
const GZIP = Buffer.of(0x1f, 0x8b, 0x08);

/** Names of the secrets that `text` contains: `key of alice as hex`. */
export function leaksIn(text: string | Uint8Array, secrets: readonly Secret[]): readonly string[] {
  const raw = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  const plain = raw.toString('latin1');
  const views: Readonly<Record<Writing['in'], string>> = {
    plain,
    small: plain.toLowerCase(),
    dense: plain.replaceAll(/"?\d+"?:|[\s"]/g, ''),
  };
  return secrets.flatMap(({ name, bytes }) =>
    partsOf(Buffer.from(bytes)).flatMap((part) =>
      writingsOf(part)
        .filter((writing) => views[writing.in].includes(writing.text))
        .map((writing) => `${name} as ${writing.name}`),
    ),
  );
}

/** The bytes of a file, followed by its compressed parts after decompression. */
export function unpacked(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  const found = [bytes];
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    try {
      found.push(gunzipSync(bytes.subarray(at)));
    } catch {
      // These three bytes only looked like the start of compressed data.
    }
  }
  return Buffer.concat(found);
}

function partsOf(bytes: Buffer): readonly Buffer[] {
  if (bytes.length < 2 * PART) return [bytes];
  return [bytes.subarray(0, PART), bytes.subarray(bytes.length - PART)];
}

/**
 * An encoding of bytes. `small` means in lower case; `dense` means without blanks, quotes and
 * indices.
 */
interface Writing {
  readonly name: string;
  readonly in: 'plain' | 'small' | 'dense';
  readonly text: string;
}

function writingsOf(part: Buffer): readonly Writing[] {
  return [
    { name: 'bytes', in: 'plain', text: part.toString('latin1') },
    { name: 'UTF-8', in: 'plain', text: Buffer.from(part.toString('utf8')).toString('latin1') },
    {
      name: 'Latin-1',
      in: 'plain',
      text: Buffer.from(part.toString('latin1')).toString('latin1'),
    },
    { name: 'hex', in: 'small', text: part.toString('hex') },
    { name: 'numbers', in: 'dense', text: [...part].join(',') },
    ...(['base64', 'base64url'] as const).flatMap((encoding) =>
      [0, 1, 2].map((before) => ({
        name: encoding,
        in: 'plain' as const,
        text: aligned(part, before, encoding),
      })),
    ),
  ];
}

/**
 * The base64 characters of a secret at an offset in a longer text, without those that depend on
 * neighbouring bytes.
 */
function aligned(part: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const whole = Buffer.concat([Buffer.alloc(before), part])
    .toString(encoding)
    .replaceAll('=', '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + part.length) * 8) / 6);
  return whole.slice(first, last);
}
