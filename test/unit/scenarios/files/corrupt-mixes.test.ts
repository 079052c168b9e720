/**
 * Which mixes are corrupt. A share is rounded to the nearest number of mixes; nodes, a layer, an
 * autonomous system or a family can also be named.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { load } from '../../runner/fixture.ts';

const corrupt = (privacy: string, width = '3'): readonly string[] | undefined =>
  load('mixnet.yaml', {
    privacy,
    'topology.generate.width': width,
    'options.mix-1-1': '{ asn: AS1, family: acme }',
    'options.mix-3-2': '{ asn: AS1 }',
  }).privacy?.corrupt;

describe('a share of the mixes', () => {
  it('of 33 % of nine was two in silence: it is three', () => {
    expect(corrupt('{ corrupt: 33% }')).toHaveLength(3);
  });

  it.each([
    ['0%', 0],
    ['5%', 0],
    ['6%', 1],
    ['16%', 1],
    ['17%', 2],
    ['100%', 9],
  ])('%s of nine is %i, the nearest number', (share, count) => {
    expect(corrupt(`{ corrupt: ${share} }`)).toHaveLength(count);
  });

  it('hits each layer alike', () => {
    const found = corrupt('{ corrupt: 33% }') ?? [];
    expect(found.map((name) => name.slice(0, 5)).sort()).toEqual(['mix-1', 'mix-2', 'mix-3']);
  });
});

describe('corrupt mixes', () => {
  it.each([
    ['{ nodes: [mix-2-1, mix-1-*] }', ['mix-1-1', 'mix-1-2', 'mix-1-3', 'mix-2-1']],
    ['{ layer: 2 }', ['mix-2-1', 'mix-2-2', 'mix-2-3']],
    ['{ asn: AS1 }', ['mix-1-1', 'mix-3-2']],
    ['{ family: acme }', ['mix-1-1']],
    ['{ asn: AS1, nodes: [mix-2-2] }', ['mix-1-1', 'mix-2-2', 'mix-3-2']],
  ])('can be named: %s', (named, found) => {
    expect(corrupt(`{ corruptMixes: ${named} }`)).toEqual(found);
  });

  it.each([
    ['{ corruptMixes: { nodes: [mix-2-9] } }', 'mix-2-9', 'mix-2-1'],
    ['{ corruptMixes: { nodes: ["mux-*"] } }', 'matches no node', ''],
    ['{ corruptMixes: { nodes: [client-1] } }', 'client-1 does not mix', 'mixes'],
    ['{ corruptMixes: { layer: 4 } }', 'no mix of the topology is in layer 4', 'layers: 1 to 3'],
    ['{ corruptMixes: { asn: AS9 } }', 'no mix has the asn "AS9"', 'AS1'],
    ['{ corruptMixes: { family: acne } }', 'no mix has the family "acne"', 'acme'],
    ['{ corruptMixes: { layers: 2 } }', 'unknown key', 'layer'],
    [
      '{ corrupt: 10%, corruptMixes: { layer: 2 } }',
      'also given as a share',
      'corrupt or corruptMixes',
    ],
  ])('that are none are refused by name: %s', (privacy, says, hint) => {
    let found: unknown;
    try {
      corrupt(privacy);
    } catch (error) {
      found = error;
    }
    const { message, problems } = found as { message: string; problems?: unknown };
    const text = `${message} ${JSON.stringify(problems ?? found)}`;
    expect(text).toContain(says);
    expect(text).toContain(hint);
  });
});

it('mistakes in the options of mixes do not add that there are none', () => {
  const bad = (): unknown =>
    load('mixnet.yaml', {
      privacy: '{ targets: 1s }',
      'options.mixnet': '{ mixing: { strategy: poison } }',
    });
  expect(bad).toThrow(/strategy/);
  expect(bad).not.toThrow(/no node of this topology mixes/);
});
