/**
 * The tables of the options, metrics and drops of a protocol in the README of its folder.
 *
 * @module
 */
import { z } from 'zod';
import type { MetricDefinition } from '../engine/host/measure.ts';
import type { Protocol } from '../engine/host/protocol.ts';
import { QUANTITY_SCHEMAS } from '../nodes/_kit/options.ts';
import { optionComments, type ProtocolSourceFile } from './option-comments.ts';

/** The parts of a protocol that the tables show. */
type Tabled = Pick<Protocol, 'config' | 'metrics' | 'drops'>;

const BEGIN = '<!-- What follows is written by `npm run protocols`. -->';

/** The README of a protocol with up-to-date tables at its end. */
export function withTables(
  readme: string,
  protocol: Tabled,
  sources: readonly ProtocolSourceFile[],
): string {
  return withWrittenEnd(readme, tables(protocol, sources));
}

/** The page with these tables at its end, in place of those that it has. */
export function withWrittenEnd(page: string, written: readonly string[]): string {
  const [before = ''] = page.split(BEGIN);
  return `${before.trimEnd()}\n\n${BEGIN}\n\n${written.join('\n')}`;
}

function tables(protocol: Tabled, sources: readonly ProtocolSourceFile[]): readonly string[] {
  const { metrics, drops, config } = protocol;
  const comments = optionComments(sources, rootOf(sources));
  const options = optionRows(config as z.ZodType, comments);
  return [
    table('Options', ['Option', 'Values', 'Default', 'What it is'], options),
    metricTable('Metrics', metrics),
    dropTable(drops),
  ];
}

/** A table of metrics, one per row. */
export function metricTable(title: string, metrics: readonly MetricDefinition[]): string {
  const rows = metrics.map(({ name, kind, unit, help }) => [code(name), kind, unit, help]);
  return table(title, ['Metric', 'Kind', 'Unit', 'What it is'], rows);
}

/** A table of drop reasons and their meanings, one per row. */
export function dropTable(drops: Readonly<Record<string, string>>): string {
  const rows = Object.entries(drops).map(([reason, text]) => [code(reason), text]);
  return table('Drops', ['Reason', 'When'], rows);
}

const code = (text: string): string => `\`${text}\``;

function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `## ${title}\n\n${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

/** The name of the constant that holds the schema of all options; empty if there is none. */
function rootOf(sources: readonly ProtocolSourceFile[]): string {
  const face = sources.find(({ path }) => path === 'index.ts')?.text ?? '';
  return /^ {2}config: (\w+),$/m.exec(face)?.[1] ?? '';
}

/** A JSON schema as far as the table reads it. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly quantity?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | false;
}

function optionRows(
  config: z.ZodType,
  comments: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  const shape = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any', override }) as Shape;
  const rows = new Map<string, readonly string[]>();
  const visit = (path: string, one: Shape): void => {
    const below = optionsIn(one);
    const isGroup = one.type === 'object' && below.length > 0;
    if (path !== '' && !isGroup && !rows.has(path)) {
      const comment = comments.get(path.replaceAll('[]', '')) ?? '';
      rows.set(path, [code(path), valuesOf(one), defaultOf(one), comment]);
    }
    for (const [name, next] of below) visit(`${path}${name}`.replace(/^\./, ''), next);
  };
  visit('', shape);
  return [...rows.values()];
}

/**
 * Describes a quantity by what it measures instead of by the JSON types that are accepted, and gives its
 * default with a unit.
 */
const override: NonNullable<z.core.ToJSONSchemaParams['override']> = ({
  zodSchema,
  jsonSchema,
}) => {
  const { def } = zodSchema._zod;
  const quantity = quantityOf(zodSchema);
  if (quantity === undefined) return;
  if (jsonSchema.type !== 'array') {
    for (const key of ['type', 'anyOf']) delete jsonSchema[key];
    Object.assign(jsonSchema, { quantity: quantity.words });
  }
  if (def.type !== 'default') return;
  const values = [(def as z.core.$ZodDefaultDef).defaultValue].flat().map(Number);
  // A default that is a name, such as that of a plug-in, is not changed.
  if (values.length === 0 || values.some(Number.isNaN)) return;
  const texts = values.map((value) => withUnit(value, quantity.units));
  Object.assign(jsonSchema, { default: texts.join(', ') });
};

/** The quantity of a schema, or of the entries of a list; undefined if the schema has no quantity. */
function quantityOf(schema: z.core.$ZodType): ReturnType<typeof QUANTITY_SCHEMAS.get> {
  const def: object = schema._zod.def;
  const inner = ['innerType', 'element', 'in'].flatMap((key) =>
    key in def ? ((def as Record<string, z.core.$ZodType>)[key] ?? []) : [],
  );
  const [first] = inner;
  return QUANTITY_SCHEMAS.get(schema) ?? (first === undefined ? undefined : quantityOf(first));
}

/** A number in the largest unit in which it is whole. */
function withUnit(value: number, units: Readonly<Record<string, number>>): string {
  if (value === 0) return '0';
  const fits = Object.entries(units).filter(([, factor]) => value % factor === 0);
  const [unit, factor] = fits.sort(([, a], [, b]) => b - a)[0] ?? ['', 1];
  return `${value / factor}${unit}`;
}

/** The options below an option, each with the rest of its path. */
function optionsIn({
  properties = {},
  items,
  anyOf = [],
  oneOf = [],
}: Shape): readonly (readonly [string, Shape])[] {
  const own = Object.entries(properties).map(([name, one]) => [`.${name}`, one] as const);
  const listed =
    items === undefined ? [] : optionsIn(items).map(([name, one]) => [`[]${name}`, one] as const);
  return [...own, ...listed, ...[...anyOf, ...oneOf].flatMap(optionsIn)];
}

function valuesOf(one: Shape): string {
  if (one.quantity !== undefined) return one.quantity;
  if (one.enum !== undefined) return one.enum.map((value) => code(String(value))).join(', ');
  if (one.const !== undefined) return code(String(one.const));
  const either = [...(one.anyOf ?? []), ...(one.oneOf ?? [])];
  if (either.length > 0) return [...new Set(either.map(valuesOf))].join(' or ');
  if (one.items !== undefined) return `list of ${valuesOf(one.items)}`;
  switch (one.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'object':
      return Object.keys(one.properties ?? {}).length > 0
        ? `{ ${Object.keys(one.properties ?? {}).join(', ')} }`
        : 'a map';
    case 'integer':
    case 'number':
      return range(one);
    default:
      return 'text';
  }
}

function range({ type, ...one }: Shape): string {
  const what = type === 'integer' ? 'whole number' : 'number';
  const least = one.minimum === undefined ? '' : ` from ${grouped(one.minimum)}`;
  const above = one.exclusiveMinimum === undefined ? '' : ` above ${one.exclusiveMinimum}`;
  const most =
    one.maximum === undefined || one.maximum === Number.MAX_SAFE_INTEGER
      ? ''
      : ` to ${grouped(one.maximum)}`;
  const below = one.exclusiveMaximum === undefined ? '' : ` below ${one.exclusiveMaximum}`;
  return `${what}${least}${above}${most}${below}`;
}

const grouped = (value: number): string =>
  value >= 1 ? value.toLocaleString('en-US') : `${value}`;

/** The default as text; empty for an option that has options below it, whose own defaults are shown instead. */
function defaultOf(one: Shape): string {
  const { default: value } = one;
  if (value === undefined || (typeof value === 'object' && optionsIn(one).length > 0)) return '';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}
