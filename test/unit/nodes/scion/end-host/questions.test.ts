import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { NodeRequest } from '../../../../../engine/host/host.ts';
import type { NetworkMap } from '../../../../../engine/host/network-view.ts';
import type { Timer } from '../../../../../engine/host/time.ts';
import { CONVERSATIONS_MAX } from '../../../../../nodes/scion/end-host/geometry.ts';
import { parseProbeQuestion } from '../../../../../nodes/scion/end-host/question.ts';
import { EndHostQuestions } from '../../../../../nodes/scion/end-host/questions-node.ts';
import type { ScmpEndHost } from '../../../../../nodes/scion/end-host/scmp-end-host.ts';
import { listAlertFlags } from '../../../../../nodes/scion/end-host/traceroute.ts';
import { makePathInside } from '../../../../../nodes/scion/paths/finder.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { isdAsWords, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { load, MS, prepare, SECOND } from '../../../runner/fixture.ts';
import { THREE_SEGMENTS } from '../wire/corpus.ts';

const FAR = '2-ff00:0:211';
const QUIET = {
  ...{ duration: '60s', warmup: '1s', crypto: 'modelled', events: '[]' },
  ...{ 'traffic.0.kind': 'constant', 'traffic.0.rate': '1/s' },
};

/** What answers have, some of them. */
interface AnswerJson {
  readonly text: string;
  readonly errors: readonly string[];
  readonly path: {
    readonly fingerprint: string;
    readonly hops: readonly { readonly isd_as: string; readonly interface: number }[];
  };
  readonly replies: readonly { readonly scmp_seq: number; readonly round_trip_time: number }[];
  readonly hops: readonly {
    readonly isd_as: string;
    readonly interface_id: number;
    readonly ip: string;
    readonly round_trip_times: readonly (number | null)[];
  }[];
  readonly statistics: { readonly received: number; readonly min_rtt: number };
}

interface Answer {
  readonly outcome: string;
  readonly json: AnswerJson;
}

