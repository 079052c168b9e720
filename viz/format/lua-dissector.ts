/**
 * Makes a dissector for Wireshark, in Lua, from the layouts of packets: the layouts as a table, and
 * the program that reads packets as this table says (`lua-runtime.ts`).
 *
 * @module
 */
import { LUA_RUNTIME } from './lua-runtime.ts';
import {
  FIELD_REPEATS_MAX,
  findValueForm,
  type LayoutField,
  type PacketLayout,
} from './packet-layout.ts';

/** A protocol that the dissector can read. */
export interface DissectedProtocol {
  readonly name: string;
  readonly layout: PacketLayout;
}

/** A range of UDP ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Returns the text of a `.lua` file with the dissector.
 * @param ports UDP ports on which packets are dissected, besides those in the layouts.
 */
export function luaDissector(
  protocols: readonly DissectedProtocol[],
  ports: readonly PortRange[],
): string {
  const names = protocols.map(({ name }) => name).join(', ');
  const held = new Set(protocols.flatMap(({ layout }) => nestedProtocolNames(layout)));
  const table = protocols.map(({ name, layout }) => ({
    name,
    abbreviation: `orrery.${slug(name)}`,
    isWhole: layout.isWhole ?? false,
    // If another protocol has this protocol's packets in one of its fields, they are dissected
    // there and not by a UDP port.
    isRoot: !held.has(name),
    layers: layout.layers.map(({ layer, fields }) => ({ layer, fields: fields.map(fieldTable) })),
  }));
  return [
    `-- Dissects ${names} in captures of Orrery. Written by \`orrery dissect\`.`,
    `local PORTS = ${lua(ports.map(({ first, last }) => `${first}-${last}`))}`,
    `local FIELD_REPEATS_MAX = ${FIELD_REPEATS_MAX}`,
    `local PROTOCOLS = ${lua(table)}`,
    LUA_RUNTIME,
  ].join('\n');
}

/** Lists the protocols whose packets fields of this layout contain. */
export function nestedProtocolNames({ layers }: PacketLayout): readonly string[] {
  const held = layers.flatMap(({ fields }) => fields.flatMap(({ holds }) => holds ?? []));
  return held.filter((name) => name !== 'any');
}

function fieldTable(field: LayoutField): Readonly<Record<string, unknown>> {
  const { name, size, bits, repeat, ...rest } = field;
  const isNumber = findValueForm(field) === 'number' && bits === undefined;
  return {
    ...rest,
    ...{ name, slug: slug(name), form: findValueForm(field), isPlain: field.form === undefined },
    size:
      typeof size === 'object' && 'until' in size ? { isUntil: true, amount: size.until } : size,
    kind: isNumber ? 'number' : 'bytes',
    ...(bits === undefined ? {} : { bits: bits.map((one) => ({ ...one, slug: slug(one.name) })) }),
    ...(repeat === undefined ? {} : { times: repeat.times, now: repeat.now }),
  };
}

/** Converts a name to the characters that Wireshark allows in display filters. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Formats a value as a Lua expression. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{ ${value.map(lua).join(', ')} }`;
  if (typeof value === 'string') return luaText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const keyOf = (key: string): string => (/^\d+$/.test(key) ? key : luaText(key));
  return `{ ${entries.map(([key, one]) => `[${keyOf(key)}] = ${lua(one)}`).join(', ')} }`;
}

function luaText(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}]/gu, (one) =>
    one === '\\' || one === '"' ? `\\${one}` : `\\${String(one.charCodeAt(0)).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
