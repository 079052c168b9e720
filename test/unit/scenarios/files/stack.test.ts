/**
 * `stack` in files: what it means, and what of it is refused (docs/spec/stacking.md).
 *
 * @module
 */
import { expect, it } from 'vitest';
import { makeProtocolStackFinder } from '../../../../scenarios/open/nodes.ts';
import { knownProtocols, loadAddedProtocols } from '../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { loadText, SHIMS } from '../../../conformance/stack.ts';

await loadAddedProtocols();

const [SHIM1 = '', SHIM2 = ''] = SHIMS;
const NET = `
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [{ name: alice }, { name: bob }, { name: carol, run: ping }]
  links: [{ ends: alice <-> bob }, { ends: bob <-> carol }]
duration: 5s
`;

const scenario = (rest: string, net = NET): string => `name: s${net}${rest}`;

/** Place and message of each mistake, with the text that the caret marks. */
async function refusals(text: string): Promise<readonly string[]> {
  try {
    await loadText(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(
      ({ code, line, column, endColumn, path, message, hint, sourceLine }) => {
        const marked = sourceLine?.slice(column - 1, endColumn - 1).replace(/^.*\//, '…/');
        return `${code} ${line} «${marked}» ${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
      },
    );
  }
  return [];
}

/** Options of all protocols of the hosts with layers. */
async function choicesOf(text: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { scenario: loaded, registry } = await loadText(text);
  const choices = makeProtocolStackFinder(loaded, registry);
  const stacked = loaded.topology.hosts.filter(({ layers }) => layers !== undefined);
  return Object.fromEntries(
    stacked.map((host) => [host.name, choices(host).map(({ options }) => options)]),
  );
}

const entry = (on: string, run: string, more = ''): string =>
  `- { on: "${on}", run: ${run}${more} }`;
const flow = (more: string): string => `traffic: [{ kind: constant, rate: 1/s, ${more} }]\n`;

it('puts the layers of the scenario on those of the topology, the lowest first', async () => {
  const net = NET.replace('  links:', `  stack: [{ on: "*l*", run: ${SHIM1} }]\n  links:`);
  const text = scenario(`stack:\n  ${entry('alice', SHIM2)}\n`, net.replace(', run: ping', ''));
  const { scenario: loaded } = await loadText(text);
  const stacks = loaded.topology.hosts.map(({ name, layers = [] }) => [
    name,
    ...layers.map(({ protocol }) => protocol.replace(/^.*\/|\.ts$/g, '')),
  ]);
  expect(stacks).toEqual([['alice', 'shim1', 'shim2'], ['bob'], ['carol', 'shim1']]);
});

it('gives a layer the options of its entry, of its protocol, and of node/protocol, in this order', async () => {
  const choices = await choicesOf(
    scenario(`stack:
  ${entry('alice', SHIM1, ', options: { maxBytes: 20 }')}
  ${entry('bob', SHIM1, ', options: { maxBytes: 10 }')}
options:
  shim1: { digest: true }
  alice/shim1: { maxBytes: 30 }
  alice: { maxBytes: 100 }
`),
  );
  expect(choices).toEqual({
    alice: [
      { maxBytes: 100, port: 49_152 },
      { maxBytes: 30, digest: true },
    ],
    bob: [
      { maxBytes: 1_200, port: 49_152 },
      { maxBytes: 10, digest: true },
    ],
  });
});

it.each([
  [
    'a protocol that does not exist',
    `stack:\n  ${entry('alice', 'gatewai')}\n`,
    [
      `E116 9 «gatewai» stack[0].run: protocol "gatewai" not found in nodes/ (did you mean gateway? protocols: bulk, control-service, datagram, … ${knownProtocols().length - 3} more)`,
    ],
  ],
  [
    'a module that is not there',
    `stack:\n  ${entry('alice', './nowhere/index.ts')}\n`,
    [
      'E116 9 «…/index.ts» stack[0].run: protocol "./nowhere/index.ts" not found (the path counts from the folder of this file)',
    ],
  ],
  [
    'a pattern that matches no node',
    `stack:\n  ${entry('x-*', SHIM1)}\n`,
    ['E124 9 «"x-*"» stack[0].on: pattern "x-*" matches no node'],
  ],
  [
    'a node that does not exist',
    `stack:\n  ${entry('alicia', SHIM1)}\n`,
    [
      'E106 9 «"alicia"» stack[0].on: node "alicia" is not in the topology (did you mean alice? nodes: alice, bob, carol)',
    ],
  ],
  [
    'a protocol that stands on nobody',
    `stack:\n  ${entry('alice', 'ping')}\n`,
    [
      'E127 9 «ping» stack[0].run: ping cannot be carried by another protocol (it has no channel: give its nodes run: instead, or say over: links)',
    ],
  ],
  [
    'a carrier that its host does not run',
    `stack:\n  ${entry('alice', SHIM1, ', over: bulk')}\n`,
    [
      'E127 9 «bulk» stack[0].over: alice does not run bulk below shim1 (below it run: datagram; or links)',
    ],
  ],
  [
    'a layer that does not say which of several lowest protocols carries it',
    `stack:\n  ${entry('alice', 'bulk', ', over: links')}\n  ${entry('alice', SHIM1)}\n`,
    [
      'E127 10 «…/shim1.ts» stack[1].run: shim1 does not say which lowest protocol of alice carries it (say over: datagram or bulk)',
    ],
  ],
  [
    'a lowest protocol that carries nobody, though it is named',
    `stack:\n  ${entry('alice', 'ping', ', over: links')}\n  ${entry('alice', SHIM1, ', over: ping')}\n`,
    [
      'E127 10 «…/shim1.ts» stack[1].run: ping on alice carries no other protocol (protocols that do: bulk, datagram, dtn, fabric, gateway, mixnet)',
    ],
  ],
  [
    'a way that its host does not run',
    `stack:\n  ${entry('alice', 'bulk', ', over: links')}\n  ${entry('alice', 'fabric', ', options: { ways: [bulk, dtn] }')}\n`,
    [
      'E122 10 «dtn» stack[1].options.ways[1]: dtn does not carry fabric on alice (it can be carried by: datagram, bulk)',
    ],
  ],
  [
    'a way that carries nobody',
    `stack:\n  ${entry('alice', 'ping', ', over: links')}\n  ${entry('alice', 'fabric')}\noptions:\n  fabric: { ways: [ping] }\n`,
    [
      'E122 12 «ping» options.fabric.ways[0]: ping on alice carries no other protocol (it can be carried by: datagram, ping)',
    ],
  ],
  [
    'a way that is named twice',
    `stack:\n  ${entry('alice', 'fabric', ', options: { ways: [datagram, datagram] }')}\n`,
    [
      'E122 9 «datagram» stack[0].options.ways[1]: datagram is named twice (it can be carried by: datagram)',
    ],
  ],
  [
    'two lowest protocols on one UDP port',
    `stack:\n  ${entry('alice', 'ping', ', over: links, options: { port: 49152 }')}\n`,
    [
      'E127 9 «ping» stack[0].run: datagram and ping on alice both bind UDP port 49152 (give one of them another port)',
    ],
  ],
  [
    'a lowest protocol on the port of a link of another',
    `stack:\n  ${entry('alice', 'dtn', ', over: links')}\noptions: { datagram: { port: 50000 } }\n`,
    [
      'E127 9 «dtn» stack[0].run: datagram and dtn on alice both bind UDP port 50000 (give one of them another port)',
    ],
  ],
  [
    'a carrier that carries nobody',
    `stack:\n  ${entry('carol', SHIM1)}\n`,
    [
      'E127 9 «…/shim1.ts» stack[0].run: ping on carol carries no other protocol (protocols that do: bulk, datagram, dtn, fabric, gateway, mixnet)',
    ],
  ],
  [
    'the same protocol twice on a host',
    `stack:\n  ${entry('alice', SHIM1)}\n  ${entry('alice', SHIM1)}\n`,
    ['E127 10 «…/shim1.ts» stack[1].run: alice runs shim1 already (narrow the pattern of on)'],
  ],
  [
    'a flow by a layer that is not there',
    `${flow('from: alice, to: bob, by: dtn')}`,
    ['E127 8 «dtn» traffic[0].by: alice has no layer "dtn" (alice runs datagram)'],
  ],
  [
    'a flow to a node without the layer',
    `stack:\n  ${entry('alice', SHIM1)}\n${flow('from: alice, to: bob')}`,
    [
      'E127 10 «bob» traffic[0].to: bob does not run shim1, which sends the packets of alice (bob runs datagram: name one of them with by:, or add a layer to stack)',
    ],
  ],
  [
    'an option that the layer does not have',
    `stack:\n  ${entry('alice', SHIM1, ', options: { maxByte: 10 }')}\n`,
    ['E122 9 «maxByte» stack[0].options.maxByte: unknown key (did you mean maxBytes?)'],
  ],
])('refuses %s', async (_, rest, expected) => {
  expect(await refusals(scenario(rest))).toEqual(expected);
});

it('takes one port for a stream and for datagrams, and a layer that names its carrier', async () => {
  const text = `stack:
  ${entry('*b*', 'bulk', ', over: links, options: { port: 49152 }')}
  ${entry('*b*', SHIM1, ', over: datagram')}
  ${entry('*b*', SHIM2)}
  ${entry('*b*', 'fabric', ', options: { ways: [bulk, shim2] }')}
`;
  expect(await refusals(scenario(text))).toEqual([]);
});

it('warns of a wish that the named carrier ignores, whatever is beside it', async () => {
  const text = (over: string): string => `stack:
  ${entry('*', 'bulk', ', over: links')}
  ${entry('*', SHIM1, `, over: ${over}`)}
${flow('from: alice, to: bob, lifetime: 1s')}`;
  const warnings = async (over: string): Promise<readonly string[]> => {
    const { scenario: loaded } = await loadText(
      scenario(text(over), NET.replace(', run: ping', '')),
    );
    return loaded.warnings.filter((warning) => warning.includes('ignores'));
  };
  expect(await warnings('datagram')).toHaveLength(1);
  expect(await warnings('bulk')).toEqual([]);
});

it('refuses a layer on a mix, which has no application', async () => {
  const net = `
topology:
  name: mixes
  defaults: { node: { run: mixnet }, link: { rate: 1Gbit/s, delay: 5ms } }
  generate: { kind: mixnet, layers: 1, width: 1, providers: 1, clients: 2 }
duration: 5s
`;
  expect(await refusals(scenario(`stack:\n  ${entry('mix-*', SHIM1)}\n`, net))).toEqual([
    'E127 8 «"mix-*"» stack[0].on: mixnet on mix-1-1 carries no other protocol with its options (narrow the pattern of on)',
  ]);
  expect(await refusals(scenario(`stack:\n  ${entry('client-*', SHIM1)}\n`, net))).toEqual([]);
});
