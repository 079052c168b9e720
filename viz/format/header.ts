/**
 * Reads the head of a trace: magic, version, and the JSON that describes tables, columns, nodes and
 * links. The JSON may be hostile, so every field that other code uses is checked here once.
 *
 * @module
 */
import {
  type ColumnSpec,
  type ColumnType,
  type ContactsInfo,
  FILE_HEAD_BYTES,
  FILE_MAGIC,
  FORMAT_VERSION,
  type LinkDirectionInfo,
  type TableSpec,
  type TextBlockAddition,
  type TraceHeader,
} from '../../engine/measure/trace/layout.ts';
import { makeTraceProblem, TraceProblem } from './failure.ts';
import { type ByteSource, readExactly } from './source.ts';

const HEADER_BYTES_MAX = 64 * 1024 * 1024;
const TABLES_MAX = 254;
const COLUMNS_MAX = 64;
const TYPES: readonly string[] = ['u8', 'u16', 'u32', 'f64', 'time', 'duration'];

/** The header, and the offset of the first block, bytes. */
export interface HeadOfFile {
  readonly header: TraceHeader;
  readonly firstBlock: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads and checks the header. */
export async function readHead(source: ByteSource): Promise<HeadOfFile> {
  const head = await readExactly(source, 0, Math.min(FILE_HEAD_BYTES, source.size));
  const magic = new TextEncoder().encode(FILE_MAGIC);
  const isTrace = magic.every((byte, at) => head[at] === byte || at >= head.length);
  if (!isTrace || head.length === 0) {
    throw makeTraceProblem('not-a-trace', 'the file does not begin with the header of a trace', 0);
  }
  if (head.length < FILE_HEAD_BYTES) {
    throw makeTraceProblem('truncated', `the file ends after ${head.length} bytes`, head.length);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const version = view.getUint32(8, true);
  const length = view.getUint32(12, true);
  if (version > FORMAT_VERSION) {
    const message = `written by format ${version}, this reader knows up to ${FORMAT_VERSION}`;
    throw makeTraceProblem('newer-version', message, 8);
  }
  if (version === 0) throw makeTraceProblem('bad-header', 'there is no format 0', 8);
  if (length > HEADER_BYTES_MAX) {
    throw makeTraceProblem('bad-header', `a header of ${length} bytes is too long`, 12);
  }
  const json = await readExactly(source, FILE_HEAD_BYTES, length);
  return {
    header: checkHeader(parseJsonObject(json, FILE_HEAD_BYTES)),
    firstBlock: FILE_HEAD_BYTES + length,
  };
}

/** Parses a JSON object; `at` is the offset of its bytes in the file, for error messages. */
export function parseJsonObject(bytes: Uint8Array, at: number): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new TraceProblem(
      { name: 'bad-header', message: `no JSON at byte ${at}`, at },
      { cause: error },
    );
  }
  if (isObject(value)) return value;
  throw makeTraceProblem('bad-header', `no JSON object at byte ${at}`, at);
}

/**
 * Checks the names, links and metrics that a `text` block adds, and leaves out parts of a wrong
 * type.
 * @param nodes Number of nodes, with which the ends of links are checked.
 */
export function validTextAddition(json: Json, nodes: number): Required<TextBlockAddition> {
  const { names, links, metrics } = json;
  return {
    names: Array.isArray(names) ? names.map(stringOr) : [],
    links: Array.isArray(links) ? links.filter(isLink).filter((link) => hasEnds(link, nodes)) : [],
    metrics: Array.isArray(metrics)
      ? metrics.filter(isObject).map(({ name, unit, binNs }) => ({
          name: stringOr(name),
          unit: stringOr(unit),
          binNs: typeof binNs === 'number' ? binNs : 0,
        }))
      : [],
  };
}

