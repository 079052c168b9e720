/**
 * ISD-AS numbers: converts between text, the 64-bit binary form, and two 32-bit words for fast
 * comparison.
 *
 * SCION "ISD and AS numbering" and reference pkg/addr/isdas.go: an ISD number is decimal (16 bits);
 * an AS number is decimal below 2^32 (BGP style), otherwise three hexadecimal groups. An `IsdAs` is
 * always canonical text, so that equal numbers are equal strings.
 *
 * @module
 */
import { readUint16, readUint48, writeUint16, writeUint48 } from '../../_kit/bytes.ts';

/** An ISD-AS number in canonical text, for example `1-ff00:0:110`. */
export type IsdAs = string & { readonly __unit: 'isd-as' };

/** The result of {@link parseIsdAs}. */
export type IsdAsParseResult =
  | { readonly kind: 'isd-as'; readonly isdAs: IsdAs }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * An ISD-AS number as two unsigned 32-bit words: `high` has the ISD and the upper 16 bits of the
 * AS, `low` the lower 32 bits of the AS.
 */
export interface IsdAsWords {
  readonly high: number;
  readonly low: number;
}

const ISD_MAX = 0xffff;
const BGP_AS_MAX = 0xffff_ffff;
const GROUP_VALUES = 0x1_0000;
const WORD_VALUES = 0x1_0000_0000;
const AS_OFFSET = 2;
const DECIMAL = /^\d{1,10}$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** An ISD-AS number as two numbers: the ISD (16 bits) and the AS (48 bits). */
interface IsdAsNumbers {
  readonly isd: number;
  readonly as: number;
}

/**
 * Largest number of ISD-AS numbers that are cached in both forms. Each entry of each beacon needs a
 * conversion, but there are few different numbers: those of the networks of a run.
 */
const KEPT_MAX = 65_536;
const keptNumbers = new Map<IsdAs, IsdAsNumbers>();
const keptTexts = new Map<number, Map<number, IsdAs>>();

/**
 * Parses the text form of an ISD-AS number.
 * @param text For example `1-ff00:0:110` or `64-2001`; an ISD or AS of `0` is a wildcard.
 * @returns the canonical number, or the reason for rejecting the text, for an error message.
 * @example parseIsdAs('1-ff00:0:110') // { kind: 'isd-as', isdAs: '1-ff00:0:110' }
 */
export function parseIsdAs(text: string): IsdAsParseResult {
  const [isdText, asText, ...rest] = text.split('-');
  if (isdText === undefined || asText === undefined || rest.length > 0) {
    return refused(`"${text}" is not of the form ISD-AS, for example 1-ff00:0:110`);
  }
  const isd = parseIsd(isdText);
  if (isd === undefined)
    return refused(`ISD "${isdText}" is not a decimal number up to ${ISD_MAX}`);
  const as = parseAs(asText);
  if (as === undefined) {
    return refused(
      `AS "${asText}" is neither a decimal number below 2^32 nor three hexadecimal groups ` +
        'of 16 bits, for example ff00:0:110',
    );
  }
  return { kind: 'isd-as', isdAs: formatIsdAs(isd, as) };
}

/**
 * Parses an ISD-AS number in text that is known to be valid, such as a literal.
 * @throws RangeError with the reason for other text.
 */
export function requireIsdAs(text: string): IsdAs {
  const answer = parseIsdAs(text);
  if (answer.kind === 'refused') throw new RangeError(answer.reason);
  return answer.isdAs;
}

/** Parses an ISD number, decimal, 0 … 65535; `undefined` for other text. */
export function parseIsd(text: string): number | undefined {
  return DECIMAL.test(text) && Number(text) <= ISD_MAX ? Number(text) : undefined;
}

/**
 * Parses an AS number, decimal below 2^32 or three hexadecimal groups; `undefined` for other text.
 */
export function parseAs(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text) <= BGP_AS_MAX ? Number(text) : undefined;
  const groups = text.split(':');
  if (groups.length !== 3) return undefined;
  let as = 0;
  for (const group of groups) {
    if (!GROUP.test(group)) return undefined;
    as = as * GROUP_VALUES + Number.parseInt(group, 16);
  }
  return as;
}

