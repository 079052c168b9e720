/**
 * Signed texts: a first line that names the kind, one line per signature, then the body. Signatures
 * are checked before a byte of the body is read, so that only a signer's input reaches the parser.
 *
 * ```text
 * orrery-directory-v1\n
 * <key, 64 hexadecimal digits> <signature, 128 hexadecimal digits>\n     once per signer, by key
 * {"epoch":7,...}                                                        to the end
 * ```
 * The signature (Ed25519, RFC 8032) covers the first line and the body.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { compareBytes, concatBytes, equalBytes, fromHex, toHex } from '../../_kit/bytes.ts';
import { ID_LENGTH, SIGNATURE_LINE_LENGTH, SIGNATURES_MAX } from './geometry.ts';

/** One signature line. */
export interface TextSignature {
  /** Ed25519 public key of the signer, 32 bytes. */
  readonly key: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** The parts of a text; nothing is verified yet. */
export interface SignedText {
  readonly magic: string;
  readonly signatures: readonly TextSignature[];
  readonly body: Uint8Array;
}

const BODY_START = 0x7b; // The character {, with which the body starts.
const SIGNATURE_LINE = /^[0-9a-f]{64} [0-9a-f]{128}\n$/;

/** Signs `body` under the purpose `magic` with one Ed25519 secret (32 bytes). */
export function signatureOver(
  crypto: CryptoProvider,
  secret: Uint8Array,
  text: Pick<SignedText, 'magic' | 'body'>,
): TextSignature {
  const signature = crypto.ed25519Sign(secret, signedBytes(text));
  return { key: crypto.ed25519PublicKey(secret), signature };
}

/** Writes a signed text; signatures are ordered by key, one per key. */
export function writeSignedText(text: SignedText): Uint8Array {
  const sorted = [...text.signatures].sort((left, right) => compareBytes(left.key, right.key));
  const lines = sorted.map(({ key, signature }) => `${toHex(key)} ${toHex(signature)}\n`);
  return concatBytes(asciiBytes(`${text.magic}\n${lines.join('')}`), text.body);
}

/**
 * Splits a signed text into its parts; never throws.
 * @returns undefined when {@link writeSignedText} would not have written it.
 */
export function readSignedText(magic: string, bytes: Uint8Array): SignedText | undefined {
  const first = asciiBytes(`${magic}\n`);
  if (!equalBytes(bytes.subarray(0, first.length), first)) return undefined;
  const signatures: TextSignature[] = [];
  let offset = first.length;
  while (bytes[offset] !== BODY_START) {
    const line = readLine(bytes.subarray(offset, offset + SIGNATURE_LINE_LENGTH));
    const before = signatures.at(-1);
    if (line === undefined || signatures.length === SIGNATURES_MAX) return undefined;
    if (before !== undefined && compareBytes(before.key, line.key) >= 0) return undefined;
    signatures.push(line);
    offset += SIGNATURE_LINE_LENGTH;
  }
  return { magic, signatures, body: bytes.subarray(offset) };
}

/** How many of the trusted keys signed the text; a key given twice counts once. */
export function countSignatures(
  crypto: CryptoProvider,
  trusted: readonly Uint8Array[],
  text: SignedText,
): number {
  const message = signedBytes(text);
  let count = 0;
  for (const { key, signature } of text.signatures) {
    const isTrusted = trusted.some((known) => equalBytes(known, key));
    if (isTrusted && crypto.ed25519Verify(key, message, signature)) count++;
  }
  return count;
}

function signedBytes(text: Pick<SignedText, 'magic' | 'body'>): Uint8Array {
  return concatBytes(asciiBytes(`${text.magic}\n`), text.body);
}

function readLine(bytes: Uint8Array): TextSignature | undefined {
  if (bytes.length !== SIGNATURE_LINE_LENGTH) return undefined;
  const line = new TextDecoder('latin1').decode(bytes);
  if (!SIGNATURE_LINE.test(line)) return undefined;
  const key = fromHex(line.slice(0, 2 * ID_LENGTH));
  return { key, signature: fromHex(line.slice(2 * ID_LENGTH + 1, -1)) };
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
