/** The account of messages by steps that a run meets only when its machine stalls. */
import { expect, it } from 'vitest';
import type { NodeRequest } from '../../../engine/host/host.ts';
import { type LedgerParts, MessageLedger } from '../../../runner/accounts/message-ledger.ts';
import { TRUTH_BYTES } from '../../../runner/traffic/ground-truth.ts';

const FLOW = {
  index: 0,
  nextSequence: 1,
  spec: { from: 'sender', to: 'receiver' },
  meter: { hasDelivered: (): boolean => false },
};

function ledger(): MessageLedger {
  const parts = {
    world: { now: (): number => 0 },
    hosts: ['sender', 'receiver'],
    flows: [FLOW],
    isOwn: (): boolean => true,
    readerOf: (): undefined => undefined,
    isPrompt: false,
    isCustody: true,
    isCarried: false,
    isCarrier: false,
    damaged: (): number => 0,
    lies: (): number => 0,
  };
  return new MessageLedger(parts as unknown as LedgerParts);
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