/** A question that is under way. */
function begin(run: PreparedRun, kind: string, body: string): { answer?: Answer } {
  const asked: { answer?: Answer } = {};
  const parts: string[] = [];
  run.experiment.put(
    { node: 'gateway-111', kind, target: '', body, withinNs: 100 * SECOND },
    {
      part: (bytes): void => void parts.push(new TextDecoder().decode(bytes)),
      ended: ({ outcome }): void => {
        const text = parts.join('');
        const json = (/^[[{]/.test(text) ? JSON.parse(text) : { text }) as AnswerJson;
        asked.answer = { outcome, json };
      },
    },
  );
  return asked;
}

function ask(run: PreparedRun, kind: string, body: string): Answer {
  const asked = begin(run, kind, body);
  for (let step = 0; asked.answer === undefined && step < 1_000; step += 1) {
    run.world.sim.runUntil(run.world.now() + 100 * MS);
  }
  return asked.answer ?? { outcome: 'none', json: {} as AnswerJson };
}

function started(seed = 1, overrides: Readonly<Record<string, string>> = {}): PreparedRun {
  const run = prepare(load('failover.yaml', { ...QUIET, ...overrides }), seed);
  run.world.sim.runUntil(2 * SECOND);
  return run;
}

describe('questions to a SCION host', () => {
  it('ping a host of another AS over routers, and measure the round trips of the path', () => {
    const { outcome, json } = ask(started(), 'ping', `${FAR} count=4 interval=100ms size=64`);
    expect(outcome).toBe('ok');
    const { replies } = json;
    expect(replies.map(({ scmp_seq }) => scmp_seq)).toEqual([0, 1, 2, 3]);
    for (const one of replies) {
      expect(one).toMatchObject({ source: `${FAR},127.1.4.111`, state: 'success' });
      // 2 x 10 ms, and eleven times some 200 bytes at 1 Gbit/s.
      expect(one.round_trip_time).toBeGreaterThan(20);
      expect(one.round_trip_time).toBeLessThan(20.1);
    }
    expect(json).toMatchObject({
      remote: `${FAR},127.1.4.111`,
      payload_size: 64,
      statistics: { sent: 4, received: 4, packet_loss: 0, mdev_rtt: expect.any(Number) },
    });
  });

  it('take the path that the question names by fingerprint or by sequence', () => {
    const run = started();
    const { json } = ask(run, 'paths', FAR);
    const paths = json as unknown as { fingerprint: string; interfaces: string[] }[];
    expect(paths).toHaveLength(3);
    const slow = paths.find(({ interfaces }) => interfaces.join().includes('1-ff00:0:130'))!;
    const choices = [`path=${slow.fingerprint.slice(0, 10)}`, 'sequence=0* 1-ff00:0:130 0*'];
    for (const choice of choices) {
      const { json: pinged } = ask(run, 'ping', `${FAR} count=1 ${choice}`);
      expect(pinged.statistics).toMatchObject({ received: 1 });
      expect(pinged.statistics.min_rtt).toBeGreaterThan(30);
      expect(pinged.path.fingerprint).toBe(slow.fingerprint);
    }
    expect(ask(run, 'ping', `${FAR} sequence=0* 9-0 0*`).outcome).toBe('no-path');
  });

  it('trace every interface of a path in order, at its own distance', () => {
    const { outcome, json } = ask(started(), 'traceroute', FAR);
    expect(outcome).toBe('ok');
    const { hops, path } = json;
    expect(hops.map((hop) => [hop.isd_as, hop.interface_id])).toEqual(
      path.hops.map((hop) => [hop.isd_as, hop.interface]),
    );
    expect(hops).toHaveLength(8);
    const firsts = hops.map(({ round_trip_times: [first] }) => first ?? 0);
    expect(firsts).toEqual([...firsts].sort((left, right) => left - right));
    // The first router is 100 us away, the last 4 x 2.45 ms more.
    expect(firsts[0]).toBeCloseTo(0.2, 1);
    expect(firsts.at(-1)).toBeCloseTo(19.8, 1);
    expect(hops.every(({ round_trip_times: times }) => times.length === 3)).toBe(true);
  });

  it('say which interface is down, and that no reply came', () => {
    const cut = '[{ at: 3s, link: "core-110 <-> core-310", set: { up: false } }]';
    const run = started(1, { events: cut });
    run.world.sim.runUntil(5 * SECOND);
    const only = 'sequence=0* 1-ff00:0:110 0*';
    const { outcome, json } = ask(run, 'ping', `${FAR} count=2 interval=10ms timeout=50ms ${only}`);
    expect(outcome).toBe('no-reply');
    expect(json.errors).toEqual([
      expect.stringMatching(/^external-interface-down, .* 1-ff00:0:110,/),
    ]);
    expect(json.statistics).toMatchObject({ sent: 2, received: 0, packet_loss: 100 });
    const traced = ask(run, 'traceroute', `${FAR} timeout=50ms ${only}`);
    expect(traced.outcome).toBe('packets-lost');
    // Those before the cut answer, the others have no address.
    const isAnswered = traced.json.hops.map(({ ip }) => ip !== '');
    expect(isAnswered).toEqual([true, true, true, false, false, false, false, false]);
  });

  it('are refused by name: no question, no AS, no host, too many at a time', () => {
    const run = started();
    expect(ask(run, 'ping', 'nowhere').outcome).toBe('bad-question');
    expect(ask(run, 'ping', `${FAR} often`).json).toEqual({
      text: expect.stringContaining('"often" is no option'),
    });
    expect(ask(run, 'paths', `${FAR} epic=true`).outcome).toBe('bad-question');
    expect(ask(run, 'ping', `${FAR} epic=false`).outcome).toBe('bad-question');
    expect(ask(run, 'ping', '9-ff00:0:1').outcome).toBe('no-path');
    expect(ask(run, 'ping', '1-ff00:0:110').outcome).toBe('no-host');
    expect(ask(run, 'unheard', FAR).outcome).toBe('unknown-request');
    const open = Array.from({ length: CONVERSATIONS_MAX }, () => begin(run, 'ping', FAR));
    expect(ask(run, 'ping', FAR).outcome).toBe('busy');
    run.world.sim.runUntil(run.world.now() + 5 * SECOND);
    expect(open.map(({ answer }) => answer?.outcome)).toEqual(open.map(() => 'ok'));
    expect(ask(run, 'ping', FAR).outcome).toBe('ok');
  });

  it('went on with a ping that was given up before its path was found', () => {
    const network = { hosts: [], links: [] } as unknown as NetworkMap;
    const isdAs = requireIsdAs(FAR);
    const targetHost = requireHostAddress('127.1.4.111');
    const path = makePathInside({ isdAs, mtu: 1_400 }, createCryptoProvider('modelled'), 1);
    const ended: string[] = [];
    const cancel = (): void => void ended.push('timer');
    const timer: Timer = { cancel, rearm: () => undefined, isPending: true };
    const conversation = { send: () => 100, close: () => void ended.push('conversation') };
    const questions = new EndHostQuestions({
      host: {
        ...{ after: () => timer, endpoint: () => 1, now: () => 0 },
        clock: () => ({ seconds: 1, nanos: 0 }),
      },
      crypto: createCryptoProvider('modelled'),
      own: { isdAs: isdAsWords(isdAs), host: targetHost },
      network,
      endHost: { converse: () => conversation } as unknown as ScmpEndHost,
      findPaths: (_, done): void => done({ paths: [path], isShort: false }),
    });
    questions.answer({
      ...{ kind: 'ping', body: new TextEncoder().encode(`${FAR},127.1.4.111`) },
      onCancel: (handler: () => void): void => handler(),
    } as unknown as NodeRequest);
    expect(ended.sort()).toEqual(['conversation', 'timer']);
  });

  it('have the same answer for the same seed', () => {
    const [one, other] = [started(7), started(7)].map((run) => ask(run, 'ping', FAR));
    expect(one).toEqual(other);
  });
});

describe('the text of a question', () => {
  it('has defaults, and takes each option once', () => {
    expect(parseProbeQuestion('1-ff00:0:110')).toMatchObject({
      ...{ target: '1-ff00:0:110', count: 3, intervalNs: SECOND, timeoutNs: SECOND, size: 8 },
    });
    const text = '1-ff00:0:110,10.0.0.1 count=5 interval=20ms timeout=2s size=0 path=ab12';
    expect(parseProbeQuestion(text)).toMatchObject({
      ...{ count: 5, intervalNs: 20 * MS, timeoutNs: 2 * SECOND, size: 0, fingerprint: 'ab12' },
      host: { bytes: Uint8Array.of(10, 0, 0, 1) },
    });
  });

  it.each([
    ['', 'bad'],
    ['1-ff00:0:110,here', '"here" is no host address'],
    ['1-ff00:0:110 count=0', 'count=0'],
    ['1-ff00:0:110 count=1001', 'count=1001'],
    ['1-ff00:0:110 interval=1', 'interval=1'],
    ['1-ff00:0:110 interval=999us', 'interval=999us'],
    ['1-ff00:0:110 timeout=61s', 'timeout=61s'],
    ['1-ff00:0:110 path=XY', 'path=XY'],
    ['1-ff00:0:110 sequence=((', 'the sequence'],
  ])('%j is none', (text, part) => {
    const read = parseProbeQuestion(text);
    expect(read).toHaveProperty('reason');
    if (part !== 'bad') expect((read as { reason: string }).reason).toContain(part);
  });
});

describe('the alerts of a traceroute', () => {
  it('stand once at each interface, and at a change of segments in both hops', () => {
    // Up 2, core 3, down 2 hops: the first two against the direction of beaconing.
    expect(listAlertFlags(THREE_SEGMENTS)).toEqual([
      { hop: 0, flag: 'hasIngressAlert' },
      { hop: 1, flag: 'hasEgressAlert' },
      { hop: 2, flag: 'hasIngressAlert' },
      { hop: 3, flag: 'hasEgressAlert' },
      { hop: 3, flag: 'hasIngressAlert' },
      { hop: 4, flag: 'hasEgressAlert' },
      { hop: 5, flag: 'hasEgressAlert' },
      { hop: 6, flag: 'hasIngressAlert' },
    ]);
  });
});
