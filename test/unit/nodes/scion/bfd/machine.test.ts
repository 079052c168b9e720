import { describe, expect, it } from 'vitest';
import type { Random } from '../../../../../engine/host/random.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { type BfdEffect, BfdMachine } from '../../../../../nodes/scion/bfd/machine.ts';
import type { BfdPacket } from '../../../../../nodes/scion/bfd/packet.ts';
import { drawingLeast } from '../../../../fixtures/drawing-least.ts';

const MS = 1_000_000;
const parameters = {
  detectMultiplier: 3,
  desiredMinTxNs: 200 * MS,
  requiredMinRxNs: 200 * MS,
  discriminator: 7,
};
const heard: BfdPacket = {
  diagnostic: 0,
  state: 'down',
  detectMultiplier: 5,
  myDiscriminator: 9,
  yourDiscriminator: 0,
  desiredMinTxUs: 300_000,
  requiredMinRxUs: 200_000,
};

/** A session from instant 0 whose intervals are not shortened. */
function session(random: Random = drawingLeast): BfdMachine {
  return new BfdMachine(parameters, random, 0);
}

/** A session that has heard its peer come up at instant 0. */
function upSession(last: Partial<BfdPacket> = {}): BfdMachine {
  const machine = session();
  machine.step(0, { kind: 'packet', packet: heard });
  const packet = { ...heard, state: 'init' as const, yourDiscriminator: 7, ...last };
  machine.step(0, { kind: 'packet', packet });
  expect(machine.state).toBe('up');
  return machine;
}

/** Lets the timers fire up to an instant. */
function run(machine: BfdMachine, untilNs: number): [number, BfdEffect][] {
  const effects: [number, BfdEffect][] = [];
  for (let at = machine.nextAt(); at <= untilNs; at = machine.nextAt()) {
    for (const effect of machine.step(at, TIMER_DUE)) effects.push([at / MS, effect]);
  }
  return effects;
}

describe('BFD session', () => {
  it('says in each packet who it is, whom it hears and how often it sends', () => {
    expect(run(upSession(), 200 * MS)).toEqual([
      [
        200,
        {
          kind: 'send',
          packet: {
            diagnostic: 0,
            state: 'up',
            detectMultiplier: 3,
            myDiscriminator: 7,
            yourDiscriminator: 9,
            desiredMinTxUs: 200_000,
            requiredMinRxUs: 200_000,
          },
        },
      ],
    ]);
  });

  it('sends once a second while it is down and says so', () => {
    const sent = run(session(), 2500 * MS);
    expect(sent.map(([atMs]) => atMs)).toEqual([1000, 2000]);
    expect(sent[0]?.[1]).toMatchObject({ packet: { desiredMinTxUs: 1_000_000 } });
  });

  it('waited an hour after a flipped bit in the interval of its peer', () => {
    const machine = session();
    const flipped = { ...heard, requiredMinRxUs: 2 ** 31 + heard.requiredMinRxUs };
    machine.step(0, { kind: 'packet', packet: flipped });
    machine.step(100 * MS, { kind: 'packet', packet: heard });
    const sent = run(machine, 1000 * MS).filter(([, { kind }]) => kind === 'send');
    expect(sent.map(([atMs]) => atMs)).toEqual([200, 400, 600, 800, 1000]);
  });

  it('sends no faster than the peer can hear', () => {
    const machine = upSession({ requiredMinRxUs: 700_000 });
    const sent = run(machine, 1000 * MS).filter(([, { kind }]) => kind === 'send');
    expect(sent.map(([atMs]) => atMs)).toEqual([200, 900]);
  });

  it('shortens an interval by what it draws', () => {
    const machine = session({ ...drawingLeast, below: (n) => n - 1 });
    expect(machine.nextAt()).toBe(760 * MS);
  });

  it('waits the multiplier of the peer times the slower of its sending and our hearing', () => {
    for (const [desiredMinTxUs, silentAtMs] of [
      [300_000, 1500],
      [100_000, 1000],
    ] as const) {
      const changes = run(upSession({ desiredMinTxUs }), 3000 * MS).filter(
        ([, { kind }]) => kind === 'state',
      );
      expect(changes).toEqual([[silentAtMs, { kind: 'state', state: 'down' }]]);
    }
  });

  it('leaves Down with a fast packet instead of waiting for the slow timer', () => {
    const machine = session();
    expect(machine.nextAt()).toBe(1000 * MS);
    machine.step(100 * MS, { kind: 'packet', packet: heard });
    expect(machine.state).toBe('init');
    expect(machine.nextAt()).toBe(300 * MS);
  });

  it('drops a packet that names another session, without touching its timers', () => {
    const machine = upSession();
    const before = machine.nextAt();
    const packet = { ...heard, yourDiscriminator: 8 };
    expect(machine.step(100 * MS, { kind: 'packet', packet })).toEqual([
      { kind: 'drop', reason: 'bfd-discriminator' },
    ]);
    expect(machine.state).toBe('up');
    expect(machine.nextAt()).toBe(before);
  });

  it('takes a peer that has restarted for down, and learns its new number', () => {
    const machine = upSession();
    machine.step(0, { kind: 'packet', packet: { ...heard, myDiscriminator: 10 } });
    expect(machine.state).toBe('down');
    const [, sent] = run(machine, 1000 * MS)[0] ?? [];
    expect(sent).toMatchObject({ packet: { state: 'down', yourDiscriminator: 10 } });
  });

  it('forgets the number of a peer that has fallen silent', () => {
    const machine = upSession();
    run(machine, 1500 * MS);
    expect(machine.state).toBe('down');
    const [, sent] = run(machine, 3000 * MS)[0] ?? [];
    expect(sent).toMatchObject({ packet: { state: 'down', yourDiscriminator: 0 } });
  });

  it('tells the peer at once when its operator takes it down, and then hears nothing', () => {
    const machine = upSession();
    const effects = machine.step(0, { kind: 'admin', state: 'down' });
    expect(effects).toMatchObject([
      { kind: 'state', state: 'admin-down' },
      { kind: 'send', packet: { state: 'admin-down' } },
    ]);
    expect(machine.step(1, { kind: 'packet', packet: heard })).toEqual([]);
    // Nobody is expected to be heard.
    const later = run(machine, 3000 * MS);
    expect(later.every(([, { kind }]) => kind === 'send')).toBe(true);
    expect(machine.state).toBe('admin-down');
  });
});
