/**
 * The state of the view in the address:
 * `#run=failover/7&page=network&t=20.151s&sel=node:gateway-111` (docs/spec/browser-view.md).
 * Reading and writing are inverse; unknown keys are kept; an unreadable value falls back to its
 * default and is named.
 *
 * @module
 */
import { readDuration, writeDuration } from './duration.ts';

/** What is selected. */
export interface Selection {
  readonly kind: 'node' | 'link' | 'packet' | 'fault' | 'seed' | 'span';
  /** Name of the node, `a->b`, number of the packet. */
  readonly name: string;
}

/** State of the view. */
export interface View {
  /** Id of the run; undefined in the gallery. */
  readonly run: string | undefined;
  readonly page: string;
  /** The cursor, ns. */
  readonly timeNs: number | undefined;
  readonly speed: number;
  readonly selection: Selection | undefined;
  /** What the scrubber shows; the whole run when undefined. */
  readonly rangeNs: readonly [number, number] | undefined;
  readonly theme: 'light' | 'dark' | undefined;
  /** Everything else: the pages' own parameters, and unknown keys. */
  readonly rest: Readonly<Record<string, string>>;
}

/** The result of reading. */
export interface ReadView {
  readonly view: View;
  /** One sentence for each value that could not be read. */
  readonly notices: readonly string[];
}

/** The page that opens without an address. */
export const FIRST_PAGE = 'runs';

const EMPTY: View = {
  run: undefined,
  page: FIRST_PAGE,
  timeNs: undefined,
  speed: 1,
  selection: undefined,
  rangeNs: undefined,
  theme: undefined,
  rest: {},
};
const SPEED_MIN = 0.001;
const SPEED_MAX = 100;

type Reader = (text: string) => Partial<View> | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  run: (text) => (text === '' ? undefined : { run: text }),
  page: (text) => (/^[a-z-]{1,30}$/.test(text) ? { page: text } : undefined),
  t: (text) => ifDefined(readDuration(text), (timeNs) => ({ timeNs })),
  speed: (text) => {
    const speed = Number(text);
    return speed >= SPEED_MIN && speed <= SPEED_MAX ? { speed } : undefined;
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

/** Reads the part after the `#`. */
export function readAddress(hash: string): ReadView {
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
  // Own properties, whatever their names: assigning `__proto__` would lose it.
  return { view: { ...view, rest: Object.fromEntries(rest) }, notices };
}

/** Writes it, `#` included. */
export function writeAddress(view: View): string {
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
  parts.push(...Object.entries(view.rest));
  const text = parts.map(([key, value]) => `${encodeURIComponent(key)}=${encoded(value)}`);
  return `#${text.join('&')}`;
}

/** Readable where the syntax allows it. */
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
