/**
 * Distinguished names with the number of an AS (RFC 5280 section 4.1.2.4; draft-dekater-scion-pki, "ISD-AS number
 * attribute").
 *
 * @module
 */
import {
  derChoice,
  derSequence,
  derSequenceOf,
  derSetOf,
  derWithBytes,
  readDer,
} from '../../_kit/der.ts';
import { derAny, derOid } from '../../_kit/der-primitives.ts';
import { derPrintable, derUtf8 } from '../../_kit/der-strings.ts';
import { type IsdAs, isWildcard, parseIsdAs } from '../../scion/index.ts';

const COMMON_NAME = '2.5.4.3';
/** id-at-ia, the attribute with the ISD-AS number. */
const ISD_AS_NUMBER = '1.3.6.1.4.1.55324.1.2.1';

const RELATIVE_NAMES = derSequenceOf(derSetOf(derSequence({ type: derOid, value: derAny })));
const TEXT = derChoice({ utf8: derUtf8, printable: derPrintable });

/** Codec of a name; it keeps the exact bytes, by which names are compared. */
export const NAME_CODEC = derWithBytes(RELATIVE_NAMES);

/** A name that was read. */
export type Name = Parameters<typeof NAME_CODEC.write>[0];

/** Writes a name in DER. */
export function encodeName(commonName: string, isdAs: IsdAs): Uint8Array {
  return RELATIVE_NAMES.write([
    [{ type: COMMON_NAME, value: derUtf8.write(commonName) }],
    [{ type: ISD_AS_NUMBER, value: derUtf8.write(isdAs) }],
  ]);
}

/**
 * The AS in a name: undefined if there is none; `malformed` if there are two, or if the AS is a wildcard or its text is
 * not canonical (reference pkg/scrypto/cppki/certs.go, findIA).
 */
export function isdAsOfName({ value }: Name): IsdAs | 'malformed' | undefined {
  const found = value.flat().filter(({ type }) => type === ISD_AS_NUMBER);
  const [one, other] = found;
  if (one === undefined) return undefined;
  const read = readDer(TEXT, one.value);
  if (other !== undefined || read.kind === 'bad') return 'malformed';
  const text = read.value.value;
  const parsed = parseIsdAs(text);
  if (parsed.kind === 'refused' || parsed.isdAs !== text) return 'malformed';
  const isAny = isWildcard(parsed.isdAs) || text.startsWith('0-');
  return isAny ? 'malformed' : parsed.isdAs;
}
