/** The drawings of control services, from the states that they trace. */
import { describe, expect, it } from 'vitest';
import type { SingleTraceState } from '../../../../nodes/_kit/trace-state.ts';
import {
  AS_TRACE,
  CERTIFICATE_TRACE,
  KNOWLEDGE_TRACE,
  ORIGINS_TRACE,
  PATHS_TRACE,
  REVOCATIONS_TRACE,
  type TracedInterface,
} from '../../../../nodes/control-service/trace-states.ts';
import { viz } from '../../../../nodes/control-service/viz.ts';
import { arrangeInRows, readDrawnAses } from '../../../../nodes/control-service/viz-ases.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../../../viz/format/drawing.ts';
import { DOUBLE_INPUT } from '../../viz/double-viz.ts';

const SECOND_NS = 1_000_000_000;
const [CORE, OTHER, LEAF] = ['1-ff00:0:110', '1-ff00:0:120', '1-ff00:0:111'];

function pair<Value>({ machine, state }: SingleTraceState<Value>, value: Value): [string, string] {
  return [machine, state.write(value)];
}

function link(
  ifId: number,
  relation: TracedInterface['relation'],
  neighbour: string,
  neighbourIfId: number,
): TracedInterface {
  return { ifId, relation, neighbour, neighbourIfId };
}

function node(number: number, name: string, ...states: readonly [string, string][]): NodeState {
  return { number, name, protocol: 'control-service', states: new Map(states) };
}

const KNOWN = { beacons: 6, segments: 4, registered: 9, found: 2, watched: 2 };
const since = (found: number, seconds: number): { found: number; sinceNs: number } => ({
  found,
  sinceNs: seconds * SECOND_NS,
});

/** Two core ASes and one below the first, at 4 s. */
const NODES = [
  node(
    0,
    'control-111',
    pair(AS_TRACE, { isdAs: LEAF, kind: 'other', interfaces: [link(1, 'parent', CORE, 2)] }),
    pair(ORIGINS_TRACE, [
      { isdAs: CORE, ifId: 1, sinceNs: 1.5 * SECOND_NS },
      { isdAs: OTHER, ifId: 1, sinceNs: 3.5 * SECOND_NS },
    ]),
    pair(KNOWLEDGE_TRACE, KNOWN),
    pair(PATHS_TRACE, [since(0, 0.5), since(2, 2), since(1, 3)]),
    pair(REVOCATIONS_TRACE, [
      { of: `${CORE}#1`, by: 'host 127.0.0.2', untilNs: 9 * SECOND_NS },
      { of: `${OTHER}#1`, by: 'SCMP from 1-ff00:0:120', untilNs: 3.9 * SECOND_NS },
    ]),
    pair(CERTIFICATE_TRACE, {
      ...{ ca: CORE, sinceNs: 2 * SECOND_NS, untilNs: 1_802 * SECOND_NS },
      renewedNs: [2 * SECOND_NS],
    }),
  ),
  node(
    1,
    'control-110',
    pair(AS_TRACE, {
      ...{ isdAs: CORE, kind: 'core' },
      interfaces: [link(1, 'core', OTHER, 1), link(2, 'child', LEAF, 1)],
    }),
    pair(KNOWLEDGE_TRACE, KNOWN),
    pair(PATHS_TRACE, [since(2, 2.5)]),
    pair(CERTIFICATE_TRACE, {
      ...{ ca: CORE, sinceNs: 0, untilNs: 4.5 * SECOND_NS },
      renewedNs: [],
    }),
  ),
  node(
    2,
    'control-120',
    pair(AS_TRACE, { isdAs: OTHER, kind: 'core', interfaces: [link(1, 'core', CORE, 1)] }),
  ),
];

function drawn(name: string, input: Partial<DrawingInput> = {}): Drawing {
  const view = viz.views.find((one) => one.name === name);
  const whole = { ...DOUBLE_INPUT, width: 900, timeNs: 4 * SECOND_NS, nodes: NODES, ...input };
  expect(view?.applies(whole)).toBe(true);
  return view?.draw(whole) ?? expect.fail(`there is no drawing ${name}`);
}

const titled = (shapes: readonly Shape[]): readonly Shape[] =>
  shapes.filter(({ title }) => title !== undefined);
const texts = (shapes: readonly Shape[]): readonly string[] =>
  shapes.flatMap((one) => {
    if (one.kind === 'group') return texts(one.shapes);
    return one.kind === 'text' ? [one.text] : [];
  });

