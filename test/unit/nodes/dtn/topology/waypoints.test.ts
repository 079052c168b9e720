import { describe, expect, it } from 'vitest';
import { meetingsOfWalks, type WalkLeg } from '../../../../../nodes/dtn/topology/walk-meetings.ts';
import { seededRandom } from '../../../../../topologies/generate/random.ts';
import { generating, windowsOf } from './generate.ts';

const load = generating();
const NS_PER_S = 1e9;

/** A walk of straight legs between random points of a square of 100 m, and rests. */
function randomWalk(draw: (below: number) => number, seconds: number): readonly WalkLeg[] {
  const legs: WalkLeg[] = [];
  let [x, y, now] = [draw(100), draw(100), 0];
  while (now < seconds) {
    const length = 1 + draw(20);
    const isRest = draw(4) === 0;
    const [dx, dy] = isRest ? [0, 0] : [draw(7) - 3, draw(7) - 3];
    legs.push({ start: now, end: now + length, x, y, dx, dy });
    [x, y, now] = [x + dx * length, y + dy * length, now + length];
  }
  return legs;
}

function distanceAt(seconds: number, walks: readonly (readonly WalkLeg[])[]): number {
  const places = walks.map((walk) => {
    const leg = walk.find(({ end }) => seconds < end) as WalkLeg;
    return [leg.x + leg.dx * (seconds - leg.start), leg.y + leg.dy * (seconds - leg.start)];
  });
  const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = places;
  return Math.hypot(ax - bx, ay - by);
}

describe('meetings of walks', () => {
  it('are the times at which the distance is below the range, and no others', () => {
    const draw = seededRandom('test', 1);
    let checked = 0;
    for (let round = 0; round < 50; round += 1) {
      const walks = [randomWalk(draw, 200), randomWalk(draw, 200)] as const;
      const meetings = meetingsOfWalks(...walks, { range: 15, until: 200 * NS_PER_S });
      for (let seconds = 0.005; seconds < 200; seconds += 0.01) {
        const distance = distanceAt(seconds, walks);
        if (Math.abs(distance - 15) < 1e-6) continue;
        const at = seconds * NS_PER_S;
        const isTogether = meetings.some(({ startNs, endNs }) => startNs <= at && at <= endNs);
        if (isTogether !== distance < 15) throw new Error(`${seconds} s: ${distance} m`);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(990_000);
  });

  it('begin and end at the nanosecond that the motion says', () => {
    // Towards each other at 5 m/s in all, 100 m apart: 30 m at 14 s, past each other, 30 m at 26 s.
    const towards: WalkLeg = { start: 0, end: 60, x: 0, y: 0, dx: 2, dy: 0 };
    const against: WalkLeg = { start: 0, end: 60, x: 100, y: 0, dx: -3, dy: 0 };
    const limits = { range: 30, until: 60 * NS_PER_S };
    expect(meetingsOfWalks([towards], [against], limits)).toEqual([
      { startNs: 14 * NS_PER_S, endNs: 26 * NS_PER_S },
    ]);
  });

  it('go on over the ends of legs', () => {
    const still = (start: number, end: number): WalkLeg => ({
      start,
      end,
      x: 5,
      y: 5,
      dx: 0,
      dy: 0,
    });
    const a = [still(0, 10), still(10, 30)];
    const b = [still(0, 17), still(17, 30)];
    expect(meetingsOfWalks(a, b, { range: 1, until: 25 * NS_PER_S })).toEqual([
      { startNs: 0, endNs: 25 * NS_PER_S },
    ]);
  });
});

describe('generate: { kind: waypoints }', () => {
  it('makes links of pairs that meet only', () => {
    const made = load(
      '{ kind: waypoints, nodes: 30, width: 5km, height: 3km, range: 50m, until: 3h }',
    );
    expect(made.hosts).toHaveLength(30);
    expect(made.links.length).toBeGreaterThan(20);
    expect(made.links.length).toBeLessThan(200);
  });

  it('is stationary: nodes meet as often at the beginning as later', () => {
    const made = load(
      '{ kind: waypoints, nodes: 200, range: 20m, slowest: 0.1m/s, fastest: 2m/s, rest: 1min, until: 4h }',
    );
    const starts = windowsOf(made).flatMap((windows) => windows.map(({ startNs }) => startNs));
    const quarters = [0, 0, 0, 0];
    for (const start of starts) {
      const quarter = Math.floor(start / (3_600 * NS_PER_S));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    const mean = starts.length / quarters.length;
    for (const count of quarters) expect(Math.abs(count / mean - 1)).toBeLessThan(0.06);
  });

  it('says at the parameter what is wrong', () => {
    expect(() => load('{ kind: waypoints, nodes: 9, range: 50 }')).toThrow(
      /generate\.range: 50 has no unit, expected a length such as 100m/,
    );
    expect(() => load('{ kind: waypoints, nodes: 9, slowest: 2m/s, fastest: 1m/s }')).toThrow(
      /generate\.fastest/,
    );
  });
});
