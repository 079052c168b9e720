/**
 * A wire keeps its guarantees whether Node sends datagrams immediately or in groups in the next
 * turn of the loop.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { WireFacts } from './wire-worker.ts';

const PROGRAM = fileURLToPath(new URL('./wire-worker.ts', import.meta.url));
const MANY = 200;
const TOO_MANY = 5_000;
/** Buffers may be returned this many sends later. */
const LATE_MAX = 32;
const SEND_QUEUE_MAX = 4_096;

async function factsOf(options: readonly string[]): Promise<WireFacts> {
  const args = [...options, '--import', 'tsx', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as WireFacts;
}

// Flag of Node for testing its send queue (ADR 0016); users may also start Node with it.
const QUEUE = '--test-udp-no-try-send';
const [atOnce, grouped] = await Promise.all([factsOf([]), factsOf([QUEUE])]);

describe('a Node with the option', () => {
  it('leaves what one turn sends in the queue, and one without it does not', () => {
    expect(grouped.waiting).toBe(MANY);
    expect(atOnce.waiting).toBeLessThanOrEqual(LATE_MAX);
  });
});

describe.each([
  ['sent at once', atOnce],
  ['sent in groups', grouped],
])('datagrams %s', (_, facts) => {
  it('arrive in order as they were, though their buffers are written on when they are back', () => {
    expect([facts.arrived, facts.intact]).toEqual([2 * MANY, 2 * MANY]);
  });

  it('hand back their buffers in order, few sends late', () => {
    expect(facts.handedBack).toBeGreaterThanOrEqual(2 * MANY - LATE_MAX);
  });

  it('leave before a closed port is free', () => {
    expect([facts.flushed, facts.portIsFree]).toEqual([MANY, true]);
  });

  it('are counted as lost when the port has to be free at once', () => {
    const { arrived, lost } = facts.abandoned;
    expect(arrived + lost).toBeGreaterThanOrEqual(MANY);
  });

  it('of a socket closed and opened again within a turn have left or are counted as unsent', () => {
    const { failure, counts } = facts.reopened;
    expect(failure).toBe('none');
    const { written, unsent } = counts;
    expect(written + unsent).toBe(MANY + 1);
  });
});

it('datagrams that wait are bounded; those that find no room are refused, not kept', () => {
  expect([grouped.taken, grouped.refused]).toEqual([SEND_QUEUE_MAX, TOO_MANY - SEND_QUEUE_MAX]);
  expect(atOnce.refused).toBe(0);
});

it('datagrams that wait have left when the next turn is over, so that none waits longer than a turn', () => {
  expect([grouped.leftAfterTurn, atOnce.leftAfterTurn]).toEqual([0, 0]);
  // Datagrams still wait if the socket is closed before that turn.
  expect(grouped.abandoned.lost).toBeGreaterThan(100);
});

it('datagrams sent at once are never lost by closing', () => {
  expect(atOnce.abandoned).toEqual({ arrived: MANY, lost: 0 });
});
