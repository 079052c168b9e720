/** What a daemon asks a control service, and what it is told. @module */
import { describe, expect, it } from 'vitest';
import type { NodeRequest } from '../../../../engine/host/host.ts';
import { DaemonQuestions } from '../../../../nodes/control-service/daemon-questions-node.ts';
import {
  combineSegmentsIntoPaths,
  type FoundPaths,
  type IsdAs,
  type Path,
} from '../../../../nodes/scion/index.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  crypto,
  LEAF,
  MIDDLE,
  surroundingsOf,
} from './small-network.ts';

/** Down from a core AS to the leaf. */
const DOWN = beaconOver(CORE_A, [3, 3, 0]).segment;

function pathsOf(target: IsdAs): FoundPaths {
  const request = { ups: [DOWN], cores: [], downs: [], source: LEAF, target, crypto };
  return { paths: combineSegmentsIntoPaths(request), isShort: false };
}

/** What a question is answered; undefined if it is of another kind. */
function ask(
  kind: string,
  body = '',
  find = pathsOf,
): { outcome: string; answer: unknown } | undefined {
  let answered: { outcome: string; answer: unknown } | undefined;
  const questions = new DaemonQuestions({
    surroundings: surroundingsOf(LEAF),
    ports: { first: 31_000, last: 31_015 },
    findPaths: (target, done): void => done(find(target)),
  });
  const respond: NodeRequest['respond'] = (outcome, bytes = new Uint8Array()) => {
    const text = new TextDecoder().decode(bytes);
    answered = { outcome, answer: outcome === 'ok' ? JSON.parse(text) : text };
  };
  const request = { kind, body: new TextEncoder().encode(body), respond } as unknown as NodeRequest;
  expect(questions.answer(request)).toBe(answered !== undefined);
  return answered;
}

describe('a control service that a daemon asks', () => {
  it('tells of its AS, of its interfaces, and of the ports with direct delivery', () => {
    expect(ask('as')?.answer).toEqual({ isdAs: LEAF, isCore: false, mtu: 1_472 });
    expect(ask('interfaces')?.answer).toEqual([[1, '10.1.0.1:30042']]);
    expect(ask('ports')?.answer).toEqual({ first: 31_000, last: 31_015 });
  });

  it('tells of paths with their bytes, their first router and their interfaces', () => {
    const [path] = pathsOf(CORE_A).paths;
    expect(ask('host-paths', CORE_A)?.answer).toEqual([
      {
        raw: Buffer.from(path!.raw).toString('hex'),
        nextHop: '10.1.0.1:30042',
        interfaces: [
          { isdAs: LEAF, ifId: 1 },
          { isdAs: MIDDLE, ifId: 3 },
          { isdAs: MIDDLE, ifId: 1 },
          { isdAs: CORE_A, ifId: 3 },
        ],
        mtu: 1_400,
        expires: Math.floor(path!.expiryHalfSeconds / 2),
      },
    ]);
    expect(ask('host-paths', CORE_B)).toEqual({ outcome: 'ok', answer: [] });
  });

  it('had an answer too long for anybody where there are thousands of paths', () => {
    const [path] = pathsOf(CORE_A).paths as [Path];
    const thousands = (notes: readonly string[]): FoundPaths => {
      const metadata = { notes } as Path['metadata'] & object;
      const paths = Array.from({ length: 8_000 }, () => ({ ...path, metadata }));
      return { paths, isShort: false };
    };
    const short = ask('host-paths', CORE_A, () => thousands(['x']))?.answer;
    expect(short).toHaveLength(1_000);
    const long = ask('host-paths', CORE_A, () => thousands(['€'.repeat(1_024)]))?.answer;
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(1_048_576);
    expect(Buffer.byteLength(JSON.stringify(long))).toBeGreaterThan(990_000);
  });

  it('tells of the other paths if some are left out, and says so if all are', () => {
    const some = { ...pathsOf(CORE_A), isShort: true };
    expect(ask('host-paths', CORE_A, () => some)?.answer).toHaveLength(1);
    const none = { paths: [], isShort: true };
    expect(ask('host-paths', CORE_A, () => none)).toEqual({ outcome: 'revoked', answer: '' });
  });

  it('refuses what is no AS, and leaves other questions to others', () => {
    expect(ask('host-paths', 'nowhere')?.outcome).toBe('bad-question');
    expect(ask('paths', CORE_A)).toBeUndefined();
  });
});