/**
 * Formats an AS number (0 … 2^48-1): decimal below 2^32, otherwise three hexadecimal groups without
 * leading zeros.
 */
export function formatAs(as: number): string {
  if (as <= BGP_AS_MAX) return String(as);
  const groups = [Math.floor(as / WORD_VALUES), Math.floor(as / GROUP_VALUES), as];
  return groups.map((group) => (group % GROUP_VALUES).toString(16)).join(':');
}

/** Formats the canonical text of an ISD (16 bits) and AS (48 bits). */
export function formatIsdAs(isd: number, as: number): IsdAs {
  return keptTexts.get(isd)?.get(as) ?? keep({ isd, as });
}

/** Reads an ISD-AS number from the 8 bytes at `offset`. */
export function readIsdAs(bytes: Uint8Array, offset: number): IsdAs {
  return formatIsdAs(readUint16(bytes, offset), readUint48(bytes, offset + AS_OFFSET));
}

/** Writes an ISD-AS number into the 8 bytes at `offset`. */
export function writeIsdAs(bytes: Uint8Array, offset: number, value: IsdAs): void {
  const { isd, as } = isdAsNumbers(value);
  writeUint16(bytes, offset, isd);
  writeUint48(bytes, offset + AS_OFFSET, as);
}

/** Returns the ISD and AS of a canonical number. */
export function isdAsNumbers(value: IsdAs): IsdAsNumbers {
  return keptNumbers.get(value) ?? parseNumbers(value);
}

function parseNumbers(value: IsdAs): IsdAsNumbers {
  const dash = value.indexOf('-');
  const isd = parseIsd(value.slice(0, dash));
  const as = parseAs(value.slice(dash + 1));
  if (isd === undefined || as === undefined) throw new RangeError(`"${value}" is not an ISD-AS`);
  const numbers = { isd, as };
  keep(numbers);
  return numbers;
}

/**
 * Adds a number to the cache, which is emptied first if it is full.
 * @returns the text of the number.
 */
function keep(numbers: IsdAsNumbers): IsdAs {
  const { isd, as } = numbers;
  const text = `${isd}-${formatAs(as)}` as IsdAs;
  if (keptNumbers.size >= KEPT_MAX) {
    keptNumbers.clear();
    keptTexts.clear();
  }
  const ofIsd = keptTexts.get(isd) ?? new Map<number, IsdAs>();
  keptTexts.set(isd, ofIsd);
  ofIsd.set(as, text);
  keptNumbers.set(text, numbers);
  return text;
}

/**
 * Converts a number to two words for comparison with packet views. Nodes do this once, not for each
 * packet.
 */
export function isdAsWords(value: IsdAs): IsdAsWords {
  const { isd, as } = isdAsNumbers(value);
  return { high: isd * GROUP_VALUES + Math.floor(as / WORD_VALUES), low: as % WORD_VALUES };
}

/** Converts two words, each below 2^32, to the canonical number. */
export function isdAsOfWords({ high, low }: IsdAsWords): IsdAs {
  return formatIsdAs(Math.floor(high / GROUP_VALUES), (high % GROUP_VALUES) * WORD_VALUES + low);
}

/** Returns the ISD of a number. */
export function readIsd(value: IsdAs): number {
  return isdAsNumbers(value).isd;
}

/**
 * Returns the wildcard number of an ISD, which stands for any of its core ASes: its AS number is 0.
 */
export function makeWildcard(isd: number): IsdAs {
  return formatIsdAs(isd, 0);
}

/** True if the number stands for any core AS of its ISD. */
export function isWildcard(value: IsdAs): boolean {
  return isdAsNumbers(value).as === 0;
}

/** Formats a number for use in file names: `:` becomes `_`. */
export function isdAsFileName(value: IsdAs): string {
  return value.replaceAll(':', '_');
}

function refused(reason: string): IsdAsParseResult {
  return { kind: 'refused', reason };
}
