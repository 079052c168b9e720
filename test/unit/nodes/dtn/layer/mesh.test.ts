import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { DTN_DROP_REASONS } from '../../../../../nodes/dtn/drops.ts';
import { type MeshEffect, type MeshInput, MeshRelay } from '../../../../../nodes/dtn/layer/mesh.ts';
import { MESH_PROFILES, type MeshProfile } from '../../../../../nodes/dtn/layer/mesh-profile.ts';
import {
  decodeMeshFrame,
  encodeMeshFrame,
  type MeshFrame,
} from '../../../../../nodes/dtn/layer/mesh-wire.ts';
import { patternBlock } from '../../../../../runner/verify/bundles/ltp-pair.ts';
import { forMutants } from './mutations.ts';

const S = 1_000_000_000;
const MS = 1_000_000;
const SURE: MeshProfile = { ...MESH_PROFILES.document, relay: 1 };

/** A mesh without delay; links are named by both ends, the smaller first. */
class Mesh {
  now = 0;
  readonly nodes: readonly MeshRelay[];
  readonly events: (MeshEffect & { readonly node: number; readonly at: number })[] = [];
  sent = 0;
  loses: (frame: MeshFrame, link: string) => boolean = () => false;
  readonly #profile: MeshProfile;

  constructor(links: readonly (readonly [number, number])[], profile: MeshProfile = SURE) {
    this.#profile = profile;
    const size = 1 + Math.max(...links.flat());
    this.nodes = Array.from({ length: size }, (_, own) => {
      const own_ = links.filter((ends) => ends.includes(own));
      return new MeshRelay({
        own,
        profile,
        links: own_.map(([a, b]) => ({ id: `${a} ${b}`, peer: a === own ? b : a })),
        paceNs: 8 * MS,
        firstMessage: 7,
        relays: openRandomStream(1, `mesh/${own}`, 'relays'),
        waits: openRandomStream(1, `mesh/${own}`, 'waits'),
      });
    });
  }

  take(node: number, input: MeshInput | typeof TIMER_DUE): void {
    for (const effect of this.nodes[node]!.step(this.now, input)) {
      this.events.push({ ...effect, node, at: this.now });
      if (effect.kind !== 'transmit') continue;
      this.sent += 1;
      const frame = decodeMeshFrame(effect.bytes, this.#profile.headBytes)!;
      if (this.loses(frame, effect.link)) continue;
      const [a, b] = effect.link.split(' ').map(Number) as [number, number];
      const { link, bytes } = effect;
      this.take(a === node ? b : a, { kind: 'frame', link, bytes });
    }
  }

  run(untilNs = Number.POSITIVE_INFINITY): this {
    for (;;) {
      const next = Math.min(...this.nodes.map((node) => node.nextAt()));
      if (next > untilNs || next === Number.POSITIVE_INFINITY) break;
      this.now = next;
      this.take(
        this.nodes.findIndex((node) => node.nextAt() === next),
        TIMER_DUE,
      );
    }
    if (untilNs < Number.POSITIVE_INFINITY) this.now = untilNs;
    return this;
  }

  messages(node: number): readonly Uint8Array[] {
    return this.events.flatMap((event) =>
      event.kind === 'message' && event.node === node ? [event.message] : [],
    );
  }

  drops(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'drop' ? [event.reason] : []));
  }
}

const chain = (hops: number): readonly (readonly [number, number])[] =>
  Array.from({ length: hops }, (_, index) => [index, index + 1] as const);

