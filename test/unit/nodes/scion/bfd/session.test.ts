import { describe, expect, it } from 'vitest';
import { BfdSession } from '../../../../../nodes/scion/bfd/session.ts';
import { viewWith } from '../../../../fixtures/views.ts';
import { FakeWorld } from '../fake-world.ts';

const MS = 1_000_000;
const network = viewWith({
  hosts: [{ name: 'one', address: '127.1.0.1', protocol: 'scion', stack: ['scion'] }],
  links: [],
  ases: [],
});

/** The intervals between the packets that a session without peer sends in ten minutes, ns. */
function gapsOf(detectMultiplier: number): number[] {
  const world = new FakeWorld({ network });
  const times: number[] = [];
  const session = new BfdSession({
    link: 'a',
    host: world.host('one'),
    parameters: { detectMultiplier, desiredMinTxNs: 200 * MS, requiredMinRxNs: 200 * MS },
    send: (packet): void => {
      expect(packet.myDiscriminator).toBeGreaterThan(0);
      times.push(world.nowNs);
    },
    onState: (): void => undefined,
  });
  world.runUntil(600_000 * MS);
  session.stop();
  return times.slice(1, -1).map((time, index) => time - times[index]!);
}

describe('BFD session timers', () => {
  it('shortens each interval by 0 to 24 per cent, and every whole per cent occurs', () => {
    const percents = new Set(gapsOf(3).map((gap) => 100 - gap / (10 * MS)));
    expect([...percents].sort((a, b) => a - b)).toEqual([...Array(25).keys()]);
  });

  it('shortens each interval by 10 to 24 per cent when a single loss counts', () => {
    const percents = new Set(gapsOf(1).map((gap) => 100 - gap / (10 * MS)));
    expect(Math.min(...percents)).toBe(10);
    expect(Math.max(...percents)).toBe(24);
  });

  it('sends nothing after it was stopped', () => {
    const world = new FakeWorld({ network });
    let sent = 0;
    const session = new BfdSession({
      link: 'a',
      host: world.host('one'),
      parameters: { detectMultiplier: 3, desiredMinTxNs: 200 * MS, requiredMinRxNs: 200 * MS },
      send: (): void => {
        sent += 1;
      },
      onState: (): void => undefined,
    });
    session.stop();
    const atStop = sent;
    world.runUntil(10_000 * MS);
    expect(sent).toBe(atStop);
  });
});
