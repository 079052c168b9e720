import { describe, expect, it } from 'vitest';
import type { AskAnswer } from '../../../../reports/model.ts';
import { RemoteAsks } from '../../../../runner/distributed/coordinator/remote-asks.ts';
import type { WallClockAgenda } from '../../../../runner/distributed/coordinator/wall-agenda.ts';
import type { AgentFleet } from '../../../../runner/distributed/messages/messages.ts';

const ASK = { node: 'alice', kind: 'count', target: '', body: '', withinNs: 5 };
const OK: AskAnswer = { outcome: 'ok', tookNs: 3, parts: 1, bytes: 1 };

function setup(): {
  asks: RemoteAsks;
  told: unknown[];
  late: (() => void)[];
  got: unknown[];
  taker: { part: (body: Uint8Array) => void; ended: (answer: AskAnswer) => void };
} {
  const told: unknown[] = [];
  const late: (() => void)[] = [];
  const got: unknown[] = [];
  const fleet = { tell: (...args: unknown[]) => told.push(args) } as unknown as AgentFleet;
  const agenda = {
    now: (): number => 7,
    at: (_: number, fire: () => void): unknown => late.push(fire),
  };
  const asks = new RemoteAsks(fleet, agenda as unknown as WallClockAgenda);
  const taker = {
    part: (body: Uint8Array): void => void got.push([...body]),
    ended: (answer: AskAnswer): void => void got.push(answer),
  };
  return { asks, told, late, got, taker };
}

describe('a question to a node in another process', () => {
  it('goes to its agent, whose parts and answer come back once', () => {
    const { asks, told, late, got, taker } = setup();
    asks.ask(ASK, taker);
    expect(told).toEqual([[{ type: 'ask', number: 1, ask: ASK }, ['alice']]]);
    asks.hear(['alice'], { type: 'part', number: 1, body: Uint8Array.of(4) });
    asks.hear(['alice'], { type: 'answer', number: 1, answer: OK });
    asks.hear(['alice'], { type: 'answer', number: 1, answer: OK });
    late[0]?.();
    expect(got).toEqual([[4], OK]);
  });

  it('is given up when its agent sends more than an answer may have: it had no end', () => {
    const { asks, told, got, taker } = setup();
    asks.ask(ASK, { ...taker, part: () => undefined });
    const part = { type: 'part', number: 1, body: new Uint8Array(400_000) } as const;
    for (let sent = 0; sent < 4; sent += 1) asks.hear(['alice'], part);
    expect(got).toMatchObject([{ outcome: 'too-long' }]);
    expect(told.at(-1)).toEqual([{ type: 'unask', number: 1 }, ['alice']]);
  });

  it('is answered by nobody but the agent that was asked', () => {
    const { asks, got, taker } = setup();
    asks.ask(ASK, taker);
    asks.hear(['bob'], { type: 'part', number: 1, body: Uint8Array.of(4) });
    asks.hear(['bob'], { type: 'answer', number: 1, answer: OK });
    asks.hear(['alice'], { type: 'answer', number: 2, answer: OK });
    expect(got).toEqual([]);
  });

  it('ends when its node is crashed, when its agent says nothing, or when nobody waits', () => {
    const nothing = { tookNs: 0, parts: 0, bytes: 0 };
    const crashed = setup();
    crashed.asks.ask(ASK, crashed.taker);
    crashed.asks.crashed('bob');
    crashed.asks.crashed('alice');
    expect(crashed.got).toEqual([{ outcome: 'node-down', ...nothing }]);
    const silent = setup();
    silent.asks.ask(ASK, silent.taker);
    silent.late[0]?.();
    expect(silent.got).toEqual([{ outcome: 'no-answer', ...nothing }]);
    const left = setup();
    const undo = left.asks.ask(ASK, left.taker);
    undo();
    undo();
    expect(left.got).toEqual([{ outcome: 'cancelled', ...nothing }]);
    expect(left.told.slice(1)).toEqual([[{ type: 'unask', number: 1 }, ['alice']]]);
  });
});
