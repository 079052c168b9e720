/**
 * The drawing of the vault: its replicas side by side, with the operations on the disk of each, the replicas that have
 * the same state, and the replicas that have not confirmed an erasure. The data are the states of `trace-states.ts`.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type {
  ColourRole,
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolViz,
  Shape,
} from '../../viz/format/drawing.ts';
import {
  boxShape,
  digitsInGroups,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readTracedStates } from '../_kit/trace-state.ts';
import { REPLICA_TRACE, type TracedReplica } from './trace-states.ts';

/** Colours of states, the most frequent state first; none resembles the red of missing operations. */
const STATE_FILLS: readonly ColourRole[] = ['c1', 'c5', 'c3', 'c4', 'c6'];
const COLUMN_MIN = 64;
const COLUMN_MAX = 150;
/** Width of a character of a name, px. */
const CHARACTER = 7;
const GAP = 8;
const BARS_TOP = 36;
const BARS_HEIGHT = 84;
const COLUMN_HEIGHT = BARS_TOP + BARS_HEIGHT + 28;
/** Smallest height of the bar of missing operations, so that it stays visible, px. */
const MISSING_HEIGHT_MIN = 3;
const LINE = 18;
const DIGITS = 4;
const NOTES_MAX = 12;
const MS_PER_S = 1_000;

/** A replica among those of its vault. */
interface Column extends TracedReplica {
  readonly vault: string;
  readonly name: string;
  /** Operations that some replica has and this one lacks. */
  readonly lacks: readonly { readonly actor: string; readonly count: number }[];
  readonly lacking: number;
  /** The numbers of the last operations that any replica has, by actor. */
  readonly latest: ReadonlyMap<string, number>;
  readonly fill: ColourRole;
}

/** The view of the vault in the browser. */
export const viz: ProtocolViz = {
  protocol: 'vault',
  views: [
    {
      name: 'replicas',
      title: 'Replicas',
      applies: ({ nodes }) => nodes.some((node) => replicasOf(node).length > 0),
      draw,
    },
  ],
};

type Replica = TracedReplica & Pick<Column, 'vault' | 'name'>;

function replicasOf({ protocol, name, states }: NodeState): readonly Replica[] {
  if (protocol !== 'vault') return [];
  return readTracedStates(REPLICA_TRACE, states).flatMap(({ key, value }) =>
    value === undefined ? [] : [{ ...value, vault: key.vault, name }],
  );
}

function draw(input: DrawingInput): Drawing {
  const all = input.nodes.flatMap(replicasOf);
  const isReplica = ({ protocol, name }: NodeState): boolean =>
    protocol === 'vault' && all.some((one) => one.name === name);
  const vaults = [...new Set(all.map(({ vault }) => vault))];
  const columns = vaults.flatMap((name) => columnsOf(all.filter(({ vault }) => vault === name)));
  const names = nodesShown(input, isReplica).map(({ name }) => name);
  const shown = columns.filter(({ name }) => names.includes(name));
  const { width } = input;
  const longest = greatestOf(shown.map(({ name }) => name.length));
  const least = Math.min(COLUMN_MAX, Math.max(COLUMN_MIN, longest * CHARACTER + GAP));
  const perRow = Math.max(1, Math.floor(width / least));
  const room = Math.min(COLUMN_MAX, width / Math.min(perRow, shown.length));
  const shapes = shown.flatMap((column, at) =>
    shapesOf(column, {
      x: (at % perRow) * room,
      y: Math.floor(at / perRow) * COLUMN_HEIGHT,
      w: room - GAP,
    }),
  );
  const top = Math.ceil(shown.length / perRow) * COLUMN_HEIGHT;
  const notes = shown.flatMap(notesOf);
  const left = notes.length - NOTES_MAX;
  const lines = left > 0 ? [...notes.slice(0, NOTES_MAX), `${left} more in the table`] : notes;
  const texts = lines.map((line, at) =>
    textShape(0, top + (at + 1) * LINE, textCutToWidth(line, width)),
  );
  const title = titleOf(columns);
  return {
    title,
    summary: title,
    legend:
      'Bars: operations of each replica, in this order, that the disk has; hollow: that it lacks. One colour and equal digits (CRC-32C): the same state.',
    shapes: [...shapes, ...texts],
    height: top + lines.length * LINE + 8,
    table: tableOf(columns),
  };
}

function columnsOf(replicas: readonly Replica[]): readonly Column[] {
  const latest = new Map(replicas.map(({ name }): [string, number] => [name, 0]));
  const counts = new Map<string, number>();
  for (const { operations, checksum } of replicas) {
    for (const { actor, last } of operations) {
      latest.set(actor, Math.max(last, latest.get(actor) ?? 0));
    }
    if (checksum !== null) counts.set(checksum, (counts.get(checksum) ?? 0) + 1);
  }
  const states = [...counts].sort(([, one], [, other]) => other - one).map(([state]) => state);
  return replicas.map((replica) => {
    const has = hasOf(replica);
    const lacks = [...latest].flatMap(([actor, last]) => {
      const count = last - (has.get(actor) ?? 0);
      return count > 0 ? [{ actor, count }] : [];
    });
    const lacking = lacks.reduce((sum, { count }) => sum + count, 0);
    const fill = STATE_FILLS[states.indexOf(replica.checksum ?? '')] ?? 'muted';
    return { ...replica, lacks, lacking, latest, fill };
  });
}

