import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../../../../runner/distributed/channel/model.ts';
import { makePortChannel } from '../../../../../runner/distributed/channel/port-channel.ts';

interface Side {
  readonly channel: Channel;
  readonly got: unknown[];
  readonly ended: Promise<string>;
}

function sideOf(channel: Channel): Side {
  const got: unknown[] = [];
  channel.onMessage = (message): unknown => got.push(message);
  const ended = new Promise<string>((resolve) => {
    channel.onClose = resolve;
  });
  return { channel, got, ended };
}

function pair(): { readonly near: Side; readonly far: Side; readonly cut: () => void } {
  const { port1, port2 } = new MessageChannel();
  const far = sideOf(makePortChannel(port2, 'near'));
  return { near: sideOf(makePortChannel(port1, 'far')), far, cut: () => port2.close() };
}

describe('a channel between threads', () => {
  it('carries numbers, bytes and big integers as they are, in order', async () => {
    const { near, far } = pair();
    const rows = { type: 'rows', rows: Float64Array.of(Number.NaN, -0), zeroNs: 5n };
    near.channel.send(rows);
    near.channel.send({ type: 'bytes', bytes: Uint8Array.of(1, 2) });
    await vi.waitFor(() => expect(far.got).toHaveLength(2));
    expect(far.got).toEqual([rows, { type: 'bytes', bytes: Uint8Array.of(1, 2) }]);
    near.channel.close();
  });

  it('reads nothing before somebody listens', async () => {
    const { port1, port2 } = new MessageChannel();
    const [first, second] = [makePortChannel(port1, ''), makePortChannel(port2, '')];
    first.send({ type: 'early' });
    await new Promise((resolve) => setImmediate(resolve));
    const late = sideOf(second);
    await vi.waitFor(() => expect(late.got).toEqual([{ type: 'early' }]));
    first.close();
  });

  it('says everything before it closes, and each side once why it is over', async () => {
    const { near, far } = pair();
    for (let n = 0; n < 1_000; n += 1) near.channel.send({ n });
    near.channel.close();
    near.channel.close();
    near.channel.send({ n: 'too late' });
    expect([await near.ended, await far.ended]).toEqual(['closed', 'peer closed']);
    expect(far.got).toHaveLength(1_000);
  });

  it('drops what comes behind its own close', async () => {
    const { near, far } = pair();
    far.channel.send({ n: 1 });
    near.channel.close();
    await far.ended;
    expect(near.got).toEqual([]);
  });

  it('is lost when the other thread ends', async () => {
    const { near, cut } = pair();
    cut();
    expect(await near.ended).toBe('connection lost');
  });
});
