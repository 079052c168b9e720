/** Requests of applications to a gateway: what each call of its gRPC service means, in virtual time. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { REGISTRATIONS_MAX } from '../../../../../nodes/gateway/application/calls.ts';
import { PathDirectory } from '../../../../../nodes/gateway/underlay/path-directory.ts';
import { CONVERSATIONS_MAX } from '../../../../../nodes/scion/end-host/geometry.ts';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

const scenario = load('failover.yaml', {
  duration: '10s',
  warmup: '3s',
  'traffic.0.rate': '1/s',
  'traffic.0.stop': '1s',
  events: '[]',
});
const OTHER = '2-ff00:0:211';
let { world } = prepare(scenario);
const received: string[] = [];
let nowNs = 0;

beforeEach(() => {
  world = prepare(scenario).world;
  received.length = 0;
  world.listen({
    delivered: (_node, _from, bytes) => received.push(Buffer.from(bytes).toString()),
    ...{ state: ignore, spanned: ignore, marked: ignore, logged: ignore },
  });
  nowNs = 0;
  runOn(3 * SECOND);
});

function runOn(ns: number): void {
  nowNs += ns;
  world.sim.runUntil(nowNs);
}

function ignore(): void {
  // Nothing of it matters here.
}

/** The outcome and answer of a request to gateway-111. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
function ask(kind: string, body: unknown = '', target = ''): readonly [string, any] {
  let answer: readonly [string, unknown] = ['unanswered', undefined];
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  world.request('gateway-111', {
    ...{ kind, target, body: new Uint8Array(bytes) },
    respond: (outcome, text) => {
      const said = Buffer.from(text ?? []).toString();
      answer = [outcome, /^[[{]/.test(said) ? JSON.parse(said) : said];
    },
  });
  runOn(SECOND);
  return answer;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
function send(head: object, packet = 'packet', target = OTHER): readonly [string, any] {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.of(text.length >> 8, text.length & 255);
  return ask('send-now', Buffer.concat([length, text, Buffer.from(packet)]), target);
}

describe('send-now', () => {
  it('sends at once on the path in use, and says which it is', () => {
    const [outcome, path] = send({}, 'hello');
    expect(outcome).toBe('ok');
    expect(received).toEqual(['hello']);
    expect(path.isActive).toBe(true);
    expect(path.quality.rttMs).toBeGreaterThan(1);
    expect(path.usage).toMatchObject({ frames: 1 });
    const [, stats] = ask('stats');
    expect(stats.counts).toMatchObject({ sentPackets: 1, sentBytes: 5 });
  });

  it('took a sequence number twice', () => {
    expect(send({ sequence: '7' })[0]).toBe('ok');
    expect(send({ sequence: '7' })[0]).toBe('replay');
    expect(send({ sequence: '8', timestampUs: 1 })[0]).toBe('expired');
    expect(send({ sequence: '99999999999999999999' })[0]).toBe('future');
    expect(send({ sequence: '8' })[0]).toBe('ok');
    expect(received.length).toBe(2);
    const [, { counts }] = ask('stats');
    expect(counts).toMatchObject({ replay: 1, expired: 1, future: 1 });
  });

  it('used up the sequence number of a packet that did not leave', () => {
    expect(send({ sequence: '7' }, 'x'.repeat(65_537))[0]).toBe('packet-too-large');
    expect(send({ sequence: '7' })[0]).toBe('ok');
  });

  it('refuses what the path in use does not keep to, and who is no peer', () => {
    const preferences = (more: object): object => ({ preferences: more });
    expect(send(preferences({ maxRttMs: 0.001 }))).toEqual([
      'path-unfit',
      'the path in use breaks max-rtt',
    ]);
    expect(send(preferences({ maxHops: 1 }))[0]).toBe('path-unfit');
    expect(send(preferences({ avoidAses: ['1-ff00:0:110'] }))[0]).toBe('path-unfit');
    expect(send({ interfaceId: 77 })[0]).toBe('path-unfit');
    const other = send({ path: 'no such path' });
    const [, used] = send({ path: other[1].split(' ').at(-1) });
    expect([other[0], used.isActive]).toEqual(['path-unfit', true]);
    expect(send(preferences({ maxRttMs: 1_000, maxHops: 100 }))[0]).toBe('ok');
    expect(send({}, 'x', 'nobody')[0]).toBe('unknown-peer');
    expect(ask('send-now', Buffer.of(0, 1, 0x7b), OTHER)[0]).toBe('bad-question');
    expect(ask('send-now', '', OTHER)[0]).toBe('bad-question');
    expect(received).toEqual(['packet', 'packet']);
  });

  it('sends nothing on paths of which none answers, and says so', () => {
    for (const router of ['br-111-1', 'br-111-2', 'br-111-3']) {
      world.link(`gateway-111--${router}`).tap('forward', () => false);
    }
    runOn(2 * SECOND);
    expect(send({})[0]).toBe('no-path-answers');
    runOn(SECOND);
    expect(received).toEqual([]);
  });

  it('has no path to a gateway without a session', () => {
    expect(ask('close-tunnel', OTHER)[0]).toBe('ok');
    expect(send({})[0]).toBe('unknown-peer');
  });
});

describe('query-paths', () => {
  it('lists the paths that keep to the limits, the best first, with what is measured', () => {
    const [outcome, paths] = ask('query-paths', { destination: OTHER });
    expect(outcome).toBe('ok');
    expect(paths.length).toBeGreaterThan(1);
    const scores = paths.map(({ score }: { score: number }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(paths.filter(({ isActive }: { isActive: boolean }) => isActive).length).toBe(1);
    const avoided = ask('query-paths', {
      destination: OTHER,
      preferences: { avoidAses: ['3-ff00:0:310'] },
    })[1];
    expect(avoided.length).toBeLessThan(paths.length);
    expect(JSON.stringify(avoided)).not.toContain('3-ff00:0:310#');
  });

  it('follows the preferences that were registered last, until their time is over', () => {
    const all = ask('query-paths', { destination: OTHER })[1].length;
    const preferences = { avoidAses: ['3-ff00:0:310'] };
    const [outcome, { id, paths, expiresMs }] = ask('register-path', {
      ...{ destination: OTHER, seconds: 3, preferences },
    });
    expect([outcome, id]).toEqual(['ok', 'path-1']);
    expect(expiresMs).toBeGreaterThan(0);
    expect(paths.length).toBeLessThan(all);
    expect(ask('query-paths', { destination: OTHER })[1].length).toBe(paths.length);
    expect(ask('query-paths', { destination: OTHER, preferences: {} })[1].length).toBe(all);
    runOn(2 * SECOND);
    expect(ask('query-paths', { destination: OTHER })[1].length).toBe(all);
  });

  it('has an outcome for what is no AS, and where no path leads', () => {
    expect(ask('query-paths', { destination: 'x' })[0]).toBe('bad-question');
    expect(ask('query-paths', 'x')[0]).toBe('bad-question');
    expect(ask('query-paths', { destination: '7-7' })[0]).toBe('no-path');
    expect(ask('register-path', { destination: 'x', seconds: 1 })[0]).toBe('bad-question');
    expect(ask('register-path', { destination: OTHER, seconds: 0 })[0]).toBe('bad-question');
  });

  it('keeps so many registrations', () => {
    const body = Buffer.from(JSON.stringify({ destination: '7-7', seconds: 60 }));
    const outcomes: string[] = [];
    for (let count = 0; count <= REGISTRATIONS_MAX; count += 1) {
      world.request('gateway-111', {
        ...{ kind: 'register-path', target: '', body: new Uint8Array(body) },
        respond: (outcome) => outcomes.push(outcome),
      });
    }
    expect(outcomes.slice(-2)).toEqual(['ok', 'registrations-full']);
  });
});

describe('sequence', () => {
  it('checks a number, and changes its window only if it is asked to', () => {
    const check = (sequence: string, updates = true): string =>
      ask('sequence', { name: 'a', sequence, updates })[1].verdict;
    expect([check('5', false), check('5'), check('5'), check('5', false)]).toEqual([
      ...['fresh', 'fresh', 'replay', 'replay'],
    ]);
    const [, { window }] = ask('sequence', { name: 'a', sequence: '6', updates: true });
    expect(window).toMatchObject({ base: 0, highest: 6, processed: 3, accepted: 2, slides: 2 });
    expect(window.bitmap.slice(0, 4)).toBe('6000');
    expect(ask('sequence', { name: 'b', sequence: '5' })[1].verdict).toBe('fresh');
    expect(ask('sequence', { name: 'b', sequence: '-5' })[0]).toBe('bad-question');
  });
});

describe('a probe that its asker has cancelled', () => {
  it('leaves the tables of the gateway', () => {
    const body = (text: string): Uint8Array => new Uint8Array(Buffer.from(`${OTHER} ${text}`));
    const begin = (): { cancel(): void } | undefined =>
      world.request('gateway-111', {
        ...{ kind: 'ping', target: '', body: body('count=1000 interval=10s'), respond: ignore },
      });
    for (let count = 0; count < CONVERSATIONS_MAX; count += 1) begin()?.cancel();
    expect(ask('ping', `${OTHER} count=1`)[0]).toBe('ok');
    for (let count = 0; count < CONVERSATIONS_MAX; count += 1) begin();
    expect(ask('ping', `${OTHER} count=1`)[0]).toBe('busy');
  });
});

describe('receive', () => {
  it('takes a packet that arrived elsewhere, and checks it as one from the socket', () => {
    let frame: Uint8Array | undefined;
    world.link('gateway-111--br-111-1').tap('backward', ({ bytes, offset, length }) => {
      // The link loses it, as if it had arrived elsewhere.
      if (length > 400) frame ??= bytes.slice(offset, offset + length);
      return length <= 400;
    });
    world.request('gateway-211', {
      ...{ kind: 'send', target: 'gateway-111', body: new Uint8Array(500), respond: ignore },
    });
    runOn(SECOND);
    expect(received.length).toBe(0);
    expect(ask('receive', Buffer.from(frame!))[0]).toBe('ok');
    expect(received.length).toBe(1);
    expect(ask('receive', Buffer.from(frame!))[0]).toBe('replay');
    expect(ask('receive', Buffer.from('no packet'))[0]).not.toBe('ok');
    expect(received.length).toBe(1);
  });
});

describe('tunnels', () => {
  // A health check asks for them each second, of hundreds of peers.
  it('are told without describing all paths', () => {
    const sources = vi.spyOn(PathDirectory.prototype, 'sourceOf');
    expect(ask('tunnels')[1]).toHaveLength(1);
    expect(sources).not.toHaveBeenCalled();
    ask('explain', OTHER);
    expect(sources).toHaveBeenCalled();
    sources.mockRestore();
  });

  it('are the sessions with other gateways, which an application ends and begins again', () => {
    const [, [tunnel]] = ask('tunnels');
    expect(tunnel).toEqual({
      ...{ peer: 'gateway-211', isdAs: OTHER, port: 31_056, state: 'active', paths: 3 },
      reasons: [],
    });
    expect(ask('close-tunnel', OTHER)[0]).toBe('ok');
    expect(ask('tunnels')[1]).toEqual([]);
    expect(ask('close-tunnel', OTHER)[0]).toBe('unknown-peer');
    expect(ask('open-tunnel', '7-7')[0]).toBe('unknown-peer');
    expect(ask('open-tunnel', OTHER)[1].state).toBe('creating');
    expect(ask('tunnels')[1][0].state).toBe('active');
    expect(ask('open-tunnel', OTHER)[1].state).toBe('active');
    expect(send({})[0]).toBe('ok');
    expect(received).toEqual(['packet']);
  });
});
