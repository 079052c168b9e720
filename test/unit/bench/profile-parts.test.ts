import { describe, expect, it } from 'vitest';
import {
  COLLECTOR,
  CRYPTOGRAPHY,
  ELSEWHERE,
  type Profile,
  partsOf,
  TRANSLATOR,
} from '../../../bench/profile/parts.ts';

const ROOT = '/project/';

/** A chain of calls, the outermost first; the innermost runs for `us`. */
function profileOf(...chains: readonly (readonly [number, ...string[]])[]): Profile {
  const nodes: {
    id: number;
    callFrame: { functionName: string; url: string };
    children: number[];
  }[] = [{ id: 1, callFrame: { functionName: '(root)', url: '' }, children: [] }];
  const samples: number[] = [];
  for (const [, ...calls] of chains) {
    let above = nodes[0];
    for (const call of calls) {
      const [functionName = '', url = ''] = call.split('@');
      const node = { id: nodes.length + 1, callFrame: { functionName, url }, children: [] };
      nodes.push(node);
      above?.children.push(node.id);
      above = node;
    }
    samples.push(nodes.length);
  }
  return { nodes, samples, timeDeltas: chains.map(([us]) => us) };
}

function timesOf(profile: Profile): Readonly<Record<string, number>> {
  return Object.fromEntries(partsOf(profile, ROOT).map(({ name, us }) => [name, us]));
}

describe('the parts of a profile', () => {
  it('are the folders of the functions, the largest first', () => {
    const profile = profileOf(
      [30, 'drain@file:///project/engine/core/scheduler.ts'],
      [50, 'process@file:///project/nodes/scion/router/pipeline.ts?tsx-namespace=1'],
      [25, 'offer@file:///project/engine/net/packet-path.ts'],
      [1, 'post@file:///project/engine/core/scheduler.ts'],
    );
    expect(partsOf(profile, ROOT).map(({ name, us }) => [name, us])).toEqual([
      ['nodes/scion', 50],
      ['engine/core', 31],
      ['engine/net', 25],
    ]);
  });

  it('pay for what is built in, and for packages that they call', () => {
    const profile = profileOf(
      [7, 'fire@file:///project/engine/net/network.ts', 'set@'],
      [
        5,
        'put@file:///project/nodes/dtn/agent/records.ts',
        'x@file:///project/node_modules/y/z.js',
      ],
      [2, 'set@'],
    );
    expect(timesOf(profile)).toEqual({ 'engine/net': 7, 'nodes/dtn': 5, [ELSEWHERE]: 2 });
  });

  it('keep cryptography, the truth, the trace and the collector apart, whoever called', () => {
    const gateway = 'seal@file:///project/nodes/gateway/crypto.ts';
    const profile = profileOf(
      [7, gateway, 'update@node:internal/crypto/cipher'],
      [8, gateway, 'load@file:///project/engine/crypto/fast-aead.ts', 'wasm-function[0]@wasm://x'],
      [4, gateway, '(garbage collector)@'],
      [3, 'write@file:///project/runner/traffic/ground-truth.ts', 'crc32@'],
      [2, 'tick@file:///project/runner/recording/recorders.ts', 'gzipSync@node:zlib'],
      [6, gateway, '__name@file:///project/nodes/gateway/crypto.ts'],
    );
    expect(timesOf(profile)).toEqual({
      [CRYPTOGRAPHY]: 15,
      [COLLECTOR]: 4,
      'runner/traffic/ground-truth': 3,
      'engine/measure/trace': 2,
      [TRANSLATOR]: 6,
    });
  });

  it('leave out what was idle', () => {
    expect(timesOf(profileOf([9, '(idle)@'], [1, '(program)@']))).toEqual({ [ELSEWHERE]: 1 });
  });
});
