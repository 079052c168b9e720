import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lobby, openPair } from './support.ts';

describe('a channel', () => {
  let lobby: Lobby;

  beforeEach(async () => {
    lobby = new Lobby();
    await lobby.open();
  });

  afterEach(async () => {
    await lobby.close();
  });

  it('carries messages both ways, in order', async () => {
    const { dialled, accepted } = await openPair(lobby);
    for (let index = 0; index < 100; index += 1) dialled.channel.send({ index });
    accepted.channel.send({ kind: 'welcome' });
    expect(await accepted.received(100)).toEqual(
      Array.from({ length: 100 }, (_, i) => ({ index: i })),
    );
    expect(await dialled.received(1)).toEqual([{ kind: 'welcome' }]);
  });

  it('carries a message of 20 MB', async () => {
    const { dialled, accepted } = await openPair(lobby);
    const bytes = new Uint8Array(15_000_000).map((_, index) => index * 7);
    const floats = new Float64Array(1000).fill(Number.POSITIVE_INFINITY);
    dialled.channel.send({ bytes, floats });
    dialled.channel.close();
    const [message] = (await accepted.received(1)) as { bytes: Uint8Array; floats: Float64Array }[];
    expect(Buffer.compare(message!.bytes, bytes)).toBe(0);
    expect(message!.floats).toEqual(floats);
    expect(await accepted.closed()).toBe('peer closed');
    expect(await dialled.closed()).toBe('closed');
  });
});
