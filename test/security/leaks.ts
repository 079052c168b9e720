/**
 * Finds secrets in what a program has written, in whatever writing they stand there.
 *
 * @module
 */
import { gunzipSync } from 'node:zlib';

/** Bytes that must not be there, and what they are. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of a secret, so many bytes give it away: whoever cuts one in two is found as well. */
const PART = 16;
const GZIP = Buffer.of(0x1f, 0x8b, 0x08);

/** Names of the secrets that stand in `text`: `key of alice as hex`. */
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

/** The bytes of a file, and of what stands in it compressed. */
export function unpacked(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  const found = [bytes];
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    try {
      found.push(gunzipSync(bytes.subarray(at)));
    } catch {
      // Three bytes that look like the beginning of something compressed.
    }
  }
  return Buffer.concat(found);
}

function partsOf(bytes: Buffer): readonly Buffer[] {
  if (bytes.length < 2 * PART) return [bytes];
  return [bytes.subarray(0, PART), bytes.subarray(bytes.length - PART)];
}

/** One way to write bytes; `small`: without capitals, `dense`: without blanks, quotes and indices. */
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

/** The part in base64 as it stands `before` bytes into a longer text, without what depends on neighbours. */
function aligned(part: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const whole = Buffer.concat([Buffer.alloc(before), part])
    .toString(encoding)
    .replaceAll('=', '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + part.length) * 8) / 6);
  return whole.slice(first, last);
}
