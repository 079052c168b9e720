/**
 * What a receiver keeps of messages that their sender has given up: nothing.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CORRECT_BEHAVIOUR } from '../../../../nodes/fabric/behaviour.ts';
import type { FabricOptions } from '../../../../nodes/fabric/config.ts';
import { DiskWriteScheduler } from '../../../../nodes/fabric/disk-write-scheduler.ts';
import type { PeerEffect } from '../../../../nodes/fabric/effects.ts';
import { encodeEnvelope, makeMessageId } from '../../../../nodes/fabric/envelope.ts';
import { Receiver } from '../../../../nodes/fabric/incoming/receiver.ts';
import type { AwaitingWriteItem, PeerMachineParts } from '../../../../nodes/fabric/peer-parts.ts';
import type { FabricPacket } from '../../../../nodes/fabric/wire.ts';

const MEMORY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function packetWith(number: number): FabricPacket {
  const bytes = encodeEnvelope({
    id: makeMessageId(MEMORY, number),
    from: 'alice',
    to: 'bob',
    kind: 'call',
    correlation: null,
    deadlineMs: 1_000,
    priority: 1,
    attempt: 0,
    payload: new Uint8Array(10),
  });
  return {
    life: 1,
    number,
    memory: MEMORY,
    floor: 1,
    isEliciting: true,
    asksNews: false,
    acknowledgement: undefined,
    news: undefined,
    challenge: undefined,
    confirmation: undefined,
    pieces: [{ number, total: bytes.length, offset: 0, bytes }],
  };
}

/** A receiver whose calls are with an application that does not answer. */
function receiver(): {
  readonly receiver: Receiver<never>;
  readonly handed: readonly number[];
  readonly drops: readonly string[];
} {
  const handed: number[] = [];
  const drops: string[] = [];
  const parts = {
    own: 'bob',
    peer: 'alice',
    options: { order: 'arrival' } as FabricOptions,
    behaviour: CORRECT_BEHAVIOUR,
    clock: () => ({ seconds: 0, nanos: 0 }),
    isOutside: (): boolean => false,
    inboxRecord: undefined,
  } as Partial<PeerMachineParts> as PeerMachineParts;
  const emit = (effect: PeerEffect<never>): void => {
    if (effect.kind === 'hand') handed.push(effect.arrival.number);
    if (effect.kind === 'drop') drops.push(effect.reason);
  };
  const shared = {
    parts,
    journal: new DiskWriteScheduler<AwaitingWriteItem<never>>(() => true),
    emit,
  };
  const made = new Receiver<never>(shared, () => false);
  made.inbox.adopt(MEMORY);
  return { receiver: made, handed, drops };
}

describe('a call that its caller has given up', () => {
  it('was kept for ever where the application never answers', () => {
    const { receiver: one, handed } = receiver();
    for (let number = 1; number <= 10_000; number += 1) {
      one.raise(number - 2);
      one.take(0, packetWith(number));
      expect(one.inbox.inHand).toBeLessThanOrEqual(3);
      expect(one.call(number)?.number).toBe(number);
      expect(one.call(number - 3)).toBeUndefined();
    }
    expect(handed).toHaveLength(10_000);
    one.raise(10_001);
    expect([one.inbox.inHand, one.call(10_000)]).toEqual([0, undefined]);
  });

  it('may be answered all the same, without effect', () => {
    const { receiver: one } = receiver();
    one.take(0, packetWith(1));
    one.raise(2);
    one.handled(1);
    expect(one.inbox.contiguous).toBe(1);
    expect(one.take(0, packetWith(1))).toBe('known');
  });
});

it('a message that its sender gave up while pieces of it were here went without a reason', () => {
  const { receiver: one, drops } = receiver();
  const [piece] = packetWith(1).pieces;
  if (piece === undefined) throw new Error('no piece');
  for (const number of [1, 2, 3]) {
    const pieces = [{ ...piece, number, bytes: piece.bytes.subarray(0, 9) }];
    one.take(0, { ...packetWith(number), pieces });
  }
  one.raise(3);
  one.raise(3);
  expect(drops).toEqual(['given-up', 'given-up']);
});
