import { describe, expect, it } from 'vitest';
import {
  BFD_INITIAL,
  type BfdMachine,
  sendIntervalNs,
  stepBfd,
} from '../../../../../nodes/scion/bfd/machine.ts';
import type { BfdPacket } from '../../../../../nodes/scion/bfd/packet.ts';

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
  requiredMinRxUs: 250_000,
};
const up: BfdMachine = { state: 'up', remoteDiscriminator: 9, remoteMinRxNs: 200 * MS };

describe('BFD session', () => {
  it('says in each packet who it is, whom it hears and how often it sends', () => {
    const { effects } = stepBfd(up, parameters, { kind: 'timer', timer: 'send' });
    expect(effects[0]).toEqual({
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
    });
  });

  it('sends once a second while it is down and says so', () => {
    const { effects } = stepBfd(BFD_INITIAL, parameters, { kind: 'timer', timer: 'send' });
    expect(effects[0]).toMatchObject({ packet: { desiredMinTxUs: 1_000_000 } });
    expect(effects[1]).toEqual({ kind: 'restart', timer: 'send', intervalNs: 1000 * MS });
  });

  it('sends no faster than the peer can hear', () => {
    expect(sendIntervalNs({ ...up, remoteMinRxNs: 700 * MS }, parameters)).toBe(700 * MS);
  });

  it('waits the multiplier of the peer times the slower of its sending and our hearing', () => {
    const step = stepBfd(up, parameters, {
      kind: 'packet',
      packet: { ...heard, state: 'up', yourDiscriminator: 7 },
    });
    expect(step.effects).toEqual([
      { kind: 'restart', timer: 'detection', intervalNs: 5 * 300 * MS },
    ]);
  });

  it('leaves Down with a fast packet instead of waiting for the slow timer', () => {
    const step = stepBfd(BFD_INITIAL, parameters, { kind: 'packet', packet: heard });
    expect(step.machine.state).toBe('init');
    expect(step.effects).toContainEqual({
      kind: 'restart',
      timer: 'send',
      intervalNs: 250 * MS,
    });
  });

  it('drops a packet that names another session, without touching its timers', () => {
    const packet = { ...heard, state: 'up' as const, yourDiscriminator: 8 };
    expect(stepBfd(up, parameters, { kind: 'packet', packet })).toEqual({
      machine: up,
      effects: [{ kind: 'drop', reason: 'bfd-discriminator' }],
    });
  });

  it('takes a peer that has restarted for down, and learns its new number', () => {
    const packet = { ...heard, myDiscriminator: 10 };
    const { machine } = stepBfd(up, parameters, { kind: 'packet', packet });
    expect(machine).toMatchObject({ state: 'down', remoteDiscriminator: 10 });
  });

  it('forgets the number of a peer that has fallen silent', () => {
    const { machine, effects } = stepBfd(up, parameters, { kind: 'timer', timer: 'detection' });
    expect(machine).toMatchObject({ state: 'down', remoteDiscriminator: 0 });
    expect(effects).toEqual([{ kind: 'state', state: 'down' }]);
  });

  it('tells the peer at once when its operator takes it down, and then hears nothing', () => {
    const { machine, effects } = stepBfd(up, parameters, { kind: 'admin', state: 'down' });
    expect(effects).toContainEqual({ kind: 'stop', timer: 'detection' });
    expect(effects).toContainEqual(
      expect.objectContaining({
        kind: 'send',
        packet: expect.objectContaining({ state: 'admin-down' }),
      }),
    );
    const later = stepBfd(machine, parameters, { kind: 'packet', packet: heard });
    expect(later).toEqual({ machine, effects: [] });
  });
});
