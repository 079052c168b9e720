import { describe, expect, it } from 'vitest';
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { OpenRequest, RequestWithReceiver } from '../../../engine/net/inquiry.ts';
import type { AskAnswer } from '../../../reports/model.ts';
import { ANSWER_BYTES_MAX, type AskedNode, askNode } from '../../../runner/asks/ask.ts';
import { AskMeter } from '../../../runner/asks/ask-meter.ts';
import type { Reconfigurations } from '../../../runner/nodes/reconfigure.ts';
import type { Undo } from '../../../runner/world.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';

const SPEC: AskSpec = { node: 'a', kind: 'count', target: 'b', body: 'to 3', withinNs: 100 };

/** A world with one node, whose answers the test gives. */
class Asking {
  nowNs = 1_000;
  readonly got: string[] = [];
  readonly answers: AskAnswer[] = [];
  readonly timers: (() => void)[] = [];
  inquiry: RequestWithReceiver | undefined;
  answerAtOnce: ((inquiry: RequestWithReceiver) => unknown) | undefined;
  cancels = 0;
  /** Less one for each wait that has ended. */
  waits = 0;

  ask(
    spec: Partial<AskSpec> = {},
    node: NodeHandle | undefined = { start: () => undefined },
  ): Undo {
    const world = {
      now: () => this.nowNs,
      later: (_delayNs: number, fire: () => void) => {
        this.timers.push(fire);
        return (): void => {
          this.waits -= 1;
        };
      },
      host: () => ({ now: (): number => this.nowNs - 600 }),
      call: (_node: string, _kind: string, act: () => unknown) => act(),
      request: (_node: string, inquiry: RequestWithReceiver): OpenRequest => {
        this.inquiry = inquiry;
        this.answerAtOnce?.(inquiry);
        const cancel = (): void => {
          this.cancels += 1;
        };
        return { cancel, room: () => undefined };
      },
    } as unknown as AskedNode['world'];
    const taker = {
      part: (body: Uint8Array): unknown => this.got.push(new TextDecoder().decode(body)),
      ended: (answer: AskAnswer): unknown => this.answers.push(answer),
    };
    const reconfigurations = {
      change: ({ body }: AskSpec) => ({ outcome: 'needs-restart', text: `${body}\n` }),
    } as unknown as Reconfigurations;
    return askNode({ world, node, reconfigurations }, { ...SPEC, ...spec }, taker);
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a question', () => {
  it('is put with its deadline on the clock of the node, and answered in parts', () => {
    const asking = new Asking();
    asking.ask();
    const { inquiry } = asking;
    expect(inquiry).toMatchObject({ kind: 'count', target: 'b', deadlineNs: 500 });
    expect(new TextDecoder().decode(inquiry?.body)).toBe('to 3');
    expect(inquiry?.more?.(bytes('1'))).toBe('ok');
    expect(inquiry?.more?.(bytes('2'))).toBe('ok');
    asking.nowNs += 30;
    inquiry?.respond('ok', bytes('3'));
    for (const fire of asking.timers) fire();
    expect(asking.got).toEqual(['1', '2', '3']);
    expect(asking.answers).toEqual([{ outcome: 'ok', tookNs: 30, parts: 2, bytes: 3 }]);
    expect([asking.cancels, asking.waits]).toEqual([0, -1]);
  });

  it('is given up when its time is over, or by its asker, and later words do not count', () => {
    for (const [how, outcome] of [
      ['timer', 'no-answer'],
      ['asker', 'cancelled'],
    ]) {
      const asking = new Asking();
      const undo = asking.ask();
      asking.nowNs += 100;
      if (how === 'timer') asking.timers[0]?.();
      else undo();
      undo();
      expect(asking.inquiry?.more?.(bytes('x'))).toBe('full');
      asking.inquiry?.respond('ok');
      expect(asking.answers).toEqual([{ outcome, tookNs: 100, parts: 0, bytes: 0 }]);
      expect(asking.cancels).toBe(1);
    }
  });

  it('is given up where the answer is longer than a mebibyte, in parts or at once', () => {
    const half = new Uint8Array(ANSWER_BYTES_MAX / 2);
    const parts = new Asking();
    parts.ask();
    expect([half, half, bytes('x')].map((part) => parts.inquiry?.more?.(part))).toEqual([
      ...['ok', 'ok', 'full'],
    ]);
    expect([parts.answers[0]?.outcome, parts.cancels]).toEqual(['too-long', 1]);
    const whole = new Asking();
    whole.ask();
    whole.inquiry?.respond('ok', new Uint8Array(ANSWER_BYTES_MAX + 1));
    expect(whole.answers).toEqual([{ outcome: 'too-long', tookNs: 0, parts: 0, bytes: 0 }]);
  });

  it('whose answer was too long at once was never taken back, and a node may say no more than a word', () => {
    const asking = new Asking();
    asking.answerAtOnce = (inquiry): unknown =>
      inquiry.more?.(new Uint8Array(ANSWER_BYTES_MAX + 1));
    asking.ask();
    expect([asking.answers[0]?.outcome, asking.cancels, asking.waits]).toEqual(['too-long', 1, -1]);
    const wordy = new Asking();
    wordy.answerAtOnce = (inquiry): unknown => inquiry.respond('x'.repeat(300));
    wordy.ask({ withinNs: 0.4 });
    expect(wordy.answers[0]?.outcome).toHaveLength(256);
    expect(wordy.inquiry?.deadlineNs).toBe(401);
  });

  it('of a node that is down is `node-down`; `status` is answered by every node', () => {
    const down = new Asking();
    down.ask({}, undefined as unknown as NodeHandle);
    const up = new Asking();
    up.ask({ kind: 'status' }, { start: () => undefined, status: () => ({ peers: 2 }) });
    expect(up.got).toEqual(['{"peers":2}']);
    expect([up.answers[0]?.outcome, up.inquiry]).toEqual(['ok', undefined]);
    const bad = new Asking();
    const status = (): never => {
      throw new Error('no peers yet');
    };
    bad.ask({ kind: 'status' }, { start: () => undefined, status });
    expect([bad.got, bad.answers[0]?.outcome]).toEqual([['no peers yet'], 'failed']);
    up.ask({ kind: 'reconfigure', body: '{}' });
    expect([up.got[1], up.answers[1]?.outcome]).toEqual(['{}\n', 'needs-restart']);
  });
});

describe('the metrics of questions', () => {
  it('count those after warm-up: all of them, and the time of those that were answered ok', () => {
    const book = new AskMeter(1_000);
    expect(book.metrics()).toEqual({});
    const answer = { outcome: 'ok', tookNs: 700, parts: 0, bytes: 0 };
    book.put(999)(answer);
    expect(book.metrics()).toEqual({});
    book.put(1_000)(answer);
    book.put(2_000)({ ...answer, outcome: 'busy' });
    book.put(3_000);
    expect(book.metrics()).toMatchObject({
      'ask.ok': { numerator: 1, denominator: 3 },
      'ask.time': { data: { count: 1, max: 700 } },
    });
  });
});
