import { describe, expect, it } from 'vitest';
import type { ComputeResult, JobDefinition } from '../../../../engine/host/compute.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld, SimWorldOptions } from '../../../../engine/net/sim-world.ts';
import { collect, FAST, makePair, makeWorld, sender } from './world-fixture.ts';

const MS = 1_000_000;

function lonely(
  options: Partial<SimWorldOptions> = {},
  jobs: Record<string, JobDefinition> = {},
): {
  world: SimWorld;
  host: SimHost;
} {
  const world = makeWorld(options);
  const metrics = [{ name: 'x.y', kind: 'counter', unit: 'count', help: 'Counts.' }] as const;
  const host = world.addHost({
    name: 'a',
    address: '127.0.0.1',
    jobs,
    metrics,
    drops: { late: 'Late.' },
  });
  return { world, host };
}

describe('sockets of a simulated host', () => {
  it('a taken port is undefined, a closed one is free again', () => {
    const { host } = lonely();
    const onDatagram = (): void => undefined;
    const socket = host.udp({ port: 7, onDatagram });
    expect(host.udp({ port: 7, onDatagram })).toBeUndefined();
    socket!.close();
    expect(host.udp({ port: 7, onDatagram })).toBeDefined();
  });

  it('port 0 chooses from 49152 upwards, an address of another host is refused', () => {
    const { host } = lonely();
    const onDatagram = (): void => undefined;
    const ports = [0, 0].map((port) => host.endpointOf(host.udp({ port, onDatagram })!.local).port);
    expect(ports).toEqual([49_152, 49_153]);
    expect(host.udp({ port: 7, address: '127.0.0.9', onDatagram })).toBeUndefined();
  });

  it('endpoints are interned: the same pair has the same number on every host', () => {
    const { a, b } = makePair();
    expect(a.endpoint('127.0.0.2', 7)).toBe(b.endpoint('127.0.0.2', 7));
    expect(a.endpoint('127.0.0.2', 7)).not.toBe(a.endpoint('127.0.0.2', 8));
    expect(a.endpointOf(a.endpoint('127.0.0.2', 8))).toEqual({ address: '127.0.0.2', port: 8 });
  });

  /** Hosts a and b joined by a slow and a fast link; the slow one is first. */
  function parallel(): { world: SimWorld; a: SimHost; b: SimHost } {
    const world = makeWorld();
    const a = world.addHost({ name: 'a', address: '127.0.0.1' });
    const b = world.addHost({ name: 'b', address: '127.0.0.2' });
    const slow: LinkDirectionSpec = { ...FAST, delayNs: 50 * MS };
    for (const [id, port, spec] of [
      ['slow', 1, slow],
      ['fast', 2, FAST],
    ] as const) {
      world.addLink({
        id,
        a: { host: 'a', port },
        b: { host: 'b', port },
        forward: spec,
        backward: spec,
      });
    }
    return { world, a, b };
  }

  it.each([
    ['the link of the socket', { link: 'fast' }, 7, 'fast'],
    ['the link whose other end is the destination', {}, 2, 'fast'],
    ['the first link that joins the two hosts', {}, 7, 'slow'],
  ] as const)('a datagram leaves by %s', (_rule, options, port, expected) => {
    const { world, a, b } = parallel();
    b.udp({ port, onDatagram: () => undefined });
    const socket = a.udp({ port: 0, onDatagram: () => undefined, ...options })!;
    socket.send(a.alloc(1), 0, 1, a.endpoint(b.address, port));
    world.runUntil(100 * MS);
    const offered = world.allLinks.map(({ id, forward }) => [id, forward.offered]);
    expect(Object.fromEntries(offered)).toEqual({ slow: 0, fast: 0, [expected]: 1 });
  });

  it('a link that the host does not have is an assertion', () => {
    const { a } = parallel();
    expect(() => a.udp({ port: 0, link: 'nowhere', onDatagram: () => undefined })).toThrow(
      'nowhere',
    );
  });

  it('a host reaches itself', () => {
    const { world, host } = lonely();
    const received = collect(host, 7);
    sender(host, { host, port: 7 })(Uint8Array.of(5));
    world.runUntil(1);
    expect(received.map(({ at, bytes }) => [at, ...bytes])).toEqual([[0, 5]]);
  });

  it('says `full` when the local queue refused, and `sent` for every other loss', () => {
    const { a, b } = makePair({
      rateBps: 8_000,
      delayNs: 0,
      queue: { kind: 'drop-tail', limitPackets: 1 },
    });
    const send = sender(a, { host: b, port: 7 });
    expect([1, 2, 3].map(() => send(new Uint8Array(10)))).toEqual(['sent', 'sent', 'full']);
    expect(() => sender(a, { host: b, port: 7 })(new Uint8Array(65_508))).toThrow('65507');
  });

  it('empty datagrams arrive', () => {
    const { world, a, b } = makePair();
    const received = collect(b, 7);
    sender(a, { host: b, port: 7 })(new Uint8Array(0));
    world.runUntil(10 * MS);
    expect(received.map(({ bytes }) => bytes.length)).toEqual([0]);
  });

  it('poison mode finds a buffer that is sent twice', () => {
    const { world, a, b } = makePair();
    const echo = b.udp({
      port: 7,
      onDatagram: (buffer, offset, length, from) => {
        echo.send(buffer, offset, length, from);
        echo.send(buffer, offset, length, from);
      },
    })!;
    const socket = a.udp({ port: 0, onDatagram: () => undefined })!;
    socket.send(a.alloc(4), 0, 4, a.endpoint(b.address, 7));
    // The second send passes a buffer that the network already owns, so it is returned twice.
    expect(() => world.runUntil(100 * MS)).toThrow('handed back');
  });

  it('bytes kept without a copy are overwritten in poison mode', () => {
    const { world, a, b } = makePair();
    let kept: Uint8Array | undefined;
    b.udp({
      port: 7,
      onDatagram: (buffer, offset, length) => {
        kept = buffer.subarray(offset, offset + length);
      },
    });
    sender(a, { host: b, port: 7 })(Uint8Array.of(1, 2, 3));
    world.runUntil(10 * MS);
    expect([...kept!]).toEqual([0xdb, 0xdb, 0xdb]);
  });

  it('a port that is closed before the packet arrives is unreachable', () => {
    const { world, a, b } = makePair();
    const socket = b.udp({ port: 7, onDatagram: () => undefined })!;
    sender(a, { host: b, port: 7 })(Uint8Array.of(1));
    world.scheduler.after(500_000, () => socket.close());
    world.runUntil(10 * MS);
    expect(world.network.dropsByReason()).toEqual({ 'port-unreachable': 1 });
  });
});