describe('a mesh', () => {
  it('R-165: sends a message in frames of 100 bytes, 80 of them data, with 30 % repair in blocks of 16', () => {
    const mesh = new Mesh(chain(1), MESH_PROFILES.document);
    const frames: MeshFrame[] = [];
    mesh.loses = (frame): boolean => {
      frames.push(frame);
      return false;
    };
    mesh.take(0, { kind: 'send', target: 1, message: patternBlock(2_000) });
    mesh.run();
    // 25 fragments: a block of 16 with 5 repairs, and one of 9 with 3.
    const kinds = frames.map(({ kind, index }) => `${kind} ${index}`);
    expect(kinds.filter((kind) => kind.startsWith('fragment'))).toHaveLength(25);
    expect(kinds.filter((kind) => kind === 'repair 0')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'repair 1')).toHaveLength(3);
    expect(new Set(frames.map(({ ttl }) => ttl))).toEqual(new Set([7]));
    expect(Math.max(...frames.map(({ data }) => data.length))).toBe(80);
    expect(mesh.messages(1)).toEqual([patternBlock(2_000)]);
    expect(MESH_PROFILES.document).toMatchObject({
      frameBytes: 100,
      headBytes: 20,
      relay: 0.7,
      jitterNs: [50 * MS, 200 * MS],
      knownNs: 300 * S,
      friends: 10,
      friendMessages: 50,
      friendNs: 3_600 * S,
      friendshipNs: 86_400 * S,
    });
  });

  it.each([
    [7, 1],
    [8, 0],
  ])('carries a message over 7 hops, not 8: over %i hops, %i arrives', (hops, count) => {
    const mesh = new Mesh(chain(hops));
    mesh.take(0, { kind: 'send', target: hops, message: patternBlock(100) });
    expect(mesh.run().messages(hops)).toHaveLength(count);
  });

  it('relays each frame once, and delivers a message once, though all hear all', () => {
    const pairs = [0, 1, 2, 3, 4].flatMap((a) =>
      [0, 1, 2, 3, 4].flatMap((b) => (a < b ? [[a, b] as const] : [])),
    );
    const mesh = new Mesh(pairs);
    mesh.take(0, { kind: 'send', target: 4, message: patternBlock(80) });
    mesh.run();
    expect(mesh.messages(4)).toHaveLength(1);
    // A fragment and a repair: four sends of node 0; nodes 1 to 3 relay to all but it and the source.
    expect(mesh.sent).toBe(2 * (4 + 3 * 3));
  });

  it('waits 50 to 200 ms before it relays', () => {
    const mesh = new Mesh(chain(2));
    const began = new Map<string, number>();
    const waits: number[] = [];
    mesh.loses = ({ kind, index, row }, link): boolean => {
      const key = `${kind} ${index} ${row}`;
      if (link === '0 1') began.set(key, mesh.now);
      else waits.push(mesh.now - began.get(key)!);
      return false;
    };
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(4_000) });
    mesh.run();
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(50 * MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(200 * MS);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(100 * MS);
  });

  it('relays 0.7 of frames', () => {
    const mesh = new Mesh(chain(2), MESH_PROFILES.document);
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(80_000) });
    mesh.run();
    // 1,000 fragments and 314 repairs leave node 0; four standard errors of 0.0126.
    const relayed = (mesh.sent - 1_314) / 1_314;
    expect(relayed).toBeGreaterThan(0.65);
    expect(relayed).toBeLessThan(0.75);
  });

  it('forgets a frame after 300 s, not earlier', () => {
    const mesh = new Mesh(chain(2));
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(10) });
    mesh.run();
    const known = mesh.sent;
    const frame = mesh.events.find(({ kind }) => kind === 'transmit') as { bytes: Uint8Array };
    const repeat = (at: number): number => {
      mesh.now = at;
      mesh.take(1, { kind: 'frame', link: '0 1', bytes: frame.bytes });
      mesh.run();
      return mesh.sent - known;
    };
    expect(repeat(299 * S)).toBe(0);
    expect(repeat(301 * S)).toBe(1);
  });
});

describe('repair', () => {
  it('R-165: makes up for any one loss, and any five losses in a row, of 16 fragments', () => {
    const message = patternBlock(16 * 80 - 3);
    for (let first = 0; first < 16; first += 1) {
      for (const burst of [1, 5]) {
        const mesh = new Mesh(chain(1));
        mesh.loses = ({ kind, index }): boolean =>
          kind === 'fragment' && index >= first && index < first + burst;
        mesh.take(0, { kind: 'send', target: 1, message });
        expect(mesh.run().messages(1)).toEqual([message]);
      }
    }
  });

  it('does not make up for two losses in one row', () => {
    const mesh = new Mesh(chain(1));
    mesh.loses = ({ kind, index }): boolean => kind === 'fragment' && [0, 5].includes(index);
    mesh.take(0, { kind: 'send', target: 1, message: patternBlock(16 * 80) });
    expect(mesh.run().messages(1)).toEqual([]);
    expect(mesh.nodes[1]!.assembling).toBe(1);
  });

  it('is absent in bitchat: 22 fragments over a link that loses 2 % arrive with 0.64', () => {
    const random = openRandomStream(1, 'test', 'loss');
    let arrived = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const mesh = new Mesh(chain(1), MESH_PROFILES.bitchat);
      mesh.loses = (): boolean => random.chance(0.02);
      mesh.take(0, { kind: 'send', target: 1, message: patternBlock(10_000) });
      arrived += mesh.run().messages(1).length;
    }
    // (1 - p)^22 = 0.641, four standard errors of 0.0152.
    expect(arrived / 1_000).toBeGreaterThan(0.58);
    expect(arrived / 1_000).toBeLessThan(0.702);
  });
});

describe('bitchat', () => {
  it('has the sizes of its protocol: 512 bytes, 469 of them data', () => {
    const { frameBytes, headBytes, ttl, denseTtl, denseLinks } = MESH_PROFILES.bitchat;
    expect([frameBytes - headBytes, ttl, denseLinks, denseTtl]).toEqual([469, 7, 6, 5]);
  });

  it('does not relay what it hears again before', () => {
    // Nodes 1 and 2 hear node 0 and each other; 3 hears 1 and 2.
    const links = [
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 3],
      [2, 3],
    ] as const;
    const mesh = new Mesh(links, MESH_PROFILES.bitchat);
    mesh.take(0, { kind: 'send', target: 3, message: patternBlock(100) });
    mesh.run();
    expect(mesh.messages(3)).toHaveLength(1);
    // Node 0 sends twice; whoever of 1 and 2 is first sends to the other and to 3, and that is all.
    expect(mesh.sent).toBe(4);
  });

  it('lets frames go 5 hops where a node has 6 links', () => {
    const mesh = new Mesh(
      [...chain(1), [0, 2], [0, 3], [0, 4], [0, 5], [0, 6]],
      MESH_PROFILES.bitchat,
    );
    const seen: number[] = [];
    mesh.loses = ({ ttl }): boolean => seen.push(ttl) > 0;
    mesh.take(0, { kind: 'send', target: 1, message: patternBlock(10) });
    mesh.run();
    expect(new Set(seen)).toEqual(new Set([5]));
  });
});

