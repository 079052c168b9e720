import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { RequestWithReceiver } from '../../../../engine/net/inquiry.ts';
import {
  listProbedPairs,
  PacketProber,
} from '../../../../runner/distributed/agent/probe-packets.ts';
import { TruthWriter } from '../../../../runner/traffic/ground-truth.ts';

/** Two processes, and the requests that their nodes received. */
function pair(carries = true): { probes: PacketProber; asked: [string, RequestWithReceiver][] } {
  const asked: [string, RequestWithReceiver][] = [];
  const there: PacketProber = new PacketProber((node, request) => {
    asked.push([node, request]);
    if (carries) probes.take({ node: 'alice', by: undefined }, node, request.body);
  });
  const probes: PacketProber = new PacketProber((node, request) => {
    asked.push([node, request]);
    if (carries) there.take({ node: request.target, by: undefined }, node, request.body);
  });
  return { probes, asked };
}

describe('PacketProber', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('R-247: sends one packet through the network and times its answer', async () => {
    const { probes, asked } = pair();
    const probe = await probes.send('alice', 'bob');
    expect(probe).toMatchObject({ ok: true });
    expect(probe.ms).toBeGreaterThanOrEqual(0);
    expect(asked.map(([node, { target }]) => `${node} -> ${target}`)).toEqual([
      'alice -> bob',
      'bob -> alice',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says why when the node refuses the packet', async () => {
    const { probes, asked } = pair(false);
    const probe = probes.send('alice', 'bob');
    asked[0]![1].respond('no-path');
    expect(await probe).toEqual({ ok: false, reason: 'alice refused it: no-path' });
  });

  it('gives up after two seconds', async () => {
    const { probes, asked } = pair(false);
    const probe = probes.send('alice', 'bob');
    asked[0]![1].respond('ok');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await probe).toEqual({ ok: false, reason: 'no answer of bob within 2 s' });
  });

  it('goes to each peer once, and names all that do not answer', async () => {
    const flows = [
      { from: 'alice', to: 'bob' },
      { from: 'bob', to: 'alice' },
      { from: 'carol', to: 'alice' },
      { from: 'carol', to: 'bob' },
      // A probe packet would tell who writes to whom.
      { from: 'alice', to: 'eve', wishes: { private: true } },
    ];
    const pairs = listProbedPairs(flows, (node) => node === 'alice');
    const good = pair();
    expect(await good.probes.toEach(pairs)).toMatchObject({ ok: true });
    expect(good.asked.filter(([node]) => node === 'alice')).toHaveLength(2);
    const bad = pair(false).probes.toEach(pairs);
    await vi.advanceTimersByTimeAsync(2_000);
    const reason = 'no answer of bob within 2 s; no answer of carol within 2 s';
    expect(await bad).toEqual({ ok: false, reason });
    expect(good.probes.toEach(listProbedPairs(flows, (node) => node === 'dave'))).toBeUndefined();
  });

  it('has at most 64 under way', async () => {
    const { probes } = pair(false);
    const open = Array.from({ length: 64 }, () => probes.send('alice', 'bob'));
    const more = await probes.send('alice', 'bob');
    expect(more).toEqual({ ok: false, reason: 'too many probes are under way' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await Promise.all(open)).every(({ ok }) => !ok)).toBe(true);
    void probes.send('alice', 'bob');
    expect(vi.getTimerCount()).toBe(1);
  });

  it('leaves packets of flows, and bytes of nobody, to others', () => {
    const { probes } = pair(false);
    const body = new Uint8Array(64);
    const truth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 } as const;
    new TruthWriter(openRandomStream(1, 'test', 'body')).write(body, truth);
    expect(probes.take({ node: 'bob', by: undefined }, 'alice', body)).toBe(false);
    expect(probes.take({ node: 'bob', by: undefined }, 'alice', new Uint8Array(5))).toBe(false);
  });

  it('takes an answer that comes too late, without a word', async () => {
    const { probes, asked } = pair(false);
    const probe = probes.send('alice', 'bob');
    await vi.advanceTimersByTimeAsync(2_000);
    await probe;
    const there = new PacketProber((_, request) => {
      expect(probes.take({ node: 'alice', by: undefined }, 'bob', request.body)).toBe(true);
    });
    expect(there.take({ node: 'bob', by: undefined }, 'alice', asked[0]![1].body)).toBe(true);
  });
});
