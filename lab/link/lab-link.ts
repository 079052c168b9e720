/**
 * A link to a run in the Lab: version, dot, and base64url (RFC 4648 section 5) of deflated bytes (RFC 1951). These are a
 * line of JSON with the scenario's name, seeds, changed values, and names and lengths of those files that differ from
 * the shipped ones; then the bytes of these files.
 *
 * A link comes from strangers: each bound is checked before the work that it bounds, and each refusal names its reason.
 * Code in a link runs only after the page has asked (lab/page/code-question.ts).
 *
 * @module
 */
import { joinBytes } from '../../engine/pure/join-bytes.ts';
import { FILES_BYTES_MAX, type LabFiles } from '../run/lab-task.ts';
import { areEqualBytes } from './are-equal-bytes.ts';
import { deflateRaw, InflateError, inflateRaw } from './deflate.ts';
import { fileNameFault, isCodeName } from './file-name-fault.ts';

/** The content of a link. */
export interface LabLink {
  readonly files: LabFiles;
  /** Path of the scenario among `files` or the shipped files. */
  readonly scenario: string;
  /** Null: the seeds that the file names. */
  readonly seeds: readonly number[] | null;
  /** Changed values, `path=value`. */
  readonly set: readonly string[];
}

/** Why a link is refused. */
export type LinkFault =
  | 'too-long'
  | 'unknown-version'
  | 'damaged'
  | 'too-large'
  | 'too-many'
  | 'bad-name'
  | 'code';

/** A link, or why it is refused. */
export type LinkReading =
  | { readonly kind: 'link'; readonly link: LabLink }
  | { readonly kind: 'refused'; readonly fault: LinkFault; readonly text: string };

/** Longest link that is read, characters: browsers take two million. */
export const LINK_CHARS_MAX = 1_500_000;
/** Largest content of a link, inflated, bytes: that of the files of a run. */
export const LINK_BYTES_MAX = FILES_BYTES_MAX;
/** Largest number of files of a link. */
export const LINK_FILES_MAX = 64;
/** Largest number of seeds, and of changed values. */
export const LINK_ITEMS_MAX = 1_000;
/** Largest size of the code in a link, bytes: a person has to read it before it runs. */
const CODE_BYTES_MAX = 300_000;
/** Longest line of JSON, bytes. */
const HEAD_BYTES_MAX = 100_000;

const VERSION = '1';
const NEW_LINE = 10;

interface Head {
  readonly s: string;
  readonly n?: readonly number[];
  readonly v?: readonly string[];
  readonly f?: readonly (readonly [name: string, bytes: number])[];
}

/** Writes a link. @param shipped Files that every Lab has; equal ones are left out. */
export async function writeLabLink(link: LabLink, shipped: LabFiles): Promise<string> {
  const changed = [...link.files].filter(
    ([name, bytes]) => !areEqualBytes(bytes, shipped.get(name)),
  );
  const head: Head = {
    s: link.scenario,
    ...(link.seeds !== null && { n: link.seeds }),
    ...(link.set.length > 0 && { v: link.set }),
    ...(changed.length > 0 && { f: changed.map(([name, { length }]) => [name, length] as const) }),
  };
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const packed = await deflateRaw(joinBytes([line, ...changed.map(([, bytes]) => bytes)]));
  const text = toBase64(packed).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return `${VERSION}.${text}`;
}

/** Reads a link. Never rejects. */
export async function readLabLink(text: string): Promise<LinkReading> {
  if (text.length > LINK_CHARS_MAX) {
    return refused('too-long', `the link has ${text.length} characters, over ${LINK_CHARS_MAX}`);
  }
  const [, version, packed] = /^([0-9]{1,4})\.([\w-]*)$/.exec(text) ?? [];
  if (version === undefined || packed === undefined) {
    return refused('damaged', 'the link is cut off or changed: it is not version, dot, base64url');
  }
  if (version !== VERSION) {
    return refused('unknown-version', `the link has format ${version}, this page reads ${VERSION}`);
  }
  try {
    const bytes = fromBase64(packed.replaceAll('-', '+').replaceAll('_', '/'));
    return checked(await inflateRaw(bytes, LINK_BYTES_MAX));
  } catch (error) {
    if (error instanceof InflateError) {
      return refused('too-large', `the link holds more than ${LINK_BYTES_MAX} bytes`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    return refused('damaged', `the link is cut off or changed: ${reason.slice(0, 200)}`);
  }
}

function checked(content: Uint8Array): LinkReading {
  const end = content.subarray(0, HEAD_BYTES_MAX).indexOf(NEW_LINE);
  if (end < 0) return refused('damaged', 'the link does not begin with a line of JSON');
  const line = new TextDecoder('utf-8', { fatal: true }).decode(content.subarray(0, end));
  const json: unknown = JSON.parse(line);
  if (!isHead(json)) return refused('damaged', 'the link does not hold what a link holds');
  const { s: scenario, n: seeds = null, v: set = [], f: written = [] } = json;
  for (const [{ length }, most, what] of [
    [seeds ?? [], LINK_ITEMS_MAX, 'seeds'],
    [set, LINK_ITEMS_MAX, 'changed values'],
    [written, LINK_FILES_MAX, 'files'],
  ] as const) {
    if (length > most) return refused('too-many', `the link has ${length} ${what}, over ${most}`);
  }
  for (const name of [scenario, ...written.map(([one]) => one)]) {
    const fault = fileNameFault(name);
    if (fault !== undefined) return refused(fault.fault, fault.text);
  }
  const code = written.reduce((sum, [name, bytes]) => sum + (isCodeName(name) ? bytes : 0), 0);
  if (code > CODE_BYTES_MAX) {
    return refused('too-large', `the link holds more than ${CODE_BYTES_MAX} bytes of code`);
  }
  const files = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const [name, length] of written) {
    files.set(name, content.slice(at, at + length));
    at += length;
  }
  if (at !== content.length) return refused('damaged', 'the link has more or fewer bytes of files');
  return { kind: 'link', link: { files, scenario, seeds, set } };
}

function isHead(json: unknown): json is Head {
  if (typeof json !== 'object' || json === null) return false;
  const { s, n = [], v = [], f = [] } = json as Readonly<Record<string, unknown>>;
  const isCount = (one: unknown): boolean => Number.isSafeInteger(one) && (one as number) >= 0;
  const isItem = (one: unknown): boolean => typeof one === 'string' && one.indexOf('=') > 0;
  const isFile = (one: unknown): boolean =>
    Array.isArray(one) && typeof one[0] === 'string' && isCount(one[1]);
  const isListOf = (list: unknown, isOne: (one: unknown) => boolean): boolean =>
    Array.isArray(list) && list.every(isOne);
  return (
    typeof s === 'string' && isListOf(n, isCount) && isListOf(v, isItem) && isListOf(f, isFile)
  );
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function refused(fault: LinkFault, text: string): LinkReading {
  return { kind: 'refused', fault, text };
}
