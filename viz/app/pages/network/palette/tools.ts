/**
 * The tools of the palette and the events that they make: entries of `events` of a scenario, in the
 * scenario language, without an instant (docs/adr/0015). No DOM.
 *
 * @module
 */
import type { ControlKind, EventWords } from '../../../../format/control-wire.ts';
import type { TraceInfo } from '../../../data/trace-answers.ts';

/** One value that a tool asks for; an empty one is left out. */
export interface ToolField {
  /** Key of the scenario language. */
  readonly key: string;
  /** Its initial value; the first of `choices` if there are any. */
  readonly start: string;
  /** The options; a word if they depend on the target. */
  readonly choices?: readonly string[] | 'forgeries' | 'others' | 'neighbours';
  /** If it may be left empty, what that means. */
  readonly hint?: string;
}

/** One tool. */
export interface Tool {
  /** `cut`; otherwise the key that it sets. */
  readonly name: string;
  /** Key of the action in the scenario language. */
  readonly kind: string;
  readonly target: 'link' | 'node';
  readonly fields: readonly ToolField[];
}

/** What the reader chose. */
export interface Choice {
  readonly target: string;
  readonly values: Readonly<Record<string, string>>;
  /** How long; to the end if empty. */
  readonly length: string;
}

const SIDES: ToolField = {
  key: 'direction',
  start: 'both',
  choices: ['both', 'forward', 'backward'],
};
const WAYS: ToolField = { key: 'direction', start: 'both', choices: ['both', 'one-way'] };
const OPTIONAL = 'may be left out';
/** A present path instead of a link: `path:a -> b`. */
const PATH = 'path:';

const link = (name: string, kind: string, fields: readonly ToolField[]): Tool => ({
  ...{ name, kind, fields },
  target: 'link',
});
const node = (name: string, kind: string, fields: readonly ToolField[]): Tool => ({
  ...{ name, kind, fields },
  target: 'node',
});

/** All tools, in the order of the scenario language. */
export const TOOLS: readonly Tool[] = [
  link('cut', 'set', [SIDES]),
  link('loss', 'set', [
    { key: 'loss', start: '10%' },
    { key: 'lossBurst', start: '', hint: OPTIONAL },
    SIDES,
  ]),
  link('delay', 'set', [{ key: 'delay', start: '50ms' }, SIDES]),
  link('rate', 'set', [{ key: 'rate', start: '1Mbit/s' }, SIDES]),
  link('corrupt', 'set', [{ key: 'corrupt', start: '1%' }, SIDES]),
  link('duplicate', 'set', [{ key: 'duplicate', start: '1%' }, SIDES]),
  link('hold', 'hold', []),
  node('partition', 'partition', [{ key: 'to', start: '', hint: 'nodes, or core-*' }, WAYS]),
  node('crash', 'crash', [
    { key: 'store', start: 'synced', choices: ['synced', 'prefix', 'torn'] },
  ]),
  node('clock', 'clock', [
    { key: 'step', start: '5ms' },
    { key: 'drift', start: '', hint: OPTIONAL },
  ]),
  link('tap', 'tap', [
    { key: 'replay', start: '10%' },
    { key: 'replayWithin', start: '100' },
    { key: 'reorder', start: '', hint: OPTIONAL },
    { key: 'forge', start: '', hint: OPTIONAL },
  ]),
  node('attack', 'attack', []),
  node('flood', 'flood', [
    { key: 'kind', start: '', choices: 'forgeries' },
    { key: 'rate', start: '1000/s' },
    { key: 'as', start: '', choices: 'others' },
    { key: 'by', start: '', choices: 'neighbours' },
  ]),
];

/** The options of a field for a target; undefined if it takes any text. */
export function choicesOf(
  { choices }: ToolField,
  target: string,
  known: {
    readonly info: Pick<TraceInfo, 'nodes' | 'links'>;
    readonly offer: ControlKind | undefined;
  },
): readonly string[] | undefined {
  const { nodes, links } = known.info;
  if (choices === 'forgeries') return known.offer?.forgeries?.[target];
  if (choices === undefined || typeof choices !== 'string') return choices;
  const others = nodes.map(({ name }) => name).filter((name) => name !== target);
  if (choices === 'others') return ['', ...others];
  const number = nodes.findIndex(({ name }) => name === target);
  const isNeighbour = (name: string): boolean => {
    const other = nodes.findIndex((one) => one.name === name);
    return links.some(({ from, to }) => from === other && to === number);
  };
  return ['', ...others.filter(isNeighbour)];
}

/** The event for a choice. */
export function eventOf(tool: Tool, { target, values, length }: Choice): EventWords {
  const { direction = 'both', ...others } = filled(tool, values);
  return {
    ...actionOf(tool, target, others),
    ...(direction === 'both' ? {} : { direction }),
    ...(length.trim() === '' ? {} : { for: length.trim() }),
  };
}

/** The entry in the list of links for the present path of a flow. */
export function pathTarget(flow: string): string {
  return `${PATH}${flow}`;
}

function actionOf(tool: Tool, target: string, values: EventWords): EventWords {
  switch (tool.kind) {
    case 'set':
      return { link: linkOf(target), set: tool.name === 'cut' ? { up: false } : values };
    case 'hold':
      return { link: linkOf(target), hold: true };
    case 'tap':
      return { link: linkOf(target), tap: values };
    case 'partition':
      return { partition: { from: [target], to: namesOf(String(values['to'] ?? '')) } };
    case 'crash':
      return { crash: target, ...(values['store'] === 'synced' ? {} : values) };
    case 'clock':
      return { clock: { node: target, ...values } };
    case 'flood':
      return { flood: { to: target, ...values } };
    default:
      return { [tool.kind]: values };
  }
}

function linkOf(target: string): string | EventWords {
  return target.startsWith(PATH) ? { activePath: target.slice(PATH.length) } : target;
}

function namesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** Values that are not empty; those without a unit as numbers, as YAML reads them. */
function filled(tool: Tool, values: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = tool.fields.map(
    ({ key, start }) => [key, (values[key] ?? start).trim()] as const,
  );
  return Object.fromEntries(
    entries
      .filter(([, text]) => text !== '')
      .map(([key, text]) => [key, /^\d+(\.\d+)?$/.test(text) ? Number(text) : text]),
  );
}

/** An event as one line of a file: `{ link: a--b, set: { up: false }, for: 2s }`. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${flowText(one)}`);
    return `{ ${entries.join(', ')} }`;
  }
  const text = String(value);
  return typeof value === 'string' && !/^[\w./%-]+$/.test(text) ? JSON.stringify(text) : text;
}
