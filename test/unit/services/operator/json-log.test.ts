import { afterEach, describe, expect, it, vi } from 'vitest';
import { scrubSecrets } from '../../../../engine/live/scrub.ts';
import { parseLogLevels } from '../../../../services/operator/log-levels.ts';
import { keptLog } from './fake-face.ts';

afterEach(() => vi.restoreAllMocks());

describe('a line of the log', () => {
  it('R-066 has the eight published fields, and the node', () => {
    const { log, lines } = keptLog();
    log.component('gateway').info('path lost', {
      packet_id: 7,
      destination: '2-ff00:0:211',
      latency_ms: 20.5,
      path_id: 3,
    });
    expect(lines).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: 'info',
        node: 'gateway-111',
        component: 'gateway',
        message: 'path lost',
        packet_id: 7,
        destination: '2-ff00:0:211',
        latency_ms: 20.5,
        path_id: 3,
      },
    ]);
  });

  it('R-066 lacks the fields that it has no value for', () => {
    const { log, lines } = keptLog();
    log.component('gateway').info('drained');
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual([
      ...['component', 'level', 'message', 'node', 'timestamp'],
    ]);
  });

  it('stays one line of JSON whatever the message holds', () => {
    const written: string[] = [];
    const { log, lines } = keptLog();
    log.component('gateway').warn('a\n{"level":"error"}\u0000"');
    written.push(JSON.stringify(lines[0]));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'a\n{"level":"error"}\u0000"' });
    expect(written[0]).not.toContain('\n');
  });

  it('R-067: contains no key and no payload, in words or in fields', () => {
    const { log, lines } = keptLog();
    const hex = '8f3a'.repeat(16);
    const base64 = Buffer.from(hex, 'hex').toString('base64');
    const short = Buffer.from(hex.slice(0, 32), 'hex').toString('base64');
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----';
    log.component('gateway').warn(`with ${hex} and 0x${hex}, ${base64}, ${short}, ${pem}`, {
      sessionKey: 'abc',
      // A number that cannot be part of a time, because minutes and seconds follow a colon as well.
      PSK: 8_675_309,
      payload: 'hello',
      accessToken: 'short',
      note: hex,
    });
    const text = JSON.stringify(lines);
    for (const secret of [hex, base64, short, 'MC4CAQ', '"abc"', '8675309', 'hello', 'short']) {
      expect(text).not.toContain(secret);
    }
    expect(lines[0]).toMatchObject({ note: '[32 bytes]', payload: '[not written]' });
  });

  it('is bounded in length and in the number of fields', () => {
    const { log, lines } = keptLog();
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`f${i}`, 'x'.repeat(9_999)]),
    );
    log.component('gateway').info('g '.repeat(1_000_000), many);
    expect(JSON.stringify(lines).length).toBeLessThan(40_000);
  });

  it('is left out and counted beyond 1,000 a second, and the next second says so', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
    const { log, lines } = keptLog();
    for (let n = 0; n < 1_500; n += 1) log.component('gateway').info(`line ${n}`);
    expect([lines.length, log.lost()]).toEqual([1_000, 500]);
    clock.mockReturnValue(6_000);
    log.component('gateway').info('later');
    expect(lines.slice(-2).map(({ message }) => message)).toEqual([
      '500 lines left out: more than 1000 in one second',
      'later',
    ]);
  });

  it('carries the host of a line from the port as its node, and the fields of a protocol', () => {
    const { log, lines } = keptLog();
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, n]));
    const fields = {
      path_id: 'p1',
      latency_ms: 2.5,
      node: 'mallory',
      level: 'debug',
      api_key: 'ab',
      ...many,
    };
    log.sink('router')('br-111-1', 'warn', 'no route', fields);
    const known = { node: 'br-111-1', component: 'router', level: 'warn', message: 'no route' };
    expect(lines[0]).toMatchObject({ ...known, path_id: 'p1', latency_ms: 2.5, f10: 10 });
    expect(lines[0]).toMatchObject({ api_key: '[not written]' });
    expect(lines[0]).not.toHaveProperty('f11');
  });
});

describe('levels', () => {
  it('R-248: differ per component and change while running', () => {
    const { log, lines } = keptLog();
    const [gateway, router] = [log.component('gateway'), log.component('router')];
    gateway.debug('1');
    log.setLevel('debug', 'gateway');
    gateway.debug('2');
    router.debug('3');
    log.setLevel('error');
    router.warn('4');
    gateway.debug('5');
    expect(lines.map(({ message }) => message)).toEqual(['2', '5']);
    expect(log.levels()).toEqual({ level: 'error', components: { gateway: 'debug' } });
  });

  it('R-248: come from the environment: debug, or gateway:debug,router:warn', () => {
    const { log } = keptLog('gateway:debug, router:warn');
    expect(log.levels()).toEqual({
      level: 'info',
      components: { gateway: 'debug', router: 'warn' },
    });
    expect(keptLog('debug').log.levels().level).toBe('debug');
    expect(keptLog('warn,gateway:debug').log.levels()).toEqual({
      level: 'warn',
      components: { gateway: 'debug' },
    });
  });

  it('that cannot be read are named, and the rest counts', () => {
    const { log, lines } = keptLog('loud,gateway:debug,:warn,a:b:c');
    expect(log.levels()).toEqual({ level: 'info', components: { gateway: 'debug' } });
    expect(lines.map(({ message }) => message)).toEqual([
      'ORRERY_LOG: "loud" is not a level; write debug, info, warn or error',
      'ORRERY_LOG: "" is not a component; write for example gateway:debug',
      'ORRERY_LOG: "a:b:c" is not a level; write debug, info, warn or error',
    ]);
  });

  it('of their own have at most 64 components, also from the environment', () => {
    const text = Array.from({ length: 80 }, (_, i) => `c${i}:debug`).join(',');
    expect(parseLogLevels(text).components.size).toBe(64);
    const { log } = keptLog(text);
    expect(() => log.setLevel('debug', 'one-more')).toThrow(RangeError);
    log.setLevel('warn', 'c3');
    expect(log.levels().components['c3']).toBe('warn');
  });

  it('come back as they were set after everything was written', () => {
    const { log } = keptLog('warn,gateway:error');
    const before = log.levels();
    expect(log.toggleDebug()).toBe(true);
    expect(log.levels()).toEqual({ level: 'debug', components: {} });
    expect(log.toggleDebug()).toBe(false);
    expect(log.levels()).toEqual(before);
  });
});

describe('scrub', () => {
  it('leaves addresses, names, numbers and short hex as they are', () => {
    const text = 'gateway-111 1-ff00:0:110 127.0.0.1:31056 fp 9f86d081884c7d65 path 3 20.5 ms';
    expect(scrubSecrets(text)).toBe(text);
  });

  it('takes linear time on hostile text', () => {
    const texts = [
      (times: number): string => 'a'.repeat(20 * times),
      (times: number): string => '-----BEGIN A-----'.repeat(times),
    ];
    for (const text of texts) {
      // A text that is eight times as long takes eight times as long; with quadratic matching it
      // would be 64 times.
      const [short, long] = leastOf([text(5_000), text(40_000)], scrubSecrets);
      expect(long! / short!).toBeLessThan(24);
    }
  });
});

/** The shortest of five runs for each input, ms; inputs alternate. */
function leastOf(inputs: readonly string[], act: (input: string) => unknown): readonly number[] {
  const least = inputs.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < 5; turn += 1) {
    for (const [index, input] of inputs.entries()) {
      const began = performance.now();
      act(input);
      least[index] = Math.min(least[index] as number, performance.now() - began);
    }
  }
  return least;
}
