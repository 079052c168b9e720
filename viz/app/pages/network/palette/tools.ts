/**
 * The tools of the palette and the events that they make. An event is an entry of `events` in the
 * scenario language, without its instant (ADR 0015). Uses no DOM.
 *
 * @module
 */
import type { ControlEventKind, ScenarioEventFields } from '../../../../format/control-wire.ts';
import type { TraceInfo } from '../../../data/trace-answers.ts';

/** An input field of a fault tool. A field that is left empty is not sent. */
export interface FaultToolField {
  /** The key of the value in the scenario language. */
  readonly key: string;
  /** The initial value of the field; if `choices` is a list, its first entry. */
  readonly start: string;
  /**
   * The options from which the reader chooses. A single word means that they depend on the target:
   * what an attacker can forge there, the other nodes, or the neighbours of the target.
   */
  readonly choices?: readonly string[] | 'forgeries' | 'others' | 'neighbours';
  /** What an empty value means; absent if the value must not be empty. */
  readonly hint?: string;
}

/** A kind of fault that the palette can inject, with its input fields. */
export interface FaultTool {
  /** The name of the tool: `cut`, or the key of the value that the tool sets. */
  readonly name: string;
  /** The key of the tool's action in the scenario language. */
  readonly kind: string;
  readonly target: 'link' | 'node';
  readonly fields: readonly FaultToolField[];
}

/** The values that the reader entered in the form. */
export interface FaultToolChoice {
  readonly target: string;
  readonly values: Readonly<Record<string, string>>;
  /**
   * Duration of the fault in the scenario language, such as `2s`; if empty, the fault lasts until
   * the end of the run.
   */
  readonly length: string;
}

const SIDES: FaultToolField = {
  key: 'direction',
  start: 'both',
  choices: ['both', 'forward', 'backward'],
};
const WAYS: FaultToolField = { key: 'direction', start: 'both', choices: ['both', 'one-way'] };
const OPTIONAL = 'optional';
/** Prefix of a target that is the present path of a flow and not a link: `path:a -> b`. */
const PATH = 'path:';

const link = (name: string, kind: string, fields: readonly FaultToolField[]): FaultTool => ({
  ...{ name, kind, fields },
  target: 'link',
});
const node = (name: string, kind: string, fields: readonly FaultToolField[]): FaultTool => ({
  ...{ name, kind, fields },
  target: 'node',
});

/** All tools, in the order in which the scenario language lists their actions. */
export const FAULT_TOOLS: readonly FaultTool[] = [
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
  node('disk', 'disk', [{ key: 'slower', start: '200ms' }]),
  node('burst', 'burst', [{ key: 'times', start: '10' }]),
  node('ask', 'ask', [
    { key: 'kind', start: 'status' },
    { key: 'target', start: '', hint: OPTIONAL },
    { key: 'within', start: '', hint: OPTIONAL },
  ]),
  node('reconfigure', 'reconfigure', [{ key: 'set', start: '{}' }]),
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

/** The options of a field for a given target; undefined if it accepts any text. */
export function fieldOptions(
  { choices }: FaultToolField,
  target: string,
  known: {
    readonly info: Pick<TraceInfo, 'nodes' | 'links'>;
    readonly offer: ControlEventKind | undefined;
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

/** Makes the event for the values in the form. */
export function makeScenarioEvent(
  tool: FaultTool,
  { target, values, length }: FaultToolChoice,
): ScenarioEventFields {
  const { direction = 'both', ...others } = filled(tool, values);
  return {
    ...actionOf(tool, target, others),
    ...(direction === 'both' ? {} : { direction }),
    ...(length.trim() === '' ? {} : { for: length.trim() }),
  };
}

/**
 * A link, path or node on which a tool can act: its value in an event, and its text in the form.
 */
export interface FaultToolTarget {
  readonly value: string;
  readonly text: string;
}

/** Lists what a tool can act on: links and the present paths of flows, or nodes. */
export function faultToolTargets(
  { target }: FaultTool,
  known: {
    readonly info: Pick<TraceInfo, 'nodes' | 'links'>;
    readonly offer: ControlEventKind | undefined;
    readonly paths: readonly string[];
  },
): readonly FaultToolTarget[] {
  const { info, offer, paths } = known;
  if (target === 'node') {
    const names = info.nodes.map(({ name }) => name);
    const hit = names.filter((name) => offer?.targets?.includes(name) ?? true);
    return hit.map((name) => ({ value: name, text: name }));
  }
  const ids = [...new Set(info.links.map(({ id }) => id))];
  return [
    ...ids.map((id) => ({ value: id, text: id.replace('--', ' ↔ ') })),
    ...paths.map((flow) => ({
      value: `${PATH}${flow}`,
      text: `a hop of ${flow.replace('->', '→')}`,
    })),
  ];
}

function actionOf(
  tool: FaultTool,
  target: string,
  values: ScenarioEventFields,
): ScenarioEventFields {
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
    case 'disk':
      return { disk: { node: target, ...values } };
    case 'burst':
      return { burst: { node: target, ...values } };
    case 'ask':
      return { ask: { node: target, ...values } };
    case 'reconfigure':
      return { reconfigure: { node: target, set: mapOf(String(values['set'] ?? '')) } };
    case 'flood':
      return { flood: { to: target, ...values } };
    default:
      return { [tool.kind]: values };
  }
}

function linkOf(target: string): string | ScenarioEventFields {
  return target.startsWith(PATH) ? { activePath: target.slice(PATH.length) } : target;
}

/**
 * Parses the text of a field with options as JSON. Text that is not valid JSON is returned
 * unchanged; the run then refuses the event.
 */
function mapOf(text: string): ScenarioEventFields | string {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function namesOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/**
 * Returns the values of a form that are not empty. A number without a unit becomes a number, as in
 * YAML.
 */
function filled(
  tool: FaultTool,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const entries = tool.fields.map(
    ({ key, start }) => [key, (values[key] ?? start).trim()] as const,
  );
  return Object.fromEntries(
    entries
      .filter(([, text]) => text !== '')
      .map(([key, text]) => [key, /^\d+(\.\d+)?$/.test(text) ? Number(text) : text]),
  );
}

/**
 * Formats an event as one line of a scenario file: `{ link: a--b, set: { up: false }, for: 2s }`.
 */
export function flowStyleYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowStyleYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${flowStyleYaml(one)}`);
    return `{ ${entries.join(', ')} }`;
  }
  const text = String(value);
  return typeof value === 'string' && !/^[\w./%-]+$/.test(text) ? JSON.stringify(text) : text;
}
