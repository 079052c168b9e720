/**
 * What a packet in the name of a peer can change, and how a peer that has really changed is believed.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type FabricPacket, PacketWriter } from '../../../../nodes/fabric/wire.ts';
import { type End, FabricPair, type Name, payloadOf } from './fabric-pair.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const COUNT = 50;
const QUIET = { seed: 1, loss: 0, duplication: 0, failedSyncs: 0 };

/** Messages from `from`, one each 10 ms from `fromNs` on. */
function send(pair: FabricPair, from: End, count: number, fromNs = 0): readonly string[] {
  const texts = Array.from({ length: count }, (_, number) => `message ${1e12 + fromNs + number}`);
  for (const [number, text] of texts.entries()) {
    const message = { kind: 'message', payload: payloadOf(text, 100), priority: 1 } as const;
    pair.clock.after(fromNs + number * 10 * MS, () =>
      from.take({ kind: 'submit', message: { ...message, lifetimeNs: 60 * SECOND } }),
    );
  }
  return texts;
}

/** The texts that came, in the order of sending: the wire reorders. */
const textsOf = ({ handed }: End): readonly string[] => handed.map(({ text }) => text).sort();

interface Claims {
  readonly memory: Uint8Array;
  readonly life?: number;
  readonly floor?: number;
  readonly write?: (writer: PacketWriter) => void;
}

/** A packet as nobody's machine writes it. */
function forged({ memory, life = 1, floor = 1, write }: Claims): Uint8Array {
  const writer = new PacketWriter(200);
  writer.begin(life, memory, floor);
  write?.(writer);
  return writer.end(1_000_000).slice();
}

/** Sees what leaves, and remembers the memory of each node. */
function overheard(pair: FabricPair): Map<Name, Uint8Array> {
  const memories = new Map<Name, Uint8Array>();
  pair.see = (to, { memory }): boolean => {
    memories.set(to === 'bob' ? 'alice' : 'bob', memory.slice());
    return true;
  };
  return memories;
}

describe('a forged packet in the middle of 50 messages', () => {
  it('with another memory made the true one a former one, and dropped 47 of them', () => {
    const pair = new FabricPair(QUIET);
    const texts = send(pair, pair.alice, COUNT, 100 * MS);
    for (let at = 150; at < 600; at += 10) {
      const memory = new Uint8Array(8).fill(at);
      pair.clock.after(at * MS, () => pair.bring('bob', forged({ memory, floor: 1_000 })));
    }
    let challenges = 0;
    pair.see = (_to, { challenge }, bytes): boolean => {
      if (challenge !== undefined) {
        challenges += 1;
        // What is sent in answer to a stranger is at most three times as long (RFC 9000 section 8.1).
        expect(bytes.length).toBeLessThanOrEqual(3 * forged({ memory: challenge.memory }).length);
      }
      return true;
    };
    pair.clock.runUntil(5 * SECOND);
    expect(textsOf(pair.bob)).toEqual(texts);
    expect(pair.bob.drops.get('unconfirmed-memory')).toBe(45);
    expect(pair.alice.drops.get('foreign-challenge')).toBe(45);
    expect(challenges).toBe(45);
    expect(pair.alice.open).toBe(0);
  });

  it.each([2 ** 47, 2_000])('with a floor of %i dropped 47 of them without a reason', (floor) => {
    const pair = new FabricPair(QUIET);
    const memories = overheard(pair);
    const texts = send(pair, pair.alice, COUNT, 100 * MS);
    pair.clock.after(150 * MS, () => {
      const memory = memories.get('alice') ?? new Uint8Array(8);
      pair.bring('bob', forged({ memory, floor }));
    });
    pair.clock.runUntil(5 * SECOND);
    expect(textsOf(pair.bob)).toEqual(texts);
    expect(pair.bob.drops.get('unconfirmed-floor')).toBe(1);
    expect(pair.alice.open).toBe(0);
  });

  it('with a higher life left the true peer without acknowledgements for ever', () => {
    const pair = new FabricPair(QUIET);
    const memories = overheard(pair);
    const texts = send(pair, pair.alice, COUNT, 100 * MS);
    pair.clock.after(150 * MS, () => {
      const memory = memories.get('alice') ?? new Uint8Array(8);
      pair.bring('bob', forged({ memory, life: 4_000_000_000 }));
    });
    const acknowledged: number[] = [];
    pair.clock.after(2 * SECOND, () => {
      pair.see = (to, { acknowledgement }): boolean => {
        if (to === 'alice' && acknowledgement !== undefined)
          acknowledged.push(acknowledgement.life);
        return true;
      };
      send(pair, pair.alice, 3);
    });
    pair.clock.runUntil(5 * SECOND);
    expect(textsOf(pair.bob).slice(3)).toEqual(texts);
    expect(pair.bob.handed).toHaveLength(COUNT + 3);
    expect(new Set(acknowledged)).toEqual(new Set([1]));
  });

  it('that comes first is forgotten when the true peer confirms its own memory', () => {
    const pair = new FabricPair(QUIET);
    pair.clock.after(50 * MS, () =>
      pair.bring('bob', forged({ memory: new Uint8Array(8).fill(6), life: 9, floor: 5 })),
    );
    const texts = send(pair, pair.alice, COUNT, 100 * MS);
    pair.clock.runUntil(5 * SECOND);
    expect(textsOf(pair.bob)).toEqual(texts);
    expect(pair.alice.open).toBe(0);
  });

  it('that guesses a confirmation or asks for one changes nothing', () => {
    const pair = new FabricPair(QUIET);
    send(pair, pair.alice, COUNT, 100 * MS);
    const nonce = new Uint8Array(8);
    const memory = new Uint8Array(8).fill(6);
    const confirm = (writer: PacketWriter): void => writer.confirm(nonce);
    const challenge = (writer: PacketWriter): void => writer.challenge({ memory, life: 1, nonce });
    // Of the memory that it has, and of a life that it had not.
    let own = memory;
    const later = (writer: PacketWriter): void => writer.challenge({ memory: own, life: 2, nonce });
    for (let at = 150; at < 600; at += 10) {
      pair.clock.after(at * MS, () => {
        pair.bring('bob', forged({ memory, write: confirm }));
        pair.bring('alice', forged({ memory, write: challenge }));
        pair.bring('alice', forged({ memory, write: later }));
      });
    }
    let pieces = 0;
    pair.see = (to, packet): boolean => {
      if (to === 'bob') own = packet.memory.slice();
      pieces += packet.pieces.length;
      return true;
    };
    pair.clock.runUntil(5 * SECOND);
    expect(pair.bob.handed).toHaveLength(COUNT);
    // Those of `challenge` and of `later`; bob asks, too, about what is not of alice.
    expect(pair.alice.drops.get('foreign-challenge')).toBeGreaterThanOrEqual(2 * 45);
    // Nothing is sent anew because somebody asked for it.
    expect(pieces).toBeLessThan(COUNT + 10);
  });
});