describe('time, randomness and requests of a simulated host', () => {
  it('timers fire once, can be moved and cancelled', () => {
    const { world, host } = lonely();
    const fired: string[] = [];
    host.after(5, () => fired.push(`plain ${host.now()}`));
    const moved = host.after(5, () => fired.push(`moved ${host.now()}`));
    moved.rearm(9);
    const cancelled = host.after(5, () => fired.push('cancelled'));
    cancelled.cancel();
    world.runUntil(100);
    expect(fired).toEqual(['plain 5', 'moved 9']);
    expect([moved.isPending, cancelled.isPending]).toEqual([false, false]);
    moved.rearm(1);
    world.runUntil(200);
    expect(fired.at(-1)).toBe('moved 101');
  });

  it('the clock is the epoch plus virtual time, with step and drift, and never moves events', () => {
    const world = makeWorld();
    const host = world.addHost({ name: 'a', address: '127.0.0.1', clock: { offsetNs: -1 } });
    expect(host.clock()).toEqual({ seconds: 1_699_999_999, nanos: 999_999_999 });
    world.runUntil(1_000 * MS);
    host.clockModel.step(1 + 5 * MS);
    expect(host.clock()).toEqual({ seconds: 1_700_000_001, nanos: 5 * MS });
    host.clockModel.drift(100, host.now());
    world.runUntil(11_000 * MS);
    expect(host.clock()).toEqual({ seconds: 1_700_000_011, nanos: 6 * MS });
    host.clockModel.drift(0, host.now());
    world.runUntil(21_000 * MS);
    expect(host.clock().nanos).toBe(6 * MS);
    expect(host.now()).toBe(21_000 * MS);
  });

  it('a purpose has one stream, its own and reproducible', () => {
    const { host } = lonely();
    const again = lonely().host;
    const other = lonely({ seed: 2 }).host;
    expect(host.random('x')).toBe(host.random('x'));
    const draws = (of: SimHost, purpose: string): number[] =>
      [1, 2, 3].map(() => of.random(purpose).u32());
    const first = draws(host, 'x');
    expect(draws(again, 'x')).toEqual(first);
    expect(draws(again, 'y')).not.toEqual(first);
    expect(draws(other, 'x')).not.toEqual(first);
    expect(again.randomBytes(40)).toEqual(host.randomBytes(40));
  });

  it('requests are answered once; without a handler or a node they are refused by name', () => {
    const { world, host } = lonely();
    const outcomes: string[] = [];
    const question = { kind: 'send', target: 'b', body: Uint8Array.of(1) };
    const ask = (): unknown =>
      host.request(question, { respond: (outcome) => outcomes.push(outcome) });
    ask();
    host.onRequest((request) => {
      request.respond(`ok ${request.kind} ${request.target} ${request.body[0]}`);
      expect(() => request.respond('again')).toThrow('twice');
    });
    ask();
    world.crash('a');
    ask();
    world.restart('a');
    ask();
    expect(outcomes).toEqual(['no-handler', 'ok send b 1', 'node-down', 'no-handler']);
  });

  it('deliveries, drops by name, marks and log lines reach those who listen', () => {
    const lines: string[] = [];
    const { world, host } = lonely({ log: (...line) => lines.push(line.slice(0, 3).join(' ')) });
    const seen: string[] = [];
    expect(host.trace.isRecorded).toBe(false);
    world.recorder = {
      isRecorded: true,
      state: (...all) => seen.push(`state ${all.join(' ')}`),
      span: (...all) => {
        seen.push(`begin ${all.join(' ')}`);
        return () => seen.push('end');
      },
      mark: (...all) => seen.push(`mark ${all.join(' ')}`),
      nodeDrop: (...all) => seen.push(`drop ${all.join(' ')}`),
    };
    host.onDelivery = (from, buffer, offset, length): number =>
      seen.push(`${from} ${buffer[offset]} ${length}`);
    host.deliver('b', Uint8Array.of(0, 9), 1, 1);
    host.drop('late');
    expect(() => host.drop('unheard of')).toThrow('unheard of');
    expect(host.trace.isRecorded).toBe(true);
    host.trace.state('path 1', 'up');
    host.trace.span('handshake')();
    host.trace.mark('here');
    host.log.warn('careful');
    expect(seen).toEqual([
      'b 9 1',
      'drop 0 late',
      'state 0 path 1 up',
      'begin 0 handshake',
      'end',
      'mark 0 here',
    ]);
    expect(lines).toEqual(['a warn careful']);
    expect(host.drops.get('late')).toBe(1);
    expect(() => host.meter.counter('x.z')).toThrow('x.z');
  });

  it('watching changes nothing: the fingerprint is the same with and without', () => {
    const fingerprint = (isWatched: boolean): string => {
      const { world, a, b } = makePair({ ...FAST, loss: { kind: 'bernoulli', probability: 0.3 } });
      collect(b, 7);
      if (isWatched) {
        const ignore = (): void => undefined;
        world.observer = {
          onOffered: ignore,
          onStarted: ignore,
          onDelivered: ignore,
          onDropped: ignore,
        };
        world.recorder = { state: ignore, span: () => ignore, mark: ignore };
      }
      const send = sender(a, { host: b, port: 7 });
      for (let i = 0; i < 100; i += 1) a.after(i * MS, () => send(Uint8Array.of(i)));
      world.runUntil(500 * MS);
      return world.fingerprint;
    };
    expect(fingerprint(true)).toBe(fingerprint(false));
  });
});

