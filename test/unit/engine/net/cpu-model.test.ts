/**
 * The processor model compared with queueing theory, and everything that can wait for the
 * processor: datagrams in the receive buffer of their socket, timers that can still be cancelled,
 * and requests whose bytes are kept.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { CpuModel } from '../../../../engine/net/cpu-model.ts';
import type { CpuProfile, MachineSpec } from '../../../../engine/net/cpu-profile.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../engine/net/sim-world.ts';
import { FAST, makePair } from './world-fixture.ts';

const TASKS = 200_000;
const SERVICE_NS = 10_000;

/** Mean waiting time of Poisson arrivals with a fixed service time, ns. */
function meanWaitNs(load: { rho: number; cores: number; seed: number }): number {
  const scheduler = new Scheduler();
  const cpu = new CpuModel(scheduler, load.cores);
  const gaps = openRandomStream(load.seed, 'test', 'gap');
  const meanGapNs = SERVICE_NS / (load.rho * load.cores);
  let waited = 0;
  let left = TASKS;
  const arrive = (): void => {
    const since = scheduler.now;
    cpu.submit({
      lane: 'data',
      isWanted: () => true,
      begin: () => {
        waited += scheduler.now - since;
        return SERVICE_NS;
      },
      end: () => undefined,
    });
    left -= 1;
    if (left > 0) scheduler.after(Math.round(gaps.exponential(meanGapNs)), arrive);
  };
  scheduler.after(0, arrive);
  scheduler.run();
  expect(cpu.busyNs).toBe(TASKS * SERVICE_NS);
  return waited / TASKS;
}

describe('the processor model', () => {
  it.each([0.3, 0.6, 0.8])('waits as M/D/1 says at load %f: rho S / (2 (1 - rho))', (rho) => {
    const seeds = [1, 2, 3];
    const waits = seeds.map((seed) => meanWaitNs({ rho, cores: 1, seed }));
    const mean = waits.reduce((sum, one) => sum + one, 0) / seeds.length;
    const theory = (rho * SERVICE_NS) / (2 * (1 - rho));
    expect(Math.abs(mean / theory - 1)).toBeLessThan(0.03);
  });

  it('carries one task a service time and core, however many are offered', () => {
    const scheduler = new Scheduler();
    const cpu = new CpuModel(scheduler, 2);
    let done = 0;
    for (let task = 0; task < 3_000; task += 1) {
      cpu.submit({
        lane: 'data',
        isWanted: () => true,
        begin: () => SERVICE_NS,
        end: () => {
          done += 1;
        },
      });
    }
    scheduler.runUntil(100 * SERVICE_NS);
    expect(done).toBe(200);
    scheduler.run();
    expect(done).toBe(3_000);
  });
});

/** Two hosts: b has a processor profile, and a sends to its port 7. */
function pair(spec: MachineSpec): { world: SimWorld; a: SimHost; b: SimHost } {
  const instant = { ...FAST, delayNs: 0, rateBps: Number.POSITIVE_INFINITY };
  return makePair(instant, { machines: { b: spec } });
}

function burst(from: SimHost, to: SimHost, count: number): void {
  const socket = from.udp({ port: 0, onDatagram: () => undefined });
  const endpoint = from.endpoint(to.address, 7);
  for (let i = 0; i < count; i += 1) socket?.send(from.alloc(100), 0, 100, endpoint);
}