describe.each([
  ['a carrier that may lose packets', false],
  ['a carrier that promises delivery', true],
])('over %s, a peer', (_carrier, isCustody) => {
  it.each([
    ['that has lost its disk', ['alice']],
    ['whose other side has lost its disk', ['bob']],
    ['that has lost its disk as the other side has', ['alice', 'bob']],
  ] as const)('%s is believed when it confirms its new memory', (_who, losers) => {
    const pair = new FabricPair({ ...QUIET, isCustody });
    send(pair, pair.alice, 5, 100 * MS);
    send(pair, pair.bob, 5, 100 * MS);
    pair.clock.after(SECOND, () => {
      for (const name of losers) {
        pair[name].loseDisk();
        pair[name].start();
      }
    });
    const [there, back] = [
      send(pair, pair.alice, COUNT, 2 * SECOND),
      send(pair, pair.bob, COUNT, 2 * SECOND),
    ];
    pair.clock.runUntil(10 * SECOND);
    expect(textsOf(pair.bob).slice(5)).toEqual(there);
    expect(textsOf(pair.alice).slice(5)).toEqual(back);
    expect([pair.alice.open, pair.bob.open]).toEqual([0, 0]);
    expect([pair.alice.handed, pair.bob.handed].map(({ length }) => length)).toEqual([55, 55]);
  });

  it('whose messages of hours are over is heard again, though the window is far behind', () => {
    const pair = new FabricPair({ ...QUIET, isCustody });
    send(pair, pair.alice, 1, 100 * MS);
    const message = { kind: 'message', payload: payloadOf('gone', 20), priority: 1 } as const;
    pair.clock.after(SECOND, () => {
      pair.isCut = true;
      for (let number = 0; number < 1_500; number += 1) {
        pair.clock.after(number * 10 * MS, () =>
          pair.alice.take({ kind: 'submit', message: { ...message, lifetimeNs: SECOND } }),
        );
      }
    });
    pair.clock.after(20 * SECOND, () => {
      pair.isCut = false;
    });
    const texts = send(pair, pair.alice, COUNT, 30 * SECOND);
    pair.clock.runUntil(40 * SECOND);
    expect(textsOf(pair.bob).slice(1)).toEqual(texts);
    expect(pair.bob.drops.get('unconfirmed-floor')).toBeGreaterThan(0);
    expect([pair.alice.open, pair.bob.handed.length]).toEqual([0, COUNT + 1]);
  });
});

