import { describe, expect, it } from 'vitest';
import { MAX_OUTSTANDING } from '../../../../nodes/ping/geometry.ts';
import { PingMachine } from '../../../../nodes/ping/machine.ts';

const TIMEOUT = 100;

function send(machine: PingMachine, now: number): number {
  const effect = machine.step(now, { kind: 'application-send' });
  if (effect.kind !== 'send-request') throw new Error(effect.kind);
  return effect.identifier;
}

describe('a request', () => {
  it('is measured from its sending to its reply', () => {
    const machine = new PingMachine(TIMEOUT);
    const identifier = send(machine, 1_000);
    expect(machine.step(1_042, { kind: 'reply', identifier })).toEqual({
      kind: 'measured',
      rttNs: 42,
    });
  });

  it('counts one reply; the second is unexpected', () => {
    const machine = new PingMachine(TIMEOUT);
    const identifier = send(machine, 0);
    machine.step(1, { kind: 'reply', identifier });
    const again = machine.step(2, { kind: 'reply', identifier });
    expect(again).toEqual({ kind: 'drop', reason: 'unexpected-reply' });
  });

  it('is lost at its time-out, not a nanosecond before', () => {
    const machine = new PingMachine(TIMEOUT);
    send(machine, 0);
    send(machine, 1);
    expect(machine.deadline()).toBe(TIMEOUT);
    expect(machine.step(TIMEOUT - 1, { kind: 'timer' })).toEqual({ kind: 'lost', count: 0 });
    expect(machine.step(TIMEOUT, { kind: 'timer' })).toEqual({ kind: 'lost', count: 1 });
    expect(machine.deadline()).toBe(TIMEOUT + 1);
    expect(machine.step(TIMEOUT + 1, { kind: 'timer' })).toEqual({ kind: 'lost', count: 1 });
    expect(machine.deadline()).toBeUndefined();
  });

  it('is refused while too many are under way, and accepted when one has ended', () => {
    const machine = new PingMachine(TIMEOUT);
    const identifiers = Array.from({ length: MAX_OUTSTANDING }, () => send(machine, 0));
    expect(new Set(identifiers).size).toBe(MAX_OUTSTANDING);
    expect(machine.step(1, { kind: 'application-send' })).toEqual({
      kind: 'refuse',
      reason: 'too-many-outstanding',
    });
    machine.step(2, { kind: 'reply', identifier: identifiers[5]! });
    expect(machine.step(3, { kind: 'application-send' }).kind).toBe('send-request');
  });
});
