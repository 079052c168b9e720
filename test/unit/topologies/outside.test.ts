/**
 * Hosts with `kind: external` in topology files: their meaning, and the messages about mistakes.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-outside-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(nodes: readonly string[], more = ''): Topology {
  const path = join(folder, 't.yaml');
  const list = nodes.map((node) => `  - { ${node} }\n`).join('');
  const links = 'links:\n  - { ends: a <-> b, rate: 1Mbit/s, delay: 1ms }\n';
  writeFileSync(path, `name: t\n${more}nodes:\n${list}${links}`);
  const folders = { scenarios: folder, topologies: folder };
  return loadTopology({ path, folders, registry: new ProtocolRegistry() });
}

const PING = 'name: b, run: ping';

describe('hosts of kind: external', () => {
  it('have a program, its ports and its command, and an address from the plan', () => {
    const [a, b] = load([
      'name: a, kind: external, program: 127.9.0.1, ports: [7, 100-103, "9-9", 101], command: [echo, hi]',
      PING,
    ]).hosts;
    expect(a).toMatchObject({
      name: 'a',
      protocol: 'external',
      address: '127.192.0.1',
      options: {},
      outside: { program: '127.9.0.1', ports: [7, 100, 101, 102, 103, 9], command: ['echo', 'hi'] },
    });
    expect(b?.outside).toBeUndefined();
    expect(load(['name: a, kind: external, program: 127.9.0.1', PING]).hosts[0]?.outside).toEqual({
      program: '127.9.0.1',
      ports: [],
    });
  });

  it('do not run what the defaults name', () => {
    const [a, b] = load(
      ['name: a, kind: external, program: 127.9.0.1', 'name: b'],
      'defaults: { node: { run: ping } }\n',
    ).hosts;
    expect([a?.protocol, b?.protocol]).toEqual(['external', 'ping']);
  });

  const wrong: readonly (readonly [
    what: string,
    nodes: readonly string[],
    told: readonly [code: string, words: RegExp],
    more: string,
  ])[] = [
    [
      'a missing program',
      ['name: a, kind: external', PING],
      ['E121', /missing.*program: 127/s],
      '',
    ],
    [
      'the address of a host as program',
      ['name: a, kind: external, program: 127.9.0.1', `${PING}, address: 127.9.0.1`],
      ['E113', /127\.9\.0\.1 is taken: b has it/],
      '',
    ],
    [
      "the host's own address as program",
      ['name: a, kind: external, address: 127.9.0.1, program: 127.9.0.1', PING],
      ['E113', /127\.9\.0\.1 is taken: a has it/],
      '',
    ],
    [
      'one program behind two hosts',
      [
        'name: a, kind: external, program: 127.9.0.1',
        'name: b, kind: external, program: 127.9.0.1',
      ],
      ['E113', /taken: the program of a has it/],
      '',
    ],
    [
      'a program on a real network',
      ['name: a, kind: external, program: 10.0.0.1', PING],
      ['E104', /10\.0\.0\.1 is not in 127\.0\.0\.0\/8/],
      '',
    ],
    [
      'a protocol that there is not',
      ['name: a, kind: external, program: 127.9.0.1, run: pong', PING],
      ['E116', /did you mean ping\?/],
      '',
    ],
    [
      'options without a protocol',
      ['name: a, kind: external, program: 127.9.0.1, options: { x: 1 }', PING],
      ['E101', /"options" has no meaning here/],
      '',
    ],
    [
      'a command of a node of ours',
      ['name: a, run: ping, command: [ls]', PING],
      ['E101', /"command" has no meaning here: only a node of kind: external/],
      '',
    ],
    ['another kind', ['name: a, kind: extern', PING], ['E104', /did you mean external\?/], ''],
    [
      'a port that is none',
      ['name: a, kind: external, program: 127.9.0.1, ports: [70000]', PING],
      ['E104', /70000 is outside 1-65535/],
      '',
    ],
    [
      'a range that ends before it begins',
      ['name: a, kind: external, program: 127.9.0.1, ports: [20-10]', PING],
      ['E104', /20-10 ends before it begins/],
      '',
    ],
    [
      'a port in words',
      ['name: a, kind: external, program: 127.9.0.1, ports: [http]', PING],
      ['E103', /"http" is not a UDP port such as 7007/],
      '',
    ],
    [
      'more sockets than one process should have',
      ['name: a, kind: external, program: 127.9.0.1, ports: [1-60000]', PING],
      ['E104', /more than 4096 ports/],
      '',
    ],
    [
      'an empty command',
      ['name: a, kind: external, program: 127.9.0.1, command: []', PING],
      ['E104', /command/],
      '',
    ],
    [
      'an address plan in which all share 127.0.0.1',
      ['name: a, kind: external, program: 127.9.0.1', PING],
      ['E104', /ports cannot be used with a.*addressPlan: loopback/s],
      'addressPlan: ports\n',
    ],
  ];

  it.each(wrong)('with %s are told where and why', (_what, nodes, [code, words], more) => {
    let error: unknown;
    try {
      load(nodes, more);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ConfigError);
    const { issues, message } = error as ConfigError;
    expect(issues.map((issue) => issue.code)).toEqual([code]);
    expect(message).toMatch(words);
  });
});
