import { describe, expect, it } from 'vitest';
import { BFD_CONTROL_PACKET_BYTES } from '../../../../../nodes/scion/bfd/geometry.ts';
import {
  type BfdStateName,
  encodeBfdControlPacket,
} from '../../../../../nodes/scion/bfd/packet.ts';
import { BfdSession } from '../../../../../nodes/scion/bfd/session.ts';
import { viewWith } from '../../../../fixtures/views.ts';
import { FakeWorld } from '../fake-world.ts';

const MS = 1_000_000;
const network = viewWith({
  hosts: [{ name: 'one', address: '127.1.0.1', protocol: 'scion', stack: ['scion'] }],
  links: [],
  areas: [],
});

function bytesOf(state: BfdStateName): Uint8Array {
  const bytes = new Uint8Array(BFD_CONTROL_PACKET_BYTES);
  const packet = { diagnostic: 0, state, detectMultiplier: 3, yourDiscriminator: 0 };
  const intervals = { desiredMinTxUs: 200_000, requiredMinRxUs: 200_000 };
  encodeBfdControlPacket({ ...packet, ...intervals, myDiscriminator: 9 }, bytes, 0);
  return bytes;
}

/** The intervals between the packets that a session without peer sends in ten minutes, ns. */
function gapsOf(detectMultiplier: number): number[] {
  const world = new FakeWorld({ network });
  const times: number[] = [];
  const host = world.host('one');
  const session = new BfdSession({
    host,
    random: host.random('bfd a'),
    parameters: { detectMultiplier, desiredMinTxNs: 200 * MS, requiredMinRxNs: 200 * MS },
    perform: (effect): void => {
      if (effect.kind !== 'send') return;
      expect(effect.packet.myDiscriminator).toBeGreaterThan(0);
      times.push(world.nowNs);
    },
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

  it('sends nothing after it was stopped, even if a packet arrives then', () => {
    const world = new FakeWorld({ network });
    let sent = 0;
    const host = world.host('one');
    const session = new BfdSession({
      host,
      random: host.random('bfd a'),
      parameters: { detectMultiplier: 3, desiredMinTxNs: 200 * MS, requiredMinRxNs: 200 * MS },
      perform: ({ kind }): void => {
        if (kind === 'send') sent += 1;
      },
    });
    session.stop();
    expect(sent).toBe(1);
    session.receive(bytesOf('down'), 0, BFD_CONTROL_PACKET_BYTES);
    world.runUntil(10_000 * MS);
    expect(sent).toBe(1);
  });
});
