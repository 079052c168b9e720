/**
 * What came from a peer: once, again after a crash, and from memories that it had before.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';
import {
  ASSEMBLY_GAPS_MAX,
  RECEIVE_WINDOW_NUMBERS,
  UNSYNCED_HANDOVERS_MAX,
} from '../../../../nodes/fabric/geometry.ts';
import { Inbox } from '../../../../nodes/fabric/incoming/inbox.ts';
import type { MessagePiece } from '../../../../nodes/fabric/wire.ts';

const MIB = 1_048_576;
const memoryOf = (name: number): Uint8Array => new Uint8Array(8).fill(name);

function piece(number: number, fields: Partial<MessagePiece> = {}): MessagePiece {
  return { number, total: 4, offset: 0, bytes: Uint8Array.of(1, 2, 3, 4), ...fields };
}

function inboxOf(record?: Uint8Array): Inbox {
  const inbox = new Inbox(record);
  if (record === undefined) inbox.adopt(memoryOf(1));
  return inbox;
}

/** Hands over and handles a message. */
function handle(inbox: Inbox, number: number): void {
  inbox.hand(number, 4);
  inbox.handled(number);
}

describe('a message', () => {
  it('is taken once: not while it is with its handler, nor afterwards, nor after a restart', () => {
    const inbox = inboxOf();
    expect(inbox.take(piece(1)).kind).toBe('whole');
    inbox.hand(1, 4);
    expect(inbox.take(piece(1)).kind).toBe('known');
    inbox.handled(1);
    expect(inbox.take(piece(1)).kind).toBe('known');
    expect(inboxOf(inbox.record()).take(piece(1)).kind).toBe('known');
  });

  it('that was not handled before a crash is taken again, and said to come again', () => {
    const inbox = inboxOf();
    inbox.hand(3, 4);
    const found = inboxOf(inbox.record());
    expect(found.take(piece(3)).kind).toBe('whole');
    expect(found.hand(3, 4)).toBe(true);
    expect(found.hand(3 + UNSYNCED_HANDOVERS_MAX, 4)).toBe(true);
    expect(found.hand(3 + UNSYNCED_HANDOVERS_MAX + 1, 4)).toBe(false);
  });

  it('that its sender needs no more was to be written all the same, however many there were', () => {
    const inbox = inboxOf();
    // Every second one is given up before it comes.
    for (let number = 2; number <= 200; number += 2) {
      handle(inbox, number);
      inbox.raise(number);
    }
    inbox.record();
    expect(inbox.written()).toHaveLength(1);
  });

  it('is told of when the disk knows it, and not when a write has failed', () => {
    const inbox = inboxOf();
    handle(inbox, 1);
    inbox.record();
    handle(inbox, 2);
    expect(inbox.news().contiguous).toBe(0);
    inbox.notWritten();
    expect(inbox.news().contiguous).toBe(0);
    inbox.record();
    expect(inbox.written()).toHaveLength(2);
    expect(inbox.news().contiguous).toBe(2);
  });

  it('beyond the window is refused, and one at its end taken', () => {
    const inbox = inboxOf();
    expect(inbox.take(piece(RECEIVE_WINDOW_NUMBERS)).kind).toBe('whole');
    const refused = { kind: 'drop', reason: 'beyond-window' };
    expect(inbox.take(piece(RECEIVE_WINDOW_NUMBERS + 1))).toEqual(refused);
  });
});

describe('a peer with another memory', () => {
  it('has its numbers handed over only when the disk knows the new one', () => {
    const inbox = inboxOf();
    for (let number = 1; number <= 100; number += 1) handle(inbox, number);
    inbox.record();
    inbox.written();
    expect(inbox.mayHand(50)).toBe(true);
    expect(inbox.meet(memoryOf(2))).toBe('other');
    inbox.adopt(memoryOf(2));
    expect([inbox.mayHand(1), inbox.isDirty]).toEqual([false, true]);
    const record = inbox.record();
    inbox.written();
    expect(inbox.mayHand(1)).toBe(true);
    const found = new Inbox(record);
    expect([found.meet(memoryOf(2)), found.meet(memoryOf(1))]).toEqual(['same', 'other']);
  });

  it('is found in a record that names former ones, as earlier versions wrote them', () => {
    const inbox = inboxOf();
    for (const number of [1, 2, 5]) handle(inbox, number);
    const record = inbox.record();
    const head = record.slice(0, 21);
    head[20] = 2;
    const found = new Inbox(concatBytes(head, memoryOf(7), memoryOf(8), record.subarray(21)));
    found.record();
    expect(found.news()).toEqual({ memory: memoryOf(1), contiguous: 2, above: Uint8Array.of(4) });
  });
});

describe('a message in pieces', () => {
  it('is whole when its last byte has come, in any order', () => {
    const inbox = inboxOf();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const outcomes = [2, 0, 3, 2, 1].map((offset) =>
      inbox.take(piece(1, { offset, bytes: bytes.subarray(offset, offset + 1) })),
    );
    expect(outcomes.map(({ kind }) => kind).join()).toBe('partial,partial,partial,partial,whole');
    expect(outcomes.at(-1)).toEqual({ kind: 'whole', bytes });
    expect(inbox.assemblyBytes).toBe(0);
  });

  it('begins anew when it has another length', () => {
    const inbox = inboxOf();
    inbox.take(piece(1, { total: 3, bytes: Uint8Array.of(9, 9) }));
    inbox.take(piece(1, { bytes: Uint8Array.of(1, 2) }));
    const last = inbox.take(piece(1, { offset: 2, bytes: Uint8Array.of(3, 4) }));
    expect(last).toEqual({ kind: 'whole', bytes: Uint8Array.of(1, 2, 3, 4) });
  });

  it('has no more gaps than 4,096; what closes one is taken', () => {
    const inbox = inboxOf();
    const take = (offset: number): unknown =>
      inbox.take(piece(1, { total: MIB, offset, bytes: Uint8Array.of(7) }));
    for (let at = 0; at < ASSEMBLY_GAPS_MAX; at += 1) take(2 * at);
    expect(take(2 * ASSEMBLY_GAPS_MAX)).toEqual({ kind: 'drop', reason: 'no-room' });
    expect(take(1)).toEqual({ kind: 'partial' });
    expect(take(2 * ASSEMBLY_GAPS_MAX)).toEqual({ kind: 'partial' });
  });

  it('gives its memory back when its sender gives it up', () => {
    const inbox = inboxOf();
    inbox.take(piece(1, { total: MIB }));
    inbox.take(piece(2, { total: MIB }));
    inbox.raise(2);
    expect(inbox.assemblyBytes).toBe(65_536);
    expect(inbox.take(piece(1)).kind).toBe('known');
  });
});