describe('crash and restart', () => {
  it('cancels timers, closes sockets, flushes queues and drops what arrives as node-down', () => {
    const { world, a, b } = makePair({ rateBps: 8_000_000, delayNs: 3 * MS });
    const received = collect(b, 7);
    const send = sender(a, { host: b, port: 7 });
    const fired: number[] = [];
    a.after(5 * MS, () => fired.push(a.now()));
    for (let i = 0; i < 4; i += 1) send(new Uint8Array(1_000));
    world.scheduler.scheduleFault(1_500_000, () => world.crash('a'));
    world.runUntil(20 * MS);
    expect(fired).toEqual([]);
    expect(received).toHaveLength(1);
    expect(world.network.dropsByReason()).toEqual({ 'node-down': 3 });
    expect(send(Uint8Array.of(1))).toBe('sent');
    world.restart('a');
    const sendAgain = sender(a, { host: b, port: 7 });
    sendAgain(new Uint8Array(1_000));
    world.scheduler.scheduleFault(22 * MS, () => world.crash('b'));
    world.runUntil(40 * MS);
    expect(received).toHaveLength(1);
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('a one-way partition stops one direction only', () => {
    const { world, a, b } = makePair();
    const atB = collect(b, 7);
    const atA = collect(a, 7);
    const toB = sender(a, { host: b, port: 7 });
    const toA = sender(b, { host: a, port: 7 });
    const cut = world.partition(['a'], ['b'], 'one-way');
    expect(cut.directions).toBe(1);
    toB(Uint8Array.of(1));
    toA(Uint8Array.of(1));
    world.runUntil(10 * MS);
    expect([atA.length, atB.length]).toEqual([1, 0]);
    cut.end();
    cut.end();
    toB(Uint8Array.of(1));
    world.runUntil(20 * MS);
    expect(atB).toHaveLength(1);
    expect(world.network.dropsByReason()).toEqual({ partition: 1 });
    expect(world.partition(['a'], ['a']).directions).toBe(0);
  });

  it('a partition also stops what is under way', () => {
    const { world, a, b } = makePair();
    const received = collect(b, 7);
    sender(a, { host: b, port: 7 })(Uint8Array.of(1));
    world.scheduler.after(500_000, () => world.partition(['a'], ['b']));
    world.runUntil(10 * MS);
    expect(received).toEqual([]);
    expect(world.network.imbalance()).toBeUndefined();
  });
});

describe('compute on the modelled processor', () => {
  const jobs: Record<string, JobDefinition> = {
    double: { run: (input) => (input as number) * 2, costNs: (input) => input as number },
    fail: {
      run: () => {
        throw new Error('no');
      },
    },
  };

  function started(cores = 1): {
    world: SimWorld;
    host: SimHost;
    log: string[];
    start: (input: number, options?: object) => { cancel(): void };
  } {
    const { world, host } = lonely({ machines: { a: { cores } } }, jobs);
    const log: string[] = [];
    const start = (input: number, options: object = {}): { cancel(): void } =>
      host.compute(
        'double',
        input,
        (result) => log.push(`${host.now()}: ${(result as { output: number }).output}`),
        options,
      );
    return { world, host, log, start };
  }

  it('is never done in the same turn, and after the charged cost', () => {
    const { world, log, start } = started();
    start(100);
    expect(log).toEqual([]);
    world.runUntil(1_000);
    expect(log).toEqual(['100: 200']);
  });

  it('queues on one core, runs together on two', () => {
    const one = started(1);
    for (const input of [100, 50]) one.start(input);
    one.world.runUntil(1_000);
    expect(one.log).toEqual(['100: 200', '150: 100']);
    const two = started(2);
    for (const input of [100, 50]) two.start(input);
    two.world.runUntil(1_000);
    expect(two.log).toEqual(['50: 100', '100: 200']);
  });

  it('control jobs start before waiting data jobs', () => {
    const { world, log, start } = started();
    start(100);
    start(10);
    start(20, { lane: 'control' });
    world.runUntil(1_000);
    expect(log).toEqual(['100: 200', '120: 40', '130: 20']);
  });

  it('jobs of one key run in order, one at a time', () => {
    const { world, log, start } = started(3);
    start(100, { key: 'k' });
    start(10, { key: 'k' });
    start(30, { key: 'other' });
    world.runUntil(1_000);
    expect(log).toEqual(['30: 60', '100: 200', '110: 20']);
  });

  it('a cancelled job is not done and costs nothing when it had not begun', () => {
    const { world, log, start } = started();
    const running = start(100);
    const waiting = start(50, { key: 'k' });
    start(7, { key: 'k' });
    running.cancel();
    waiting.cancel();
    world.runUntil(1_000);
    expect(log).toEqual(['107: 14']);
    waiting.cancel();
  });

  it('an exception of the job is a result; an unknown job is an assertion', () => {
    const { world, host } = lonely({}, jobs);
    const results: ComputeResult[] = [];
    host.compute('fail', 0, (result) => results.push(result));
    world.runUntil(1);
    expect(results).toEqual([{ kind: 'failed', message: 'no' }]);
    expect(() => host.compute('other', 0, () => undefined)).toThrow('other');
  });

  it('a crash ends what was asked for', () => {
    const { world, log, start } = started();
    start(100);
    world.scheduler.after(50, () => world.crash('a'));
    world.runUntil(1_000);
    expect(log).toEqual([]);
  });

  it('a profile charges receiving, sending and timers, and a full processor drops by name', () => {
    const profile = { name: 'test', receive: { ns: 1_000, nsPerByte: 10 }, send: { ns: 500 } };
    const { world, a, b } = makePair(
      { ...FAST, delayNs: 0, rateBps: Number.POSITIVE_INFINITY },
      {
        machines: { b: { profile, queueLimit: 2 } },
      },
    );
    const echoed: number[] = [];
    const answered = collect(a, 49_152);
    const echo = b.udp({
      port: 7,
      onDatagram: (buffer, offset, length, from) => {
        echoed.push(b.now());
        echo.send(buffer, offset, length, from);
      },
    })!;
    const socket = a.udp({ port: 0, onDatagram: () => undefined })!;
    expect(socket).toBeDefined();
    for (let i = 0; i < 4; i += 1) socket.send(a.alloc(10), 0, 10, a.endpoint(b.address, 7));
    world.runUntil(MS);
    // Each datagram takes 1,000 + 10 * 10 to receive and 500 to send; two wait, and the fourth is
    // dropped.
    expect(echoed).toEqual([0, 1_600, 3_200]);
    expect(answered).toEqual([]);
    expect(world.network.dropsByReason()).toEqual({ 'cpu-queue-full': 1 });
    expect(b.machine.cpu.busyNs).toBe(4_800);
    expect(world.network.imbalance()).toBeUndefined();
  });
});
