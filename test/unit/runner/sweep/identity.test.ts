/** The name of a run: the same for the same facts, whatever their order; another for every other fact. */
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  combinationId,
  type RunIdentityFacts,
  runId,
} from '../../../../scenarios/identity.ts';

const FACTS: RunIdentityFacts = {
  commit: '1a2b3c4',
  files: { scenario: 'aa', topology: 'bb' },
  parameters: { duration: '5s', 'traffic.0.rate': '10/s' },
  seed: 1,
};

describe('the identity of a run', () => {
  it('is that of earlier versions: results of before are found', () => {
    expect(runId(FACTS)).toBe('run-0fdb5e604981fbb369b0a654379121eb');
  });

  it('does not depend on the order of facts', () => {
    const other: RunIdentityFacts = {
      seed: 1,
      parameters: { 'traffic.0.rate': '10/s', duration: '5s' },
      files: { topology: 'bb', scenario: 'aa' },
      commit: '1a2b3c4',
    };
    expect(runId(other)).toBe(runId(FACTS));
  });

  it.each<Partial<RunIdentityFacts>>([
    { commit: '1a2b3c5' },
    { commit: '1a2b3c4+' },
    { files: { scenario: 'aa', topology: 'bc' } },
    { files: { scenario: 'aa', topology: 'bb', cpu: 'cc' } },
    { parameters: { duration: '6s', 'traffic.0.rate': '10/s' } },
    { parameters: { duration: '5s' } },
    { seed: 2 },
  ])('is another one with %j', (change) => {
    expect(runId({ ...FACTS, ...change })).not.toBe(runId(FACTS));
  });

  it('is no number, and has no colon: queues refuse both', () => {
    expect(runId(FACTS)).toMatch(/^run-[0-9a-f]{32}$/);
    expect(combinationId(FACTS)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps values apart that only look alike when joined', () => {
    expect(canonicalJson({ a: 'b","c":"d' })).not.toBe(canonicalJson({ a: 'b', c: 'd' }));
    expect(canonicalJson({ a: [1, [2]] })).toBe('{"a":[1,[2]]}');
    expect(canonicalJson({ b: undefined, a: null })).toBe('{"a":null}');
  });
});
