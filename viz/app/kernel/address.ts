/**
 * Keeps the state of the view in the address of the page:
 * `#run=failover/7&page=network&t=20.151s&sel=node:gateway-111` (docs/spec/browser-view.md).
 * Writing a view and reading it back gives the same view. Unknown keys are kept; if a value cannot
 * be read, its default is used, and a notice says so.
 *
 * @module
 */
import { readDuration, writeDuration } from './duration.ts';
import { PLAYBACK_SPEED_MAX, PLAYBACK_SPEED_MIN } from './time-line.ts';

/** The object that the reader has selected. */
export interface Selection {
  readonly kind: 'node' | 'link' | 'packet' | 'fault' | 'seed' | 'span';
  /** Name of a node, id of a link (`a--b`), or number of a packet or a seed. */
  readonly name: string;
}

/** The state of the view that the address contains. */
export interface UrlState {
  /** Id of the run; undefined in the gallery. */
  readonly run: string | undefined;
  readonly page: string;
  /** The instant of the cursor, ns of the run; undefined if the address names no instant. */
  readonly timeNs: number | undefined;
  readonly speed: number;
  readonly selection: Selection | undefined;
  /** The range that the time line shows, ns of the run; undefined for the whole run. */
  readonly rangeNs: readonly [number, number] | undefined;
  readonly theme: 'light' | 'dark' | undefined;
  /** All other keys of the address: parameters of the pages, and unknown keys. */
  readonly rest: Readonly<Record<string, string>>;
}

/** The state that was read from the address, and what could not be read. */
export interface ParsedUrlHash {
  readonly view: UrlState;
  /** One sentence for each value that could not be read. */
  readonly notices: readonly string[];
}

/** The page that opens if the address names no page. */
export const FIRST_PAGE = 'runs';

const EMPTY: UrlState = {
  run: undefined,
  page: FIRST_PAGE,
  timeNs: undefined,
  speed: 1,
  selection: undefined,
  rangeNs: undefined,
  theme: undefined,
  rest: {},
};

type Reader = (text: string) => Partial<UrlState> | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  run: (text) => (text === '' ? undefined : { run: text }),
  page: (text) => (/^[a-z-]{1,30}$/.test(text) ? { page: text } : undefined),
  t: (text) => ifDefined(readDuration(text), (timeNs) => ({ timeNs })),
  speed: (text) => {
    const speed = Number(text);
    return speed >= PLAYBACK_SPEED_MIN && speed <= PLAYBACK_SPEED_MAX ? { speed } : undefined;
  },
  sel: (text) => ifDefined(readSelection(text), (selection) => ({ selection })),
  range: (text) => {
    const [from, to] = text.split('..').map(readDuration);
    return from !== undefined && to !== undefined && from < to
      ? { rangeNs: [from, to] }
      : undefined;
  },
  theme: (text) => (text === 'light' || text === 'dark' ? { theme: text } : undefined),
};

/** Reads the part of the address after the `#`. */
export function readUrlHash(hash: string): ParsedUrlHash {
  let view = EMPTY;
  const rest: [string, string][] = [];
  const notices: string[] = [];
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
    if (read === undefined) {
      rest.push([key, value]);
      continue;
    }
    const part = read(value);
    if (part === undefined)
      notices.push(`The address says ${key}=${value}, which is not readable.`);
    else view = { ...view, ...part };
  }
  // `fromEntries` keeps a key `__proto__` as an ordinary property; an assignment would lose it.
  return { view: { ...view, rest: Object.fromEntries(rest) }, notices };
}

/** Returns the part of the address from the `#` on for a view. */
export function writeUrlHash(view: UrlState): string {
  const parts: [string, string][] = [];
  if (view.run !== undefined) parts.push(['run', view.run]);
  parts.push(['page', view.page]);
  if (view.timeNs !== undefined) parts.push(['t', writeDuration(view.timeNs)]);
  if (view.speed !== 1) parts.push(['speed', String(view.speed)]);
  if (view.selection !== undefined) {
    parts.push(['sel', `${view.selection.kind}:${view.selection.name}`]);
  }
  if (view.rangeNs !== undefined) parts.push(['range', view.rangeNs.map(writeDuration).join('..')]);
  if (view.theme !== undefined) parts.push(['theme', view.theme]);
  for (const one of Object.entries(view.rest)) parts.push(one);
  const text = parts.map(([key, value]) => `${encodeURIComponent(key)}=${encoded(value)}`);
  return `#${text.join('&')}`;
}

/** Percent-encodes a value, but leaves `/ : , > @` readable. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C|3E|40)/g, (code) =>
    decodeURIComponent(code),
  );
}

const KINDS: readonly Selection['kind'][] = ['node', 'link', 'packet', 'fault', 'seed', 'span'];

function readSelection(text: string): Selection | undefined {
  const at = text.indexOf(':');
  const kind = KINDS.find((one) => one === text.slice(0, at));
  const name = text.slice(at + 1);
  return kind === undefined || name === '' ? undefined : { kind, name };
}

function ifDefined<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}
