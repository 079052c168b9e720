/**
 * Signed texts: a first line that names the kind, one line per signature, then the body. Signatures
 * are checked before a byte of the body is parsed, so that only bodies of trusted signers reach the parser.
 *
 * ```text
 * orrery-directory-v1\n
 * <public key> <signature>\n     in hexadecimal digits, once per signer, by key
 * {"epoch":7,...}                to the end: canonical JSON (canonical-json.ts)
 * ```
 * A signature (Ed25519, RFC 8032, or ECDSA on P-256, FIPS 186-5) covers the first line and the
 * body, so that it is valid for one kind of text only. A text needs one signer, or any k of n. The meaning of a body,
 * and whether it is still valid, is the business of its protocol.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { compareBytes, concatBytes, equalBytes, fromHex, toHex } from './bytes.ts';

/** A kind of signed texts, such as the documents of a directory. */
export interface TextKind {
  /** The first line: ASCII without a line break; no other kind has the same. */
  readonly magic: string;
  /** Signature scheme of this kind; public keys have 32 bytes (Ed25519) or 65 (P-256, uncompressed). */
  readonly scheme: 'ed25519' | 'p256';
  /** Length of the longest text of this kind, in bytes. */
  readonly lengthMax: number;
  /** Largest number of signatures of a text, each of which is verified. */
  readonly signaturesMax: number;
}

/** The keys whose signatures count. */
export interface TrustedSigners {
  /** Public keys, in the form of the kind's scheme. */
  readonly keys: readonly Uint8Array[];
  /** How many of these keys must have signed; >= 1. */
  readonly threshold: number;
}

/** Why a text is refused. */
export type TextRefusal = 'too-long' | 'malformed' | 'signature';

/** The result of opening a text: its body, or why it is refused. */
export type OpenSignedTextResult = { readonly body: Uint8Array } | { readonly drop: TextRefusal };

interface TextSignature {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
}

/** The parts of a text whose signatures are not verified yet. */
interface SignedText {
  readonly signatures: readonly TextSignature[];
  readonly body: Uint8Array;
}

interface Scheme {
  readonly keyLength: number;
  publicKey(crypto: CryptoProvider, secret: Uint8Array): Uint8Array;
  sign(crypto: CryptoProvider, secret: Uint8Array, message: Uint8Array): Uint8Array;
  verify(crypto: CryptoProvider, line: TextSignature, message: Uint8Array): boolean;
}

const SCHEMES: Readonly<Record<TextKind['scheme'], Scheme>> = {
  ed25519: {
    keyLength: 32,
    publicKey: (crypto, secret) => crypto.ed25519PublicKey(secret),
    sign: (crypto, secret, message) => crypto.ed25519Sign(secret, message),
    verify: (crypto, { key, signature }, message) => crypto.ed25519Verify(key, message, signature),
  },
  p256: {
    keyLength: 65,
    publicKey: (crypto, secret) => crypto.p256PublicKey(secret),
    sign: (crypto, secret, message) => crypto.p256Sign(secret, message),
    verify: (crypto, { key, signature }, message) => crypto.p256Verify(key, message, signature),
  },
};

/** Length of a signature, in bytes: the same in both schemes. */
const SIGNATURE_LENGTH = 64;
const BODY_START = 0x7b; // The character {, with which the body starts.
const SIGNATURE_LINE = /^[0-9a-f]+ [0-9a-f]+\n$/;

/**
 * Signs a body as its first or only signer.
 * @param secret A secret of the kind's scheme, 32 bytes.
 * @param body Begins with `{`, as canonical JSON of a record does.
 * @returns the text.
 */
export function signText(
  crypto: CryptoProvider,
  kind: TextKind,
  secret: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  const signatures = [signatureOver(crypto, kind, secret, body)];
  return writeText(kind, { signatures, body });
}

/**
 * Adds the signature of another signer, which must have opened and checked the text before. A key that has signed
 * already adds no second signature.
 * @returns the text with the additional signature; undefined when the bytes are not a text of this
 * kind.
 */
export function cosignText(
  crypto: CryptoProvider,
  kind: TextKind,
  secret: Uint8Array,
  signed: Uint8Array,
): Uint8Array | undefined {
  const text = readText(kind, signed);
  if (text === undefined) return undefined;
  const own = signatureOver(crypto, kind, secret, text.body);
  const others = text.signatures.filter(({ key }) => !equalBytes(key, own.key));
  return writeText(kind, { signatures: [...others, own], body: text.body });
}

