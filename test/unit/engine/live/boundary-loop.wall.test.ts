/**
 * A socket that another process fills with more than its event loop can carry: how old is what the node gets,
 * what that costs, and what the rule would do without marks or with a larger buffer.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { BOUNDARY_KNEE, runBoundaryLoop } from './boundary-loop.ts';

const MS = 1_000_000;
/** How many datagrams of 1,000 bytes fit into 1 MiB and into 4 MiB. */
const [ROOM, LARGE_ROOM] = [900, 3_600];
/** A process that gets an eighth of a machine. */
const SLOW = 8;
const SLOW_KNEE = BOUNDARY_KNEE / SLOW;

describe.each([1.5, 3])('a boundary socket that gets %f times what its loop carries', (times) => {
  it('hands over nothing that is older than 105 ms, whatever its buffer holds', async () => {
    const order = { times, room: LARGE_ROOM, slowness: SLOW } as const;
    const [without, ruled] = [
      await runBoundaryLoop({ ...order, rule: 'none' }),
      await runBoundaryLoop({ ...order, rule: 'late' }),
    ];
    expect(without.ageMsMax).toBeGreaterThan(400);
    expect(ruled.ageMsMax).toBeLessThanOrEqual(105);
    expect(ruled.ageMsMax).toBeGreaterThanOrEqual(95);
    expect(ruled.late).toBeGreaterThan(0);
  });

  it('keeps its goodput with the buffer that wires ask for', async () => {
    const order = { times, room: ROOM, rule: 'late' } as const;
    const [fast, slow] = [
      await runBoundaryLoop(order),
      await runBoundaryLoop({ ...order, slowness: SLOW }),
    ];
    expect(fast.goodput).toBeGreaterThanOrEqual(0.9 * BOUNDARY_KNEE);
    expect(slow.goodput).toBeGreaterThanOrEqual(0.75 * SLOW_KNEE);
    expect(slow.ageMsMax).toBeLessThanOrEqual(105);
  });

  it('loses probes to a full buffer only: none of those that were read', async () => {
    const ruled = await runBoundaryLoop({ times, room: ROOM, rule: 'late', slowness: SLOW });
    const without = await runBoundaryLoop({ times, room: ROOM, rule: 'none', slowness: SLOW });
    expect(ruled.probesLost).toBeLessThan(without.probesLost);
    expect(ruled.probeAgeMsMax).toBeLessThanOrEqual(105);
    expect(ruled.probesDropped).toBe(0);
  });
});

it('spends itself on reading where the buffer is four times as large', async () => {
  const large = { times: 3, room: LARGE_ROOM, rule: 'late', slowness: SLOW } as const;
  expect((await runBoundaryLoop(large)).goodput).toBeLessThan(0.2 * SLOW_KNEE);
});

it('collapses without marks, when only an emptied socket counts as fresh', async () => {
  const unmarked = { times: 3, room: ROOM, rule: 'late', losesMarks: true } as const;
  expect((await runBoundaryLoop(unmarked)).goodput).toBeLessThan(0.3 * BOUNDARY_KNEE);
});

it('drops nothing as late where a queue stands for long and is short', async () => {
  const near = await runBoundaryLoop({ times: 0.98, room: LARGE_ROOM, rule: 'late' });
  expect(near.ageMsMax).toBeGreaterThan(20);
  expect(near.late).toBe(0);
});

it('drops nothing below the knee', async () => {
  const calm = await runBoundaryLoop({ times: 0.9, room: ROOM, rule: 'late' });
  expect([calm.late, calm.overflown, calm.probesLost]).toEqual([0, 0, 0]);
});

describe('after a pause of the process', () => {
  const pause = { atNs: 500 * MS, forNs: 300 * MS };
  // Less arrives within the pause than the buffer holds.
  const order = { times: 0.3, room: LARGE_ROOM, rule: 'late', pause } as const;

  it('everything is served once, however old it is', async () => {
    const paused = await runBoundaryLoop({ ...order, slowness: 4 });
    expect(paused.ageMsMax).toBeGreaterThan(280);
    expect([paused.late, paused.overflown, paused.probesLost]).toEqual([0, 0, 0]);
  });

  it('only what is not served within 80 ms is dropped', async () => {
    const paused = await runBoundaryLoop({ ...order, times: 0.5, slowness: SLOW });
    // 1,340 datagrams arrived meanwhile, and 80 ms are 714 of them.
    expect(paused.late).toBeGreaterThan(0);
    expect(paused.late).toBeLessThanOrEqual(1_340 - 600);
    expect(paused.probesDropped).toBe(0);
  });
});
