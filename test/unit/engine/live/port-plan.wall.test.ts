import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { firstUnbindablePort } from '../../../../engine/live/loopback.ts';
import { PortPlan, type PortRange } from '../../../../engine/live/port-plan.ts';
import { BoundUdpSocket } from '../../../../engine/live/udp-wire.ts';

const A = '127.192.0.1';
const B = '127.192.0.2';
const RANGES: readonly PortRange[] = [
  { address: A, first: 10_000, services: 2, count: 4 },
  { address: B, first: 10_004, services: 2, count: 4 },
];
const NOTHING = { onMessage: (): void => undefined, onError: (): void => undefined };

describe('a plan of ports', () => {
  it('gives each port of a host a place in its own range, and finds its owner again', () => {
    const plan = new PortPlan(RANGES);
    expect(plan.open({ address: A, port: 7007 })).toEqual({ address: '127.0.0.1', port: 10_000 });
    expect(plan.open({ address: B, port: 7007 })?.port).toBe(10_004);
    expect(plan.find({ address: B, port: 7007 })?.port).toBe(10_004);
    expect(plan.whose('127.0.0.1', 10_004)).toEqual({ address: B, port: 7007 });
    expect(plan.whose('127.0.0.1', 10_001)).toEqual({ address: '127.0.0.1', port: 10_001 });
    expect(plan.whose('127.0.0.2', 10_000)).toEqual({ address: '127.0.0.2', port: 10_000 });
  });

  it('gives ports of links the same place whatever was opened before', () => {
    const plan = new PortPlan(RANGES);
    plan.open({ address: A, port: 7007 });
    expect(plan.open({ address: A, port: 50_001 })?.port).toBe(10_003);
    expect(plan.open({ address: A, port: 50_000 })?.port).toBe(10_002);
  });

  it('keeps the place of a closed port until another needs it, and never that of an open one', () => {
    const plan = new PortPlan(RANGES);
    const [first, second, third] = [49_152, 49_153, 49_154].map((port) => ({ address: A, port }));
    plan.open(first!);
    plan.open(second!);
    expect(plan.open(third!)).toBeUndefined();
    plan.close(second!);
    expect(plan.open(second!)?.port).toBe(10_001);
    plan.open(first!);
    plan.close(first!);
    expect(plan.open(third!)).toBeUndefined();
    plan.close(first!);
    expect(plan.open(third!)?.port).toBe(10_000);
    expect(plan.find(first!)).toBeUndefined();
    expect(plan.whose('127.0.0.1', 10_000)).toEqual(third);
  });

  it('has no place for an address that is nobody of the world', () => {
    expect(new PortPlan(RANGES).open({ address: '127.9.9.9', port: 1 })).toBeUndefined();
  });

  it('knows who connects, before and after the caller itself has heard that it stands', async () => {
    const plan = new PortPlan(RANGES);
    const server = createServer();
    const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const caller = connect({ host: '127.0.0.1', port });
    plan.call(caller, A);
    const remotePort = (await accepted).remotePort ?? 0;
    expect(plan.caller('127.0.0.1', remotePort)).toEqual({ address: A, port: remotePort });
    expect(plan.connected(caller)).toEqual({ address: A, port: remotePort });
    expect(plan.caller('127.0.0.1', remotePort)).toEqual({ address: A, port: remotePort });
    plan.hungUp(caller);
    expect(plan.caller('127.0.0.1', remotePort).address).toBe('127.0.0.1');
    caller.destroy();
    (await accepted).destroy();
    server.close();
  });
});

describe('ports of 127.0.0.1', () => {
  it('are looked at before anything runs: a taken one is named with its range', () => {
    // Above those of test/port-block.ts, below those of the system.
    const first = 32_000 + (process.pid % 700);
    const ranges = [{ address: A, first, services: 2, count: 4 }];
    expect(firstUnbindablePort(ranges)).toBeUndefined();
    const other = BoundUdpSocket.bind('127.0.0.1', first + 2, NOTHING);
    expect(firstUnbindablePort(ranges)).toEqual({
      range: ranges[0],
      port: first + 2,
      code: 'EADDRINUSE',
    });
    expect(typeof other === 'string' ? other : other.close()).toBeUndefined();
  });
});
