import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../../../engine/host/time.ts';
import { Ping, type PingResult } from '../../../../../nodes/scion/end-host/ping.ts';
import type {
  ScmpConversation,
  ScmpEndHost,
  ScmpSource,
} from '../../../../../nodes/scion/end-host/scmp-end-host.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../../../../nodes/scion/wire/path.ts';

const THERE = requireIsdAs('2-ff00:0:211');
const SOURCE: ScmpSource = { isdAs: THERE, address: '127.1.4.111', bytes: 100 };
const OPTIONS = { count: 3, intervalNs: 10, timeoutNs: 100, size: 8 };

/** A ping whose requests go nowhere. */
class LonePing {
  nowNs = 0;
  closed = 0;
  result: PingResult | undefined;
  readonly ping: Ping;
  #due: (() => void) | undefined;

  constructor() {
    const timer: Timer = {
      cancel: (): void => {
        this.#due = undefined;
      },
      rearm: (): void => undefined,
      isPending: true,
    };
    const after = (_: number, fire: () => void): Timer => {
      this.#due = fire;
      return timer;
    };
    const route = {
      ...{ target: THERE, targetHost: requireHostAddress('127.1.4.111') },
      ...{ path: EMPTY_PATH, nextHop: 1 },
    };
    const host = { after, now: (): number => this.nowNs };
    this.ping = new Ping(host, route, OPTIONS, (result) => {
      this.result = result;
    });
    const conversation: ScmpConversation = {
      send: (): number => 100,
      close: (): void => {
        this.closed += 1;
      },
    };
    this.ping.start({ converse: () => conversation } as unknown as ScmpEndHost);
  }

  /** Lets the next request leave, or the time-out pass. */
  go(ns: number): void {
    this.nowNs += ns;
    this.#due?.();
  }

  reply(sequence: number, source = SOURCE): boolean {
    return this.ping.reply({ kind: 'echo-reply', sequence }, source);
  }
}

describe('a ping', () => {
  it('names answers that come late, twice or out of order', () => {
    const lone = new LonePing();
    lone.go(10);
    lone.reply(1);
    lone.reply(0);
    lone.reply(1);
    lone.go(10);
    lone.nowNs += 101;
    lone.reply(2);
    expect(
      lone.result?.replies.map(({ sequence, state, rttNs }) => [sequence, state, rttNs]),
    ).toEqual([
      [1, 'success', 0],
      [0, 'out_of_order', 10],
      [1, 'duplicate', 0],
      [2, 'after_timeout', 101],
    ]);
    expect(lone.closed).toBe(1);
  });

  it('keeps at most twice as many answers as requests, whoever sends more', () => {
    const lone = new LonePing();
    for (let count = 0; count < 1_000; count += 1) lone.reply(0);
    for (const ns of [10, 10, 100]) lone.go(ns);
    expect(lone.result?.replies).toHaveLength(2 * OPTIONS.count);
    expect(lone.result).toMatchObject({ sent: 3, errors: [], packetBytes: 100, tookNs: 120 });
  });

  it('takes no answer to what it has not sent', () => {
    const lone = new LonePing();
    for (const sequence of [1, 2, 3, 65_535]) expect(lone.reply(sequence)).toBe(false);
    for (const ns of [10, 10, 100]) lone.go(ns);
    expect(lone.result?.replies).toEqual([]);
  });

  it('took an answer of another host, another AS or of another kind', () => {
    const lone = new LonePing();
    expect(lone.reply(0, { ...SOURCE, address: '127.1.4.112' })).toBe(false);
    expect(lone.reply(0, { ...SOURCE, isdAs: requireIsdAs('2-ff00:0:210') })).toBe(false);
    expect(lone.ping.reply({ kind: 'traceroute-reply', sequence: 0 }, SOURCE)).toBe(false);
    expect(lone.reply(0)).toBe(true);
    for (const ns of [10, 10, 100]) lone.go(ns);
    expect(lone.result?.replies).toHaveLength(1);
  });

  it('listed an error about a request that it has not sent', () => {
    const lone = new LonePing();
    const error = { kind: 'destination-unreachable', code: 3, checksum: 0 } as const;
    const about = (sequence: number): boolean =>
      lone.ping.error({ ...error, data: new Uint8Array(0) }, SOURCE, sequence);
    expect([about(0), about(1)]).toEqual([true, false]);
  });

  it('lists an error of routers once', () => {
    const lone = new LonePing();
    const error = { kind: 'destination-unreachable', code: 3, checksum: 0 } as const;
    for (let count = 0; count < 10; count += 1) {
      lone.ping.error({ ...error, data: new Uint8Array(0) }, SOURCE, 0);
    }
    for (const ns of [10, 10, 100]) lone.go(ns);
    expect(lone.result?.errors).toEqual([
      'destination-unreachable, code 3, from 2-ff00:0:211,127.1.4.111',
    ]);
  });
});
