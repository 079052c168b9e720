/**
 * A sender lets a message go because somebody told it that the next node has it: on a network that
 * carries lies that is a loss, on an honest one a bug.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { MessageLedger } from '../../../runner/accounts/message-ledger.ts';
import type { Flow } from '../../../runner/traffic/traffic-source.ts';
import type { LocalWorld } from '../../../runner/world.ts';

/** An account in which a message of node a was acknowledged, and did not arrive. */
function acknowledged(lies: number): MessageLedger {
  const meter = { hasDelivered: (): boolean => false };
  const flow = { index: 0, nextSequence: 1, spec: { from: 'a', to: 'b' }, meter };
  const ledger = new MessageLedger({
    world: { now: () => 7 } as LocalWorld,
    hosts: ['a', 'b'],
    flows: [flow as unknown as Flow],
    readerOf: (): undefined => undefined,
    isPrompt: true,
    isCustody: true,
    isOwn: (): boolean => true,
    isCarried: true,
    isCarrier: false,
    damaged: (): number => 0,
    lies: (): number => lies,
  });
  const a = ledger.of('a');
  const body = new Uint8Array(32);
  ledger.requested('a', { kind: 'send', target: 'b', body });
  a.accepted?.(1);
  ledger.handled();
  a.settled?.(1, 'acknowledged');
  return ledger;
}

describe('a message whose sender was told that it had arrived', () => {
  it('was nowhere, a bug of ours, though a link had changed what told so', () => {
    const ledger = acknowledged(1);
    expect(ledger.imbalance(() => 0)).toBeUndefined();
    expect(ledger.totals()).toMatchObject({ submitted: 1, lost: { 'false-acknowledgement': 1 } });
    expect(ledger.fateOf(0, 0)).toEqual({
      kind: 'lost',
      loss: { reason: 'false-acknowledgement', node: 'a', atNs: 7 },
    });
  });

  it('is nowhere on a network without lies, and the run says so', () => {
    expect(acknowledged(0).imbalance(() => 0)).toMatch(/^message 0 from a to b is nowhere/);
  });
});