function hasOf({ operations }: Replica): ReadonlyMap<string, number> {
  return new Map(operations.map(({ actor, last }) => [actor, last]));
}

function shapesOf(
  column: Column,
  { x, y, w }: { readonly x: number; readonly y: number; readonly w: number },
): readonly Shape[] {
  const { name, checksum, latest, lacking, fill } = column;
  const has = hasOf(column);
  const base = y + BARS_TOP + BARS_HEIGHT;
  const most = greatestOf([1, ...latest.values()]);
  const pitch = Math.min(24, w / latest.size);
  const bar = Math.max(1, pitch - (pitch > 4 ? 2 : 1));
  let solid = '';
  let missing = '';
  for (const [at, [actor, last]] of [...latest].entries()) {
    const left = x + at * pitch;
    const own = has.get(actor) ?? 0;
    const gone = own < last ? Math.max(MISSING_HEIGHT_MIN, (BARS_HEIGHT * (last - own)) / most) : 0;
    const high = Math.max(0, (BARS_HEIGHT * last) / most - gone);
    solid += barPath(left, base, bar, high);
    missing += barPath(left, base - high, bar, gone);
  }
  const title = `${name}: ${lackText(column)}`;
  const lackFill: ColourRole = lacking > 0 ? 'fail' : 'muted';
  return [
    textShape(x, y + 14, textCutToWidth(name, w), { weight: 'strong' }),
    boxShape({ x, y: y + 20, w: 10, h: 10 }, { fill, radius: 2 }),
    textShape(x + 14, y + 29, checksum?.slice(0, DIGITS) ?? 'writing', { fill: 'muted' }),
    { kind: 'path', d: solid, fill, title },
    { kind: 'path', d: missing, fill: 'panel', stroke: 'fail', title },
    { kind: 'line', x1: x, y1: base, x2: x + pitch * latest.size, y2: base, stroke: 'line' },
    textShape(x, base + 14, lacking > 0 ? `lacks ${digitsInGroups(lacking)}` : 'has all', {
      fill: lackFill,
    }),
  ];
}

function barPath(x: number, base: number, width: number, height: number): string {
  const [left, bottom, w, h] = [x, base, width, height].map((one) => Math.round(one * 10) / 10);
  return h === 0 ? '' : `M${left} ${bottom}h${w}v-${h}h-${w}z`;
}

function lackText({ lacks }: Column): string {
  if (lacks.length === 0) return 'lacks nothing';
  return `lacks ${lacks.map(({ actor, count }) => `${count} of ${actor}`).join(', ')}`;
}

/** Notes on a replica, about what its colours do not show. */
function notesOf({ name, clock, erasures, waiting }: Column): readonly string[] {
  const off =
    clock &&
    `${name}: clock ${Math.round(clock.ms / MS_PER_S)} s ${clock.side}, stamps follow others`;
  const open = erasures > 0 && `${name}: ${erasureText(erasures)} for ${waiting.join(', ')}`;
  return [off, open].filter((one) => typeof one === 'string');
}

function erasureText(count: number): string {
  return count === 1 ? '1 erasure waits' : `${digitsInGroups(count)} erasures wait`;
}

function titleOf(columns: readonly Column[]): string {
  const states = new Set(columns.map(({ checksum }) => checksum).filter((one) => one !== null));
  const most = columns.reduce((one, other) => (other.lacking > one.lacking ? other : one));
  const behind = columns.filter(({ lacking }) => lacking > 0).length;
  const erasures = columns.reduce((sum, one) => sum + one.erasures, 0);
  const split = countSplit(columns);
  const parts = [
    `${columns.length} replicas, ${states.size} ${states.size === 1 ? 'state' : 'states'}`,
    ...(split > 0 ? [`${split} differ with the same operations`] : []),
    behind === 0
      ? 'none lacks an operation'
      : `${behind} lack operations, ${most.name} most: ${digitsInGroups(most.lacking)}`,
    ...(erasures > 0 ? [`${erasureText(erasures)} for others`] : []),
  ];
  return `${parts.join(', ')}.`;
}

/** Number of replicas with the same operations as another one and a different state; must be 0. */
function countSplit(columns: readonly Column[]): number {
  const states = new Map<string, Set<string>>();
  const keys = columns.flatMap(({ vault, operations, checksum }) => {
    if (checksum === null) return [];
    const key = [vault, ...operations.map(({ actor, last }) => `${actor}=${last}`)].join();
    states.set(key, (states.get(key) ?? new Set()).add(checksum));
    return [key];
  });
  return keys.filter((key) => (states.get(key)?.size ?? 0) > 1).length;
}

function tableOf(columns: readonly Column[]): Drawing['table'] {
  return {
    columns: [
      'vault',
      'replica',
      'state',
      'operations',
      'lacks',
      'lacks of',
      'erasures open',
      'not confirmed by',
      'clock',
    ],
    rows: columns.map(({ vault, name, checksum, operations, lacking, ...rest }) => [
      vault,
      name,
      checksum ?? 'writing',
      operations.reduce((sum, { last }) => sum + last, 0),
      lacking,
      rest.lacks.map(({ actor, count }) => `${actor} ${count}`).join(', '),
      rest.erasures,
      rest.waiting.join(', '),
      rest.clock && `${rest.clock.ms} ms ${rest.clock.side}`,
    ]),
  };
}