describe('a friend', () => {
  const asleep = (mesh: Mesh): Mesh => {
    // The neighbour was heard before it fell asleep.
    mesh.take(1, { kind: 'way', link: '1 2', way: 'open' });
    mesh.take(1, { kind: 'way', link: '1 2', way: 'closed' });
    return mesh;
  };

  it('R-165: keeps messages of a sleeping neighbour, and gives them when it wakes', () => {
    const mesh = asleep(new Mesh(chain(2)));
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(500) });
    mesh.run();
    expect(mesh.messages(2)).toEqual([]);
    mesh.now += 3_000 * S;
    mesh.take(1, { kind: 'way', link: '1 2', way: 'open' });
    expect(mesh.messages(2)).toEqual([patternBlock(500)]);
  });

  it('keeps them for an hour', () => {
    const mesh = asleep(new Mesh(chain(2)));
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(500) });
    mesh.run();
    mesh.now += 3_601 * S;
    mesh.take(1, { kind: 'way', link: '1 2', way: 'open' });
    expect(mesh.messages(2)).toEqual([]);
  });

  it('keeps 50 messages, and says what it does not keep', () => {
    const mesh = asleep(new Mesh(chain(2)));
    for (let count = 0; count < 51; count += 1) {
      mesh.take(0, { kind: 'send', target: 2, message: patternBlock(60 + count) });
      mesh.run();
    }
    expect(new Set(mesh.drops())).toEqual(new Set(['mesh-asleep']));
    mesh.take(1, { kind: 'way', link: '1 2', way: 'open' });
    expect(mesh.messages(2).map(({ length }) => length)).toEqual(
      Array.from({ length: 50 }, (_, count) => 60 + count),
    );
  });

  it('has 10 friends', () => {
    const star = Array.from({ length: 11 }, (_, index) => [0, index + 1] as const);
    const mesh = new Mesh([...star, [0, 12]]);
    for (const way of ['open', 'closed'] as const) {
      for (let peer = 1; peer <= 11; peer += 1) {
        mesh.take(0, { kind: 'way', link: `0 ${peer}`, way });
      }
    }
    for (let peer = 1; peer <= 11; peer += 1) {
      mesh.take(12, { kind: 'send', target: peer, message: patternBlock(10) });
    }
    mesh.run();
    // A fragment and a repair of the message for the eleventh.
    expect(mesh.drops()).toEqual(['mesh-asleep', 'mesh-asleep']);
  });

  it('is one for 24 h after it was heard', () => {
    const mesh = asleep(new Mesh(chain(2)));
    mesh.now = 86_401 * S;
    mesh.take(0, { kind: 'send', target: 2, message: patternBlock(10) });
    mesh.run();
    expect(mesh.drops()).toEqual(['mesh-asleep', 'mesh-asleep']);
  });
});

describe('hostile frames', () => {
  it('are never an exception, and fill no table: 20000 mutations', () => {
    const source = new Mesh(chain(1));
    const samples: Uint8Array[] = [];
    source.loses = (frame): boolean => samples.push(encodeMeshFrame(frame, 20)) > 0;
    for (const target of [1, 5])
      source.take(0, { kind: 'send', target, message: patternBlock(1_500) });
    source.run();
    const mesh = new Mesh([
      [0, 1],
      [1, 2],
    ]);
    const node = mesh.nodes[1]!;
    let now = 0;
    let sent = 0;
    const drops = new Set<string>();
    forMutants(samples, 20_000, (bytes) => {
      now += MS;
      const effects = [...node.step(now, { kind: 'frame', link: '0 1', bytes })];
      while (node.nextAt() <= now) effects.push(...node.step(now, TIMER_DUE));
      sent += effects.filter(({ kind }) => kind === 'transmit').length;
      for (const effect of effects) if (effect.kind === 'drop') drops.add(effect.reason);
      expect(node.assembling).toBeLessThanOrEqual(128);
      expect(node.known).toBeLessThanOrEqual(65_536);
      expect(node.waiting).toBeLessThanOrEqual(20_000);
    });
    for (const name of drops) expect(Object.keys(DTN_DROP_REASONS)).toContain(name);
    expect(drops).toContain('mesh-bad-frame');
    // A frame leads to one on the other link at most.
    expect(sent).toBeLessThanOrEqual(20_000);
  });

  it.each([0, 19, 20])('of %i bytes are none', (length) => {
    const mesh = new Mesh(chain(1));
    mesh.take(1, { kind: 'frame', link: '0 1', bytes: new Uint8Array(length).fill(1) });
    expect(mesh.drops()).toEqual(['mesh-bad-frame']);
  });
});
