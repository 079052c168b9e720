import { describe, expect, it } from 'vitest';
import { OUTSTANDING_REQUESTS_MAX } from '../../../../nodes/ping/geometry.ts';
import { PingMachine } from '../../../../nodes/ping/machine.ts';

const TIMEOUT = 100;

type Machine = PingMachine<string>;
const SEND = { kind: 'application-send', request: 'r' } as const;

function send(machine: Machine, now: number): number {
  const [effect] = machine.step(now, SEND);
  if (effect?.kind !== 'send-request') throw new Error(effect?.kind);
  return effect.identifier;
}

describe('a request', () => {
  it('is measured from its sending to its reply', () => {
    const machine = new PingMachine<string>(TIMEOUT);
    const identifier = send(machine, 1_000);
    expect(machine.step(1_042, { kind: 'reply', identifier })).toEqual([
      { kind: 'measured', rttNs: 42 },
    ]);
  });

  it('counts one reply; the second is unexpected', () => {
    const machine = new PingMachine<string>(TIMEOUT);
    const identifier = send(machine, 0);
    machine.step(1, { kind: 'reply', identifier });
    const again = machine.step(2, { kind: 'reply', identifier });
    expect(again).toEqual([{ kind: 'drop', reason: 'unexpected-reply' }]);
  });

  it('is lost at its time-out, not a nanosecond before', () => {
    const machine = new PingMachine<string>(TIMEOUT);
    send(machine, 0);
    send(machine, 1);
    expect(machine.nextAt()).toBe(TIMEOUT);
    expect(machine.step(TIMEOUT - 1, { kind: 'timer' })).toEqual([{ kind: 'lost', count: 0 }]);
    expect(machine.step(TIMEOUT, { kind: 'timer' })).toEqual([{ kind: 'lost', count: 1 }]);
    expect(machine.nextAt()).toBe(TIMEOUT + 1);
    expect(machine.step(TIMEOUT + 1, { kind: 'timer' })).toEqual([{ kind: 'lost', count: 1 }]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('is refused while too many are under way, and accepted when one has ended', () => {
    const machine = new PingMachine<string>(TIMEOUT);
    const identifiers = Array.from({ length: OUTSTANDING_REQUESTS_MAX }, () => send(machine, 0));
    expect(new Set(identifiers).size).toBe(OUTSTANDING_REQUESTS_MAX);
    expect(machine.step(1, SEND)).toEqual([
      { kind: 'refuse', reason: 'too-many-outstanding', request: 'r' },
    ]);
    machine.step(2, { kind: 'reply', identifier: identifiers[5]! });
    expect(machine.step(3, SEND)[0]?.kind).toBe('send-request');
  });
});
