/**
 * Open messages: the order in which they leave, and the least number that is open.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { RECEIVE_WINDOW_NUMBERS } from '../../../../nodes/fabric/geometry.ts';
import { Outbox } from '../../../../nodes/fabric/outgoing/outbox.ts';
import { OutgoingMessage } from '../../../../nodes/fabric/outgoing/outgoing-message.ts';

function add(
  outbox: Outbox<string>,
  number: number,
  { priority = 1, deadlineNs = 1_000 } = {},
): OutgoingMessage<string> {
  const message = new OutgoingMessage<string>({
    ...{
      number,
      kind: 'call',
      priority,
      private: false,
      deadlineNs,
      sinceNs: 0,
      bytes: new Uint8Array(10),
    },
    ...{ payloadBytes: 1, correlation: null },
  });
  outbox.add(message);
  outbox.queue(message);
  return message;
}

/** Numbers in the order in which they leave. */
function leaving(outbox: Outbox<string>): readonly number[] {
  const numbers: number[] = [];
  for (let next = outbox.next(); next !== undefined; next = outbox.next()) {
    numbers.push(next.number);
    next.todo.clear();
  }
  return numbers;
}

describe('open messages', () => {
  it('leave by priority, then by age, also when they are lost', () => {
    const outbox = new Outbox<string>(1);
    const messages = [0, 3, 1, 3, 1].map((priority, index) => add(outbox, index + 1, { priority }));
    expect(leaving(outbox)).toEqual([2, 4, 3, 5, 1]);
    for (const index of [4, 2, 3]) {
      messages[index]?.lost(2, 5);
      outbox.queue(messages[index] as OutgoingMessage<string>);
    }
    expect(leaving(outbox)).toEqual([4, 3, 5]);
  });

  it('wait from 1,024 numbers above the least open one on', () => {
    const outbox = new Outbox<string>(1);
    const first = add(outbox, 1, { priority: 0 });
    const urgent = Array.from({ length: RECEIVE_WINDOW_NUMBERS }, (_, index) =>
      add(outbox, 2 + index, { priority: 3 }),
    );
    expect(leaving(outbox).slice(-2)).toEqual([RECEIVE_WINDOW_NUMBERS, 1]);
    outbox.handled(first);
    expect([outbox.floor, leaving(outbox)]).toEqual([2, [urgent.at(-1)?.number]]);
  });

  it('have a floor that passes those that are over or wait for their answers', () => {
    const outbox = new Outbox<string>(7);
    const messages = [7, 8, 9].map((number) => add(outbox, number));
    outbox.over(messages[1] as OutgoingMessage<string>);
    expect(outbox.floor).toBe(7);
    outbox.handled(messages[0] as OutgoingMessage<string>);
    expect([outbox.floor, outbox.size, outbox.isWaiting]).toEqual([9, 2, true]);
    outbox.over(messages[2] as OutgoingMessage<string>);
    expect([outbox.floor, outbox.last, outbox.isWaiting]).toEqual([10, 9, false]);
  });

  it('give way to higher priorities: the newest of the lowest of which nothing has left', () => {
    const outbox = new Outbox<string>(1);
    const messages = [1, 0, 0, 1].map((priority, index) => add(outbox, index + 1, { priority }));
    (messages[2] as OutgoingMessage<string>).sentEnd = 1;
    expect(outbox.displaced(0)).toBeUndefined();
    expect(outbox.displaced(3)?.number).toBe(2);
    outbox.over(messages[1] as OutgoingMessage<string>);
    expect(leaving(outbox)).not.toContain(2);
  });

  it('are due at their deadlines, unless they are over', () => {
    const outbox = new Outbox<string>(1);
    const early = add(outbox, 1, { deadlineNs: 100 });
    add(outbox, 2, { deadlineNs: 300 });
    expect(outbox.nextAt).toBe(100);
    outbox.over(early);
    expect([outbox.nextAt, outbox.takeDue(299)]).toEqual([300, undefined]);
    expect(outbox.takeDue(300)?.number).toBe(2);
  });
});

describe('messages that end before their priority is served', () => {
  it('stayed in their queue with all their bytes as long as more urgent ones were there', () => {
    const outbox = new Outbox<string>(1);
    add(outbox, 1, { priority: 3 });
    for (let number = 2; number < 3_000; number += 1) {
      outbox.over(add(outbox, number, { priority: 0 }));
      expect(outbox.next()?.number).toBe(1);
    }
    expect(outbox.queued).toBeLessThanOrEqual(1_027);
    expect(leaving(outbox)).toEqual([1]);
  });
});
