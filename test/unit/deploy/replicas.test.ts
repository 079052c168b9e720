/** What replicas of a gateway do to replay protection (docs/deploy/README.md, Replicas). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ApplicationWindows } from '../../../nodes/gateway/application/windows.ts';
import { ROOT } from '../../architecture/files.ts';
import { at, Pair, Side, sealed } from '../nodes/gateway/session-pair.ts';

const REPLICAS = 3;
const AGE = { ageUsMax: 3_600_000_000, toleranceUs: 300_000_000 };

/** A peer, and replicas of the gateway that it talks to: all of the same identity. */
interface Replicated {
  readonly peer: Side;
  readonly replicas: readonly Side[];
}

/**
 * Connects a peer with the first of three replicas, and hands the others the same handshake.
 * @param seedOf Seed of the random draws of a replica: with the same one, they have the same session keys.
 */
function replicate(seedOf: (replica: number) => number): Replicated {
  const pair = new Pair();
  const [low, high] = pair.identities;
  const replicas = Array.from(
    { length: REPLICAS },
    (_, replica) => new Side({ identity: high, peerKey: low.publicKey, seed: seedOf(replica) }),
  );
  pair.a.session.connect(at(0));
  while (pair.a.outbox.length > 0) {
    const frames = pair.a.outbox.splice(0);
    for (const frame of frames) for (const one of replicas) one.receive(frame.slice(), at(0));
    for (const frame of replicas[0]?.outbox ?? []) pair.a.receive(frame, at(0));
    for (const one of replicas) one.outbox = [];
  }
  return { peer: pair.a, replicas };
}

/** How often copies of one captured frame are accepted, of which a balancer sends each to the replica that it chooses. */
function acceptances({ peer, replicas }: Replicated, choose: (copy: number) => number): number {
  const frame = sealed(peer, 'pay 100');
  for (let copy = 0; copy < 2 * REPLICAS; copy += 1) {
    replicas[choose(copy)]?.receive(frame.slice(), at(1));
  }
  return replicas.reduce((sum, { delivered }) => sum + delivered.length, 0);
}

const inTurn = (copy: number): number => copy % REPLICAS;
const pinned = (): number => 0;

it('R-073: are explained in docs/deploy, with what these tests show', () => {
  const text = readFileSync(join(ROOT, 'docs/deploy/README.md'), 'utf8');
  expect(text).toContain('no two replicas share a peer');
  expect(text).toMatch(/accepted three times/);
  expect(text).toMatch(/pinned to one of them \| is accepted once/);
});

describe('three replicas of a gateway', () => {
  it('R-073: with the same session keys, accept a replayed frame three times, and once if its peer is pinned', () => {
    expect(
      acceptances(
        replicate(() => 200),
        inTurn,
      ),
    ).toBe(REPLICAS);
    expect(
      acceptances(
        replicate(() => 200),
        pinned,
      ),
    ).toBe(1);
  });

  it('R-073: with keys of their own, as ours are, lose what the balancer sends to another replica', () => {
    const own = replicate((replica) => 200 + 1_000 * replica);
    expect(acceptances(own, inTurn)).toBe(1);
    const [first, ...others] = own.replicas;
    expect(first?.drops).toEqual(['replay']);
    for (const { drops } of others) expect(drops.slice(-2)).toEqual(['bad-auth', 'bad-auth']);
    const frames = Array.from({ length: 30 }, (_, count) => sealed(own.peer, `${count}`));
    for (const [count, frame] of frames.entries())
      own.replicas[inTurn(count)]?.receive(frame, at(2));
    expect(first?.delivered).toHaveLength(1 + frames.length / REPLICAS);
  });

  it('R-073: call a sequence number of an application fresh three times, and once if it is pinned', () => {
    const verdicts = (choose: (copy: number) => number): readonly string[] => {
      const replicas = Array.from(
        { length: REPLICAS },
        () => new ApplicationWindows({ size: 1_024, ttlNs: 1_000, age: AGE }),
      );
      const asked = { name: '1-ff00:0:112', sequence: 7, timestampUs: undefined, updates: true };
      return Array.from(
        { length: 2 * REPLICAS },
        (_, copy) => replicas[choose(copy)]?.check(asked, at(copy)) ?? '',
      );
    };
    const fresh = (all: readonly string[]): number => all.filter((one) => one === 'fresh').length;
    expect(fresh(verdicts(inTurn))).toBe(REPLICAS);
    expect(fresh(verdicts(pinned))).toBe(1);
  });

  it('R-073: are not what the manifest starts: one replica has the peers that its file names', () => {
    const text = readFileSync(join(ROOT, 'docs/deploy/gateway-kubernetes.yaml'), 'utf8');
    const objects = parseAllDocuments(text).map((one) => one.toJS() as Record<string, unknown>);
    expect(objects).toContainEqual(
      expect.objectContaining({
        kind: 'Deployment',
        spec: expect.objectContaining({ replicas: 1, strategy: { type: 'Recreate' } }),
      }),
    );
    expect(objects).toContainEqual(
      expect.objectContaining({
        kind: 'ConfigMap',
        data: expect.objectContaining({
          'gateway.toml': expect.stringContaining('peers = ["gateway-112"]'),
        }),
      }),
    );
  });
});