function checkHeader(json: Json): TraceHeader {
  expect(json['format'] === 'orrery-trace', 'format is not orrery-trace');
  expect(isListOf(json['tables'], isTable), 'tables');
  expect(isListOf(json['nodes'], isNode), 'nodes');
  expect(isListOf(json['links'], isLink), 'links');
  for (const name of ['flows', 'reasons', 'classes', 'stateKinds', 'faultKinds']) {
    expect(isListOf(json[name], isString), name);
  }
  for (const name of ['version', 'seed', 'linkLevel']) expect(Number.isFinite(json[name]), name);
  for (const name of ['durationNs', 'warmupNs']) expect(isTimeSpan(json[name]), name);
  expect(isString(json['run']), 'run');
  const header = json as unknown as TraceHeader;
  expect(header.tables.length <= TABLES_MAX, 'more tables than numbers');
  expect(new Set(header.tables.map(({ id }) => id)).size === header.tables.length, 'table ids');
  const stray = header.links.find((link) => !hasEnds(link, header.nodes.length));
  expect(stray === undefined, `link ${stray?.name} ends at no node`);
  return header;
}

function expect(isGood: boolean, what: string): void {
  if (!isGood) throw makeTraceProblem('bad-header', `header: ${what}`, FILE_HEAD_BYTES);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function stringOr(value: unknown): string {
  return isString(value) ? value : '';
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isColumn(value: unknown): value is ColumnSpec {
  return isObject(value) && isString(value['name']) && isColumnType(value['type']);
}

function isColumnType(value: unknown): value is ColumnType {
  return isString(value) && TYPES.includes(value);
}

function isTable(value: unknown): value is TableSpec {
  if (!isObject(value) || !isString(value['name']) || !Number.isInteger(value['id'])) return false;
  const { columns } = value;
  return isListOf(columns, isColumn) && columns.length <= COLUMNS_MAX;
}

function isNode(value: unknown): value is TraceHeader['nodes'][number] {
  if (!isObject(value) || !isString(value['name']) || !isString(value['protocol'])) return false;
  const { address, area, isdAs, place, layers } = value;
  if (!isString(address) || !(place === undefined || isPlace(place))) return false;
  if (!(layers === undefined || isListOf(layers, isString))) return false;
  return [area, isdAs].every((id) => id === undefined || isString(id));
}

/** True for an object with a latitude and a longitude that a map can draw. */
function isPlace(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { lat, lon } = value;
  const isWithin = (degrees: unknown, most: number): boolean =>
    typeof degrees === 'number' && Math.abs(degrees) <= most;
  return isWithin(lat, 90) && isWithin(lon, 180);
}

/** True for a time of at least 0 ns that is exact as a JavaScript number. */
function isTimeSpan(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** True if both ends of a link are known nodes; -1 represents a medium that many nodes share. */
function hasEnds({ from, to }: LinkDirectionInfo, nodes: number): boolean {
  return [from, to].every((end) => end >= -1 && end < nodes);
}

function isLink(value: unknown): value is LinkDirectionInfo {
  if (!isObject(value) || !isString(value['id']) || !isString(value['name'])) return false;
  const { from, to, rateBps, delayNs, overheadBytes, contacts } = value;
  if (!(contacts === undefined || isContacts(contacts))) return false;
  const hasPace = [rateBps ?? undefined, delayNs, overheadBytes].every(isAmount);
  return Number.isInteger(from) && Number.isInteger(to) && hasPace;
}

function isContacts(value: unknown): value is ContactsInfo {
  if (!isObject(value)) return false;
  const { windows, periodNs, actual = [] } = value;
  const isPeriod = periodNs === undefined || (isAmount(periodNs) && periodNs !== 0);
  return isPeriod && isListOf(windows, isTimes(2)) && isListOf(actual, isTimes(3));
}

/** Makes a function that returns true for a list of exactly `count` instants. */
function isTimes(count: number): (value: unknown) => value is number[] {
  return (value): value is number[] =>
    Array.isArray(value) && value.length === count && value.every((one) => isTimeSpan(one));
}

/** True if the value is absent or a number of at least 0. */
function isAmount(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0);
}
