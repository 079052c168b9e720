import { describe, expect, it, vi } from 'vitest';
import { ClockOffset } from '../../../../runner/distributed/channel/clock-offset.ts';
import {
  answerClockPing,
  ClockProbe,
  type ClockSource,
  machineIdentity,
  OWN_CLOCK,
} from '../../../../runner/distributed/channel/clock-sync.ts';
import { Lobby, openPair } from './channel/support.ts';

const AHEAD_NS = 5_000_000_000n;

/** The clock of this machine as seen on another machine, five seconds ahead. */
const FOREIGN: ClockSource = { now: () => process.hrtime.bigint() + AHEAD_NS, machine: 'other' };

/** A probe over a real channel whose other side has the given clock. */
async function probeOver(
  lobby: Lobby,
  remote: ClockSource,
): Promise<{ probe: ClockProbe; offset: ClockOffset }> {
  await lobby.open();
  const { dialled, accepted } = await openPair(lobby);
  dialled.channel.onMessage = (message): void => {
    answerClockPing(dialled.channel, message, remote);
  };
  const offset = new ClockOffset();
  const probe = new ClockProbe(accepted.channel, offset);
  accepted.channel.onMessage = (message): void => {
    probe.take(message);
  };
  return { probe, offset };
}

describe('a round of clock.ping and clock.pong', () => {
  it('finds the offset of another machine within its uncertainty', async () => {
    const lobby = new Lobby();
    const { probe, offset } = await probeOver(lobby, FOREIGN);
    const before = process.hrtime.bigint();
    expect(await probe.round()).toBe(true);
    const { offsetNs, uncertaintyNs } = offset.at(before);
    expect(offset.isShared).toBe(false);
    expect(Math.abs(Number(offsetNs - AHEAD_NS))).toBeLessThanOrEqual(uncertaintyNs);
    await lobby.close();
  });

  it('recognises a process of the same machine: the offset is exactly 0', async () => {
    const lobby = new Lobby();
    const { probe, offset } = await probeOver(lobby, OWN_CLOCK);
    expect(await probe.round()).toBe(true);
    expect([offset.isShared, offset.at(0n)]).toEqual([true, { offsetNs: 0n, uncertaintyNs: 0 }]);
    await lobby.close();
  });

  it('measures where the machine does not say who it is', async () => {
    const lobby = new Lobby();
    const nameless = { ...FOREIGN, machine: undefined };
    const { probe, offset } = await probeOver(lobby, nameless);
    expect(await probe.round(3)).toBe(true);
    expect(offset.isShared).toBe(false);
    await lobby.close();
  });

  it('ends when the other side does not answer, and ignores an answer that comes later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const sent: { id?: number }[] = [];
    const offset = new ClockOffset();
    const probe = new ClockProbe({ send: (message) => void sent.push(message) }, offset);
    const round = probe.round();
    vi.advanceTimersByTime(2_000);
    expect(await round).toBe(false);
    vi.useRealTimers();
    const late = { kind: 'clock.pong', id: sent[0]?.id, machine: 'other', t2: 0n, t3: 0n };
    expect(probe.take(late)).toBe(true);
    expect(offset.endRound()).toBe(false);
  });

  it('takes no offset from answers that make no sense', async () => {
    const offset = new ClockOffset();
    const probe: ClockProbe = new ClockProbe(
      {
        send: (message): void => {
          const { id } = message as { id: number };
          setImmediate(() => probe.take({ kind: 'clock.pong', id, t2: 'soon', t3: 1 }));
        },
      },
      offset,
    );
    expect(await probe.round(2)).toBe(false);
  });

  it('leaves the messages of others to them', () => {
    const nothing = { send: (): void => undefined };
    const probe = new ClockProbe(nothing, new ClockOffset());
    for (const message of [null, 7, {}, { kind: 'ready' }]) {
      expect(probe.take(message)).toBe(false);
      expect(answerClockPing(nothing, message)).toBe(false);
    }
  });
});

describe('the identity of a machine', () => {
  it('is the same in every process, and does not show the name of the host', () => {
    const identity = machineIdentity();
    expect(machineIdentity()).toBe(identity);
    if (process.platform === 'linux') expect(identity).toMatch(/^[0-9a-f]{32}$/);
  });
});