/**
 * Opens a text that enough of the trusted keys have signed: length, form, signatures, in this
 * order; never throws, whatever the bytes. A key given twice counts once.
 */
export function openText(
  crypto: CryptoProvider,
  kind: TextKind,
  trust: TrustedSigners,
  bytes: Uint8Array,
): OpenSignedTextResult {
  if (bytes.length > kind.lengthMax) return { drop: 'too-long' };
  const text = readText(kind, bytes);
  if (text === undefined) return { drop: 'malformed' };
  const trusted = text.signatures.filter(({ key }) => {
    return trust.keys.some((known) => equalBytes(known, key));
  });
  const verified = trusted.filter(verifierOf(crypto, kind, text.body));
  if (verified.length < Math.max(1, trust.threshold)) return { drop: 'signature' };
  return { body: text.body };
}

/**
 * Opens a text with the signature of exactly one key, which may be any key: the body must say to whom the key belongs.
 * Never throws.
 * @returns the body and the key that signed it, or why the text is refused.
 */
export function openSelfSignedText(
  crypto: CryptoProvider,
  kind: TextKind,
  bytes: Uint8Array,
): { readonly body: Uint8Array; readonly key: Uint8Array } | { readonly drop: TextRefusal } {
  if (bytes.length > kind.lengthMax) return { drop: 'too-long' };
  const text = readText(kind, bytes);
  const line = text?.signatures[0];
  if (text === undefined || line === undefined || text.signatures.length !== 1) {
    return { drop: 'malformed' };
  }
  if (!verifierOf(crypto, kind, text.body)(line)) return { drop: 'signature' };
  return { body: text.body, key: line.key };
}

/** Reads what {@link writeText} wrote; undefined for any other bytes. */
function readText(kind: TextKind, bytes: Uint8Array): SignedText | undefined {
  const first = asciiBytes(`${kind.magic}\n`);
  if (!equalBytes(bytes.subarray(0, first.length), first)) return undefined;
  const signatures: TextSignature[] = [];
  let offset = first.length;
  while (bytes[offset] !== BODY_START) {
    const raw = bytes.subarray(offset, offset + lineLength(kind));
    const line = readLine(kind, raw);
    const before = signatures.at(-1);
    if (line === undefined || signatures.length === kind.signaturesMax) return undefined;
    if (before !== undefined && compareBytes(before.key, line.key) >= 0) return undefined;
    signatures.push(line);
    offset += raw.length;
  }
  return { signatures, body: bytes.subarray(offset) };
}

function writeText({ magic }: TextKind, { signatures, body }: SignedText): Uint8Array {
  const sorted = [...signatures].sort((left, right) => compareBytes(left.key, right.key));
  const lines = sorted.map(({ key, signature }) => `${toHex(key)} ${toHex(signature)}\n`);
  return concatBytes(asciiBytes(`${magic}\n${lines.join('')}`), body);
}

function signatureOver(
  crypto: CryptoProvider,
  kind: TextKind,
  secret: Uint8Array,
  body: Uint8Array,
): TextSignature {
  const { publicKey, sign } = SCHEMES[kind.scheme];
  const signature = sign(crypto, secret, signedBytes(kind, body));
  return { key: publicKey(crypto, secret), signature };
}

function verifierOf(
  crypto: CryptoProvider,
  kind: TextKind,
  body: Uint8Array,
): (line: TextSignature) => boolean {
  const message = signedBytes(kind, body);
  return (line) => SCHEMES[kind.scheme].verify(crypto, line, message);
}

function signedBytes({ magic }: TextKind, body: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes(`${magic}\n`), body);
}

/** Length of a line `key signature\n` in hexadecimal text. */
function lineLength({ scheme }: TextKind): number {
  return 2 * SCHEMES[scheme].keyLength + 1 + 2 * SIGNATURE_LENGTH + 1;
}

function readLine(kind: TextKind, bytes: Uint8Array): TextSignature | undefined {
  if (bytes.length !== lineLength(kind)) return undefined;
  const line = new TextDecoder('latin1').decode(bytes);
  const digits = 2 * SCHEMES[kind.scheme].keyLength;
  if (!SIGNATURE_LINE.test(line) || line[digits] !== ' ') return undefined;
  return { key: fromHex(line.slice(0, digits)), signature: fromHex(line.slice(digits + 1, -1)) };
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
