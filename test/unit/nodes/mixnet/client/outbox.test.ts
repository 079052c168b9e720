/**
 * The send queue of a client: order by priority, and lifetimes (docs/spec/stacking.md#wishes).
 *
 * @module
 */
import { expect, it } from 'vitest';
import { Outbox, type OutboxSendOptions } from '../../../../../nodes/mixnet/client/outbox.ts';
import type { ClientContact } from '../../../../../nodes/mixnet/client/parts.ts';
import type { Fragment } from '../../../../../nodes/mixnet/client/wire.ts';
import { Lab, SECOND } from './lab.ts';

const TO: ClientContact = {
  name: 'client-2',
  provider: 'provider-1',
  recipientId: new Uint8Array(32),
};

const fragments = (count: number): readonly Fragment[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'fragment',
    messageId: new Uint8Array(16),
    index,
    count,
    sender: new Uint8Array(32),
    data: new Uint8Array(1),
  }));

class Box {
  readonly settled: string[] = [];
  readonly outbox = new Outbox({ capacity: 10, tries: 3 }, (message, how) => {
    this.settled.push(`${message} ${how}`);
  });

  add(terms: OutboxSendOptions = {}, count = 1): number | undefined {
    return this.outbox.addMessage(TO, fragments(count), terms);
  }

  /** Numbers of the messages whose fragments leave, in order. */
  get order(): readonly number[] {
    const order: number[] = [];
    for (let next = this.outbox.take(); next !== undefined; next = this.outbox.take()) {
      if (next.kind !== 'fragment') continue;
      order.push(next.sending.number);
      this.outbox.sentForGood(next);
    }
    return order;
  }
}

it('serves urgent messages first, and those of one priority in order', () => {
  const box = new Box();
  for (const priority of [0, 1, 2, undefined, 2, 0] as const) box.add({ priority });
  expect(box.order).toEqual([2, 4, 1, 3, 0, 5]);
});

it('gives a message up at the end of its lifetime, and none of its fragments leaves', () => {
  const box = new Box();
  box.add({ endsNs: 5_000 }, 3);
  box.add({ endsNs: 9_000 });
  box.add();
  expect(box.outbox.nextAt).toBe(5_000);
  expect(box.outbox.endLifetimes(4_999)).toBe(0);
  expect(box.outbox.endLifetimes(5_000)).toBe(1);
  expect(box.settled).toEqual(['0 abandoned']);
  expect(box.outbox.nextAt).toBe(9_000);
  expect(box.order).toEqual([1, 2]);
  // The place of each fragment is free again, and a message that was sent does not end.
  expect(box.outbox.load).toBe(0);
  expect(box.outbox.endLifetimes(9_000)).toBe(0);
  expect(box.outbox.invariant()).toBeUndefined();
  expect(box.outbox.counts).toMatchObject({ submitted: 3, abandoned: 1, sent: 2, open: 0 });
});

it('does not show on the wire what is urgent: packets leave at the same instants', () => {
  const timesOf = (priority: 0 | 1 | 2): readonly number[] => {
    const lab = new Lab();
    const { sendTimes } = lab.client(1);
    for (let message = 0; message < 5; message += 1) {
      lab.submit(1, 'client-2', new Uint8Array(50), { priority });
    }
    lab.run(10 * SECOND);
    return sendTimes;
  };
  expect(timesOf(2).length).toBeGreaterThan(10);
  expect(timesOf(0)).toEqual(timesOf(2));
});

it('drops what an application no longer wants, by name, when nothing acknowledges it', () => {
  const lab = new Lab({ loss: 1 });
  const { drops, settled } = lab.client(1);
  lab.submit(1, 'client-2', new Uint8Array(50), { lifetime: 2 * SECOND });
  lab.run(1.9 * SECOND);
  expect(drops.get('lifetime-over')).toBeUndefined();
  lab.run(2.1 * SECOND);
  expect(drops.get('lifetime-over')).toBe(1);
  expect(settled.get(0)).toBe('abandoned');
});
