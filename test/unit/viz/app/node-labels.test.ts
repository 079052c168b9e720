/** Names of nodes on the network page: no name overlaps another name or node. @module */
import { describe, expect, it } from 'vitest';
import {
  labelBox,
  labelSides,
  NODE_RADIUS_PX,
} from '../../../../viz/app/pages/network/node-labels.ts';
import type { NodePosition } from '../../../../viz/app/pages/network/node-position.ts';

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const meets = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function ringOf({ x, y }: NodePosition): Area {
  return {
    ...{ left: x - NODE_RADIUS_PX, right: x + NODE_RADIUS_PX },
    ...{ top: y - NODE_RADIUS_PX, bottom: y + NODE_RADIUS_PX },
  };
}

/** Overlaps of names and nodes, by the numbers of the nodes. */
function clashes(
  places: readonly NodePosition[],
  names: readonly string[],
  first: 'below' | 'right',
): string[] {
  const boxes = labelSides(places, names, first).map((side, node) => {
    const place = places[node];
    return side === undefined || place === undefined
      ? undefined
      : labelBox(place, names[node] ?? '', side);
  });
  return boxes.flatMap((box, node) =>
    box === undefined
      ? []
      : places.flatMap((place, other) => {
          const label = boxes[other];
          if (other === node) return [];
          const isOnRing = meets(box, ringOf(place));
          const isOnName = label !== undefined && meets(box, label);
          return isOnRing || isOnName ? [`${node} on ${other}`] : [];
        }),
  );
}

const column = (count: number, pitch: number): NodePosition[] =>
  Array.from({ length: count }, (_, row) => ({ x: 200, y: 40 + row * pitch }));
const clients = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `client-${at + 1}`);

describe('names of nodes', () => {
  it('stand below where there is room', () => {
    expect(labelSides(column(3, 100), clients(3), 'below')).toEqual(['below', 'below', 'below']);
  });

  it('stood under the next node of a column 29 px apart, and stand beside theirs now', () => {
    const places = column(15, 29);
    expect(labelSides(places, clients(15), 'below')).toEqual(places.map(() => 'left'));
  });

  it('stand beside their nodes where links run downwards', () => {
    expect(labelSides(column(3, 56), clients(3), 'right')).toEqual(['right', 'right', 'right']);
  });

  it.each([
    ['a column', column(18, 20), 'below'],
    [
      'a row of circles that nearly touch',
      column(15, 16).map(({ x, y }) => ({ x: y, y: x })),
      'right',
    ],
    ['nodes of one place', column(6, 0), 'below'],
    ['a diagonal', Array.from({ length: 40 }, (_, at) => ({ x: at * 9, y: at * 11 })), 'below'],
  ] as const)('never lie on another name or node: %s', (_, places, first) => {
    const names = clients(places.length);
    expect(clashes(places, names, first)).toEqual([]);
    expect(labelSides(places, names, first).some((side) => side !== undefined)).toBe(true);
  });
});