describe('a machine with a profile', () => {
  const profile: CpuProfile = { name: 'test', receive: { ns: 1_000 } };

  it('drops what its receive buffer cannot hold, by the size of the datagram', () => {
    const receiveBuffer = [
      { bytes: 64, datagrams: 50 },
      { bytes: 512, datagrams: 3 },
    ];
    const { world, a, b } = pair({ profile, receiveBuffer });
    let seen = 0;
    b.udp({
      port: 7,
      onDatagram: () => {
        seen += 1;
      },
    });
    burst(a, b, 10);
    world.runUntil(1_000_000);
    // One is processed immediately, three wait, and the buffer has room again when they are done.
    expect(seen).toBe(4);
    expect(world.network.dropsByReason()).toEqual({ 'cpu-queue-full': 6 });
    burst(a, b, 4);
    world.runUntil(2_000_000);
    expect(seen).toBe(8);
  });

  it('charges the code of a protocol, the wake-up and the link by their own costs', () => {
    const own = { datagram: { ns: 300, nsPerByte: 1 }, timer: { ns: 7 } };
    const costs = { ...profile, event: { ns: 20 }, link: { ns: 50 }, handlers: { echo: own } };
    const { world, a } = makePair(FAST, { machines: { c: { profile: costs } } });
    const c = world.addHost({ name: 'c', address: '127.0.0.3', machine: 'c', protocol: 'echo' });
    const ends = { a: { host: 'a', port: 2 }, b: { host: 'c', port: 2 } };
    world.addLink({ id: 'ac', ...ends, forward: FAST, backward: FAST });
    const echo = c.udp({
      port: 7,
      onDatagram: (buffer, offset, length, from) => {
        echo?.send(buffer, offset, length, from);
      },
    });
    burst(a, c, 1);
    c.after(5, () => undefined);
    world.runUntil(10_000_000);
    expect(c.machine.cpu.busyNs).toBe(7 + 1_000 + 20 + 400 + 50);
    expect(c.machine.timerNs).toBe(0);
  });

  it('charges datagrams to the protocol that owns their socket', () => {
    const handlers = { first: { datagram: { ns: 1 } }, second: { datagram: { ns: 300 } } };
    const profiled = { machines: { c: { profile: { name: 'two', handlers } } } };
    const { world, a } = makePair(FAST, profiled);
    const c = world.addHost({ name: 'c', address: '127.0.0.3', machine: 'c', protocol: 'first' });
    const ends = { a: { host: 'a', port: 2 }, b: { host: 'c', port: 2 } };
    world.addLink({ id: 'ac', ...ends, forward: FAST, backward: FAST });
    const second = c.addLayer({ protocol: 'second', channel: 0, carriers: [] });
    second.udp({ port: 7, onDatagram: () => undefined });
    burst(a, c, 2);
    world.runUntil(10_000_000);
    expect(c.machine.cpu.busyNs).toBe(2 * 300);
  });

  it('counts what a timer does with the datagrams, not with the timers', () => {
    const handlers = { '': { timer: { ns: 30 } } };
    const costs = { ...profile, timer: { ns: 5 }, send: { ns: 400 }, handlers };
    const { world, a, b } = pair({ profile: costs });
    const socket = b.udp({ port: 9, onDatagram: () => undefined });
    b.after(10, () => {
      socket?.send(b.alloc(10), 0, 10, b.endpoint(a.address, 7));
    });
    world.runUntil(10_000_000);
    expect(b.machine.timerNs).toBe(5);
    expect(b.machine.cpu.busyNs).toBe(5 + 30 + 400);
  });

  it('lets a timer that is due and waits be cancelled or moved', () => {
    const { world, a, b } = pair({ profile: { name: 'slow', receive: { ns: 1_000_000 } } });
    const fired: string[] = [];
    const cancelled = b.after(500_000, () => fired.push('cancelled'));
    const moved = b.after(500_000, () => fired.push(`moved ${b.now()}`));
    b.after(500_000, () => fired.push(`kept ${b.now()}`));
    let isPendingWhileDue = false;
    b.udp({
      port: 7,
      onDatagram: () => {
        world.scheduler.after(600_000, () => {
          isPendingWhileDue = cancelled.isPending;
          cancelled.cancel();
          moved.rearm(2_000_000);
        });
      },
    });
    burst(a, b, 1);
    world.runUntil(10_000_000);
    expect(isPendingWhileDue).toBe(true);
    expect(fired).toEqual(['kept 1000000', 'moved 2600000']);
  });

  it('gives up datagrams that have waited longer than they may, by name, and counts each once', () => {
    const waitLimits = { requestNs: 500, datagramNs: 2_500 };
    const { world, a, b } = pair({ profile: { ...profile, receive: { ns: 1_000 } }, waitLimits });
    const seenAt: number[] = [];
    b.udp({ port: 7, onDatagram: () => seenAt.push(b.now()) });
    burst(a, b, 10);
    world.runUntil(1_000_000);
    // Those at 0, 1 and 2 us are read; the next one had waited for 3 us, and reading it costs time
    // too.
    expect(seenAt).toEqual([0, 1_000, 2_000]);
    expect(Object.fromEntries(b.drops)).toEqual({ overload: 7 });
    expect(b.machine.cpu.busyNs).toBe(10_000);
    const { offered, delivered } = world.network.conservation();
    expect(delivered).toBe(offered);
  });

  it('lets everything wait without limits: the defect that overload.yaml is for', () => {
    const { world, a, b } = pair({ profile });
    let seen = 0;
    b.udp({
      port: 7,
      onDatagram: () => {
        seen += 1;
      },
    });
    burst(a, b, 500);
    world.runUntil(1_000_000);
    expect(seen).toBe(500);
  });

  it('answers requests that have waited too long as overload, and their node never sees them', () => {
    const handlers = { '': { request: { ns: 1_000 } } };
    const waitLimits = { requestNs: 1_500, datagramNs: 9_000 };
    const { world, b } = pair({ profile: { ...profile, event: { ns: 10 }, handlers }, waitLimits });
    let seen = 0;
    b.onRequest(({ respond }) => {
      seen += 1;
      respond('ok');
    });
    const answers: string[] = [];
    const body = new Uint8Array(1);
    for (let i = 0; i < 5; i += 1) {
      b.request(
        { kind: 'send', target: 'a', body },
        { respond: (outcome) => answers.push(outcome) },
      );
    }
    world.runUntil(1_000_000);
    expect(answers).toEqual(['ok', 'ok', 'overload', 'overload', 'overload']);
    expect(seen).toBe(2);
    expect(Object.fromEntries(b.drops)).toEqual({ overload: 3 });
    expect(b.machine.cpu.busyNs).toBe(2_030);
  });

  it('takes urgent datagrams first, and of a flood of them no more than 256 at a time', () => {
    const { world, a, b } = pair({ profile });
    const order: number[] = [];
    b.udp({
      port: 7,
      onDatagram: (buffer, offset) => order.push(buffer[offset] ?? -1),
      isUrgent: (buffer, offset, length) => {
        expect(length).toBe(100);
        return buffer[offset] === 1;
      },
    });
    const socket = a.udp({ port: 0, onDatagram: () => undefined });
    const send = (first: number): void => {
      const buffer = a.alloc(100);
      buffer[0] = first;
      socket?.send(buffer, 0, 100, a.endpoint(b.address, 7));
    };
    for (let i = 0; i < 5; i += 1) send(0);
    send(1);
    world.runUntil(1_000_000);
    expect(order).toEqual([0, 1, 0, 0, 0, 0]);
    order.length = 0;
    for (let i = 0; i < 20; i += 1) send(0);
    for (let i = 0; i < 600; i += 1) send(1);
    world.runUntil(10_000_000);
    // 256 overtake the data that waited before them; the rest of the flood waits behind the data.
    expect(order.slice(0, 258)).toEqual([0, ...Array<number>(256).fill(1), 0]);
    expect(order).toHaveLength(620);
  });

  it('keeps the bytes of a request that its sender uses again', () => {
    const { world, b } = pair({
      profile: { ...profile, handlers: { '': { request: { ns: 9 } } } },
    });
    const seen: number[] = [];
    b.onRequest(({ body, respond }) => {
      seen.push(body[0] ?? -1);
      respond('ok');
    });
    const body = new Uint8Array(1);
    for (const value of [1, 2, 3]) {
      body[0] = value;
      b.request({ kind: 'send', target: 'a', body });
    }
    world.runUntil(1_000);
    expect(seen).toEqual([1, 2, 3]);
  });
});