describe('packets from before a peer lost its disk', () => {
  it('are not messages of the memory that it has now, whenever they come', () => {
    const pair = new FabricPair(QUIET);
    const old: Uint8Array[] = [];
    pair.see = (to, _packet, bytes): boolean => {
      if (to === 'bob') old.push(bytes.slice());
      return true;
    };
    send(pair, pair.alice, 5, 100 * MS);
    pair.clock.after(SECOND, () => {
      pair.see = (): boolean => true;
      pair.alice.loseDisk();
      pair.alice.start();
    });
    send(pair, pair.alice, 5, 2 * SECOND);
    pair.clock.after(3 * SECOND, () => {
      for (const bytes of old) pair.bring('bob', bytes.slice());
    });
    send(pair, pair.alice, 5, 4 * SECOND);
    pair.clock.runUntil(10 * SECOND);
    expect(new Set(textsOf(pair.bob)).size).toBe(15);
    expect(pair.bob.handed).toHaveLength(15);
  });
});

describe('what is said once', () => {
  const isFirst = ({ number, isEliciting }: FabricPacket): boolean => number === 0 && isEliciting;
  const isNews = ({ news, asksNews }: FabricPacket): boolean => news !== undefined || asksNews;

  it.each([
    ['a challenge', 2, (packet: FabricPacket): boolean => packet.challenge !== undefined],
    ['a confirmation', 2, (packet: FabricPacket): boolean => packet.confirmation !== undefined],
    [
      'an acknowledgement',
      2,
      (packet: FabricPacket): boolean => packet.acknowledgement !== undefined,
    ],
    ['news, and questions for them', 6, isNews],
    ['a piece', 2, (packet: FabricPacket): boolean => packet.pieces.length > 0],
    ['the first packet of a life', 1, isFirst],
  ] as const)('is repeated when the network loses it: %s', (_kind, times, isOfKind) => {
    const pair = new FabricPair(QUIET);
    let lost = 0;
    pair.see = (_to, packet): boolean => {
      if (!isOfKind(packet) || lost === times) return true;
      lost += 1;
      return false;
    };
    send(pair, pair.alice, 5, 100 * MS);
    pair.clock.after(SECOND, () => {
      lost = 0;
      pair.alice.loseDisk();
      pair.alice.start();
    });
    const texts = send(pair, pair.alice, COUNT, 2 * SECOND);
    pair.clock.runUntil(20 * SECOND);
    expect(lost).toBe(times);
    expect(textsOf(pair.bob).slice(-COUNT)).toEqual(texts);
    expect([pair.alice.open, pair.bob.handed.length]).toEqual([0, COUNT + 5]);
  });
});

describe('what a node that crashed knows of its peer', () => {
  it('was another memory than that of a peer that it had never met', () => {
    const pair = new FabricPair(QUIET);
    pair.isCut = true;
    const texts = send(pair, pair.bob, 1, 100 * MS);
    pair.clock.after(SECOND, () => {
      pair.bob.crash('synced');
      pair.bob.start();
    });
    pair.clock.after(2 * SECOND, () => {
      pair.isCut = false;
    });
    pair.clock.runUntil(10 * SECOND);
    expect(textsOf(pair.alice)).toEqual(texts);
    expect([...pair.bob.drops]).toEqual([]);
  });

  it('did not tell it to send anew what a carrier had brought to a disk that is lost', () => {
    const pair = new FabricPair({ ...QUIET, isCustody: true });
    send(pair, pair.alice, 1, 100 * MS);
    send(pair, pair.bob, 1, 100 * MS);
    pair.clock.after(SECOND, () => {
      pair.alice.crash('synced');
      pair.alice.start();
      // Bob handles what comes, and alice does not hear of it.
      pair.see = (to): boolean => to === 'bob';
    });
    const [entrusted] = send(pair, pair.alice, 1, 2 * SECOND);
    pair.clock.after(3 * SECOND, () => {
      expect(textsOf(pair.bob)).toContain(entrusted);
      pair.bob.loseDisk();
      pair.bob.start();
      pair.see = (): boolean => true;
    });
    send(pair, pair.bob, 1, 4 * SECOND);
    pair.clock.runUntil(10 * SECOND);
    expect(pair.alice.open).toBe(0);
    expect(textsOf(pair.bob).filter((text) => text === entrusted)).toHaveLength(2);
  });
});