describe('the picture of beacons', () => {
  it('lights the links that beacons have crossed, and counts the pairs with a path', () => {
    const { title, shapes, table } = drawn('beacons', { endNs: 8 * SECOND_NS });
    expect(title).toBe('3 of 4 pairs of ASes have a path');
    const links = titled(shapes).flatMap((one) =>
      one.kind === 'path' ? [[one.title, one.dash ?? 'solid', one.width]] : [],
    );
    expect(links).toEqual([
      [`${CORE}#1 to ${OTHER}#1: no beacons yet`, 'dashed', undefined],
      [`${CORE}#2 to ${LEAF}#1: beacons of ${CORE}, ${OTHER}`, 'solid', 4],
    ]);
    expect(texts(shapes)).toEqual(
      expect.arrayContaining(['1-110', '0 origins', '2 origins', '3 of 4', '8.00 s']),
    );
    expect(table.rows[0]).toEqual([
      ...[LEAF, 'control-111', 6, 4, 9, 2, 2],
      `${CORE} over 1 since 1.50 s, ${OTHER} over 1 since 3.50 s`,
    ]);
    expect(table.rows[2]).toEqual([OTHER, 'control-120', null, null, null, null, null, '']);
    // Counts at 0, 2, 2.5 and 3 s, and the cursor at half of the width.
    const strip = shapes.find((one) => one.kind === 'path' && one.opacity === 0.3);
    expect(strip).toMatchObject({ d: expect.stringMatching(/H225V\S+H281.25V\S+H337.5V\S+H450V/) });
  });

  it('shows the beacons of a chosen AS only', () => {
    const chosen = [`origin:${OTHER}`];
    const { title, shapes } = drawn('beacons', { chosen });
    expect(title).toBe(`1 of 2 other ASes have beacons of ${OTHER}, the last since 3.50 s`);
    expect(texts(shapes)).toEqual(expect.arrayContaining(['origin', '3.50 s', '–']));
    expect(drawn('beacons', { chosen: [`origin:${LEAF}`] }).title).toBe(
      `No AS has beacons of ${LEAF}: it is no core AS`,
    );
  });

  it('says what the trace does not hold', () => {
    const nodes = NODES.slice(2);
    const { title, shapes } = drawn('beacons', { nodes });
    expect(title).toBe('0 of 1 ASes have beacons of others');
    expect(texts(shapes).at(-1)).toContain('No control service watches for paths');
    expect(viz.views.some((one) => one.applies({ ...DOUBLE_INPUT, nodes: [] }))).toBe(false);
  });

  it('puts core ASes at the top beside those that they have links to, and others below parents', () => {
    const rows = arrangeInRows(readDrawnAses({ nodes: NODES }), 10);
    expect(rows.map((row) => row.map(({ isdAs }) => isdAs))).toEqual([[CORE, OTHER], [LEAF]]);
    expect(arrangeInRows(readDrawnAses({ nodes: NODES }), 1)).toHaveLength(3);
    // An AS whose parent has no trace is there, too.
    const alone = readDrawnAses({ nodes: NODES.slice(0, 1) });
    expect(arrangeInRows(alone, 10)).toEqual([alone]);
  });
});

it('says which certificates are late, what is left of each, and when it was renewed', () => {
  const { title, shapes, table } = drawn('certificates', { endNs: 8 * SECOND_NS });
  expect(title).toBe(
    `Of 2 certificates 1 are late or expired; the first to expire is that of ${CORE}, in 0 min 0 s`,
  );
  expect(texts(shapes)).toEqual(
    expect.arrayContaining(['29 min 58 s left, valid', '0 min 0 s left, renewal late']),
  );
  expect(titled(shapes).map(({ fill, title: words }) => [fill, words])).toEqual([
    ['pass', `${LEAF}: by ${CORE}, valid, 29 min 58 s left, 1 renewals`],
    ['c1', 'renewed at 2.00 s'],
    ['fail', `${CORE}: by ${CORE}, renewal late, 0 min 0 s left, 0 renewals`],
  ]);
  expect(table.rows[0]).toEqual([LEAF, 'control-111', CORE, 'valid', 1_802, 1_798, 1, 2]);
  expect(drawn('certificates', { timeNs: 5 * SECOND_NS }).table.rows[1]?.[3]).toBe('expired');
  expect(drawn('certificates', { timeNs: 3.5 * SECOND_NS }).table.rows[1]?.[3]).toBe('renewal due');
  expect(drawn('certificates', { nodes: NODES.slice(2) }).title).toContain('keys are modelled');
});

it('says which interfaces are believed to be down, by whom, told by whom and until when', () => {
  const { title, shapes, table } = drawn('revocations');
  expect(title).toBe('1 interface is believed to be down');
  expect(texts(shapes)).toEqual([
    ...[`${CORE}#1`, 'until 9.00 s', 'control-111, told by host 127.0.0.2'],
  ]);
  expect(table.rows).toEqual([[`${CORE}#1`, 'control-111', 'host 127.0.0.2', 9, 5]]);
  expect(drawn('revocations', { timeNs: 9.5 * SECOND_NS }).title).toBe(
    'No interfaces are believed to be down at this instant',
  );
});
