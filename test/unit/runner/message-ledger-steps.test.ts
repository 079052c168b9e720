/** The account of messages by steps that a run meets only when its machine stalls. */
import { expect, it } from 'vitest';
import type { NodeRequest } from '../../../engine/host/host.ts';
import { MessageLedger, type MessageLedgerParts } from '../../../runner/accounts/message-ledger.ts';
import { TRUTH_BYTES } from '../../../runner/traffic/ground-truth.ts';

const FLOW = {
  index: 0,
  nextSequence: 1,
  spec: { from: 'sender', to: 'receiver' },
  meter: { hasDelivered: (): boolean => false },
};

function ledger(more: object = {}): MessageLedger {
  const parts = {
    world: { now: (): number => 0 },
    hosts: ['sender', 'provider', 'receiver'],
    flows: [FLOW],
    isOwn: (): boolean => true,
    readerOf: (): undefined => undefined,
    isPrompt: false,
    isCustody: true,
    isCarried: false,
    isCarrier: false,
    damaged: (): number => 0,
    lies: (): number => 0,
    ...more,
  };
  return new MessageLedger(parts as unknown as MessageLedgerParts);
}

const body = new Uint8Array(TRUTH_BYTES);
const request = { kind: 'send', target: 'receiver', body } as unknown as NodeRequest;

/** What became of a message that its sender, after a crash, hears to be noted. */
function fateIf(crashes: boolean): string {
  const one = ledger();
  one.requested('sender', request);
  one.of('sender').accepted?.(7);
  one.handled();
  if (crashes) {
    one.of('receiver').taken?.(7, 'held');
    one.crashed('receiver');
  }
  one.crashed('sender');
  one.of('sender').accepted?.(7);
  one.of('sender').settled?.(7, 'acknowledged');
  const fate = one.fateOf(0, 0);
  return fate.kind === 'lost' ? fate.loss.reason : fate.kind;
}

it('a message was nowhere that the disk of a crashed recipient had noted, and its application never got', () => {
  expect(fateIf(true)).toBe('node-crashed');
  // Without that crash, nobody has said why.
  expect(fateIf(false)).toBe('unaccounted');
});

/** What became of a message that its provider let go, and its sender too, as it was told. */
function changedFate(how: 'acknowledged' | 'sent', counts: object): string {
  const one = ledger({ isCustody: false, ...counts });
  one.requested('sender', request);
  const sender = one.of('sender');
  sender.accepted?.(7);
  sender.created(1, 'payload', 'receiver', 7);
  one.handled();
  const provider = one.of('provider');
  provider.arrived(1);
  provider.kept?.(1, 100);
  provider.ended(1, 'delivered');
  // Its bytes were changed on the last link, so that the recipient knows it by another number.
  one.of('receiver').taken?.(101, 'held');
  one.of('receiver').taken?.(101, 'delivered');
  sender.settled?.(7, how);
  provider.released?.(100);
  const fate = one.fateOf(0, 0);
  const imbalance = one.imbalance(() => 0);
  if (imbalance !== undefined) return imbalance;
  return fate.kind === 'lost' ? `${fate.loss.reason} at ${fate.loss.node}` : fate.kind;
}

const NOWHERE = 'message 0 from sender to receiver is nowhere, and nobody said why';

it('a message was nowhere that its recipient got with changed bytes, and acknowledged', () => {
  const lies = (): number => 1;
  expect(changedFate('acknowledged', { lies, damaged: lies })).toBe('corrupted at sender');
  // The recipient acknowledged what its application never got: a bug, however many links lie.
  expect(changedFate('acknowledged', { lies })).toBe(NOWHERE);
  expect(changedFate('acknowledged', { damaged: lies })).toBe(NOWHERE);
});

it('a message was nowhere that its recipient took from a provider with changed bytes, and dropped', () => {
  expect(changedFate('sent', { lies: (): number => 1 })).toBe('false-acknowledgement at provider');
  expect(changedFate('sent', {})).toBe(NOWHERE);
});

it('a sender held more than went in that found a message again, since the crash undid that it was done', () => {
  const one = ledger();
  const sender = one.of('sender');
  one.requested('sender', request);
  sender.accepted?.(7);
  one.handled();
  one.nodeDropped('sender', 'expired');
  sender.settled?.(7, 'dropped');
  one.crashed('sender');
  sender.accepted?.(7);
  expect(one.imbalance((node) => (node === 'sender' ? 1 : 0))).toBeUndefined();
  expect(one.fateOf(0, 0).kind).toBe('open');
  sender.settled?.(7, 'acknowledged');
  // Nothing else became of it than what the node had said before.
  expect(one.fateOf(0, 0)).toMatchObject({ kind: 'lost', loss: { reason: 'expired' } });
});
