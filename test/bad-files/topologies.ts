/**
 * Bad topology files. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import type { BadFile } from './row.ts';

const HEAD = 'name: bad\n';
const NODES = `${HEAD}nodes:\n  - { name: a, run: ping }\n  - { name: b, run: ping }\n`;
const link = (entry: string): string => `${NODES}links:\n  - { ends: a <-> b, ${entry} }\n`;
const both = (entry: string): string => link(`rate: 1Mbit/s, delay: 1ms, ${entry}`);
const SCION = `${HEAD}defaults:\n  node: { run: scion }\n  link: { rate: 1Mbit/s, delay: 1ms }\nases:
  - { id: "1-ff00:0:110", core: true }
  - { id: "1-ff00:0:111" }
nodes:
  - { name: core, as: "1-ff00:0:110" }
  - { name: leaf, as: "1-ff00:0:111" }
`;
/** What the second AS announces between its interfaces 2 and 19. */
const announcedBetween = (pairs: string): string => {
  const announces = `announces: { between: [${pairs}] }`;
  const links = ['core#1 <-> leaf#2', 'core#2 <-> leaf#19'];
  const list = links.map((ends) => `  - { ends: ${ends}, relation: child }\n`).join('');
  return `${SCION.replace(':111" }', `:111", ${announces} }`)}links:\n${list}`;
};

/** All bad topology files. */
export const BAD_TOPOLOGIES: readonly BadFile[] = [
  {
    title: 'a class that takes no share',
    text: both('queue: { kind: priority, classes: [{}, {}], shareMax: «0%» }'),
    code: 'E104',
    says: 'links[0].queue.shareMax: 0 is below the minimum 0.000001',
  },
  {
    title: 'a codepoint in a class that is not there',
    text: both(
      `queue: { kind: priority, classes: [{}, {}], classOfDscp: [${'1, '.repeat(63)}«2»] }`,
    ),
    code: 'E104',
    says: 'links[0].queue.classOfDscp[63]: there is no class 2, the classes are 0 to 1',
  },
  {
    title: 'an announced latency that no beacon can carry',
    text: link('rate: 1Mbit/s, delay: 1ms, announces: { latency: «2h» }'),
    code: 'E104',
    says: 'links[0].announces.latency: 2h is above the maximum 4294s',
  },
  {
    title: 'an announced bandwidth without a unit',
    text: link('rate: 1Mbit/s, delay: 1ms, announces: { bandwidth: «5» }'),
    code: 'E102',
    says: 'links[0].announces.bandwidth: 5 has no unit, expected a rate such as 10Mbit/s, 1Gbit/s',
  },
  {
    title: 'an announced carbon of energy instead of traffic',
    text: link('rate: 1Mbit/s, delay: 1ms, announces: { carbon: «400gCO2/kWh» }'),
    code: 'E103',
    says: 'links[0].announces.carbon: 400gCO2/kWh is a carbon intensity, expected a carbon intensity of traffic',
  },
  {
    title: 'a part of a gram',
    text: link('rate: 1Mbit/s, delay: 1ms, announces: { carbon: «0.5gCO2/TB» }'),
    code: 'E104',
    says: 'links[0].announces.carbon: 0.5gCO2/TB is not a whole number of grams per terabyte',
  },
  {
    title: 'an unknown type of a link',
    text: link('rate: 1Mbit/s, delay: 1ms, announces: { type: «wire» }'),
    code: 'E104',
    says: 'links[0].announces.type: "wire" is not known, expected one of direct, multihop, opennet',
  },
  {
    title: 'a link inside a system that is announced',
    text: both('announces: «{ latency: 5ms }»'),
    code: 'E104',
    says: 'links[0].announces: only links between two autonomous systems are announced',
    hint: 'leave it out',
  },
  {
    title: 'a note that fills a beacon',
    text: `${HEAD}ases: [{ id: "1-ff00:0:111", announces: { note: «${'é'.repeat(501)}» } }]\nnodes: [{ name: a, run: ping }]\n`,
    code: 'E104',
    says: 'ases[0].announces.note: 1002 bytes are above the maximum 1000',
  },
  {
    title: 'a generator that does not exist',
    text: `${HEAD}generate: { kind: «scoin», leaves: 3 }\n`,
    code: 'E104',
    says: 'generate.kind: "scoin" is not known, expected one of line, ring, star, tree, internet, scion',
    hint: 'did you mean scion?',
  },
  {
    title: 'a generator of a module that is not named',
    text: `${HEAD}generate: { kind: «villages», towns: 3 }\n`,
    code: 'E104',
    says: 'generate.kind: "villages" is not known, expected one of line, ring, star, tree, internet, scion',
    hint: 'a generator of your own module needs run: ./my-protocol/index.ts',
  },
  {
    title: 'an entry without a generator',
    text: `${HEAD}«generate»: { nodes: 3 }\n`,
    code: 'E121',
    says: 'generate.kind: missing, expected one of line, ring, star, tree, internet, scion',
  },
  {
    title: 'a misspelt parameter of a generator',
    text: `${HEAD}generate: { kind: scion, «leafs»: 3 }\n`,
    code: 'E101',
    says: 'generate.leafs: unknown key',
    hint: 'did you mean leaves?',
  },
  {
    title: 'a parameter below its minimum',
    text: `${HEAD}generate: { kind: scion, isds: «0» }\n`,
    code: 'E104',
    says: 'generate.isds: 0 is below the minimum 1',
  },
  {
    title: 'a parameter that is no number',
    text: `${HEAD}generate: { kind: scion, clients: «many» }\n`,
    code: 'E103',
    says: 'generate.clients: "many" is not a number of clients such as 12',
  },
  {
    title: 'a parameter that is empty',
    text: `${HEAD}generate: { kind: scion, clients: «""» }\n`,
    code: 'E121',
    says: 'generate.clients: empty, expected a number of clients such as 12',
  },
  {
    title: 'a negative parameter',
    text: `${HEAD}generate: { kind: scion, peering: «-1» }\n`,
    code: 'E115',
    says: 'generate.peering: -1 is below the minimum 0',
  },
  {
    title: 'a generated network that is too large',
    text: `${HEAD}generate: «{ kind: scion, isds: 100, leaves: 1000 }»\n`,
    code: 'E104',
    says: 'generate: makes 200200 nodes, the limit is 200000',
    hint: 'lower its numbers',
  },
  {
    title: 'a protocol that generates nothing',
    text: `${HEAD}generate: { kind: ring, run: «ping», nodes: 3 }\n`,
    code: 'E104',
    says: 'generate.run: ping generates no topologies',
    hint: 'protocols that do: scion',
  },
  {
    title: 'a generator of a protocol that does not exist',
    text: `${HEAD}generate: { kind: scion, run: «scoin» }\n`,
    code: 'E116',
    says: 'generate.run: protocol "scoin" not found in nodes/',
    hint: 'did you mean scion?',
  },
  {
    title: 'a list as a generator',
    text: `${HEAD}generate: «[scion]»\n`,
    code: 'E103',
    says: 'generate: a list, expected a map',
  },
  {
    title: 'an unknown key of a link',
    text: both('«los»: 1%'),
    code: 'E101',
    says: 'links[0].los: unknown key',
    hint: 'did you mean loss?',
  },
  {
    title: 'a queue length without unit',
    text: both('queue: «1000»'),
    code: 'E102',
    says: 'links[0].queue: 1000 has no unit',
    hint: 'write 1000packets',
  },
  {
    title: 'a rate as latency',
    text: link('rate: 1Mbit/s, latency: «10mbit»'),
    code: 'E103',
    says: 'links[0].latency: 10mbit is a rate, expected a time',
    hint: 'rate belongs to links[0].rate',
  },
  {
    title: 'a time as rate',
    text: link('rate: «10ms», delay: 1ms'),
    code: 'E103',
    says: '10ms is a time, expected a rate',
    hint: 'time belongs to links[0].delay',
  },
  {
    title: 'bytes per second as rate',
    text: link('rate: «10MB/s», delay: 1ms'),
    code: 'E103',
    says: '"10MB/s" is not a rate such as 10Mbit/s, 1Gbit/s',
  },
  {
    title: 'a loss that is a list',
    text: both('loss: «[1, 2]»'),
    code: 'E103',
    says: 'links[0].loss: a list, expected a share such as 5%, 0.05 or a map',
  },
  {
    title: 'a share above 1 inside a model',
    text: both('loss: { kind: burst, probability: «1.4», meanBurst: 5 }'),
    code: 'E104',
    says: 'links[0].loss.probability: 1.4 is above the maximum 1',
    hint: 'probability is a probability, e.g. 0.01 for 1 %',
  },
  {
    title: 'a model of loss that does not exist',
    text: both('loss: { kind: «gilbert» }'),
    code: 'E104',
    says: '"gilbert" is not known, expected one of bernoulli, burst, gilbert-elliott',
    hint: 'did you mean gilbert-elliott?',
  },
  {
    title: 'bursts that no chain can make',
    text: both('loss: «{ kind: burst, probability: 90%, meanBurst: 2 }»'),
    code: 'E104',
    says: 'a loss of 0.9 does not allow bursts of 2',
    hint: 'at this burst length the loss is at most 0.6667',
  },
  {
    title: 'a bucket smaller than a packet',
    text: both('mtu: 1500B, tokenBucket: «{ rate: 1Mbit/s, burst: 1000B, mode: shape }»'),
    code: 'E104',
    says: 'a burst of 1000B is below the mtu of 1500B',
  },
  {
    title: 'quantiles that descend',
    text: both('jitter: «{ kind: table, quantiles: [2ms, 1ms] }»'),
    code: 'E104',
    says: 'the quantiles of a table must ascend',
  },
  {
    title: 'too few quantiles',
    text: both('jitter: { kind: table, quantiles: «[2ms]» }'),
    code: 'E104',
    says: '1 entry is below the minimum 2',
  },
  {
    title: 'a link from a node to itself',
    text: `${NODES}links:\n  - { ends: «a <-> a», rate: 1Mbit/s, delay: 1ms }\n`,
    code: 'E104',
    says: 'both ends are "a"',
  },
  {
    title: 'ends in another form',
    text: `${NODES}links:\n  - { ends: «a -- b», rate: 1Mbit/s, delay: 1ms }\n`,
    code: 'E104',
    says: '"a -- b" is not two ends such as a <-> b',
  },
  {
    title: 'a name with a blank',
    text: `${HEAD}nodes:\n  - { name: «my node», run: ping }\n`,
    code: 'E104',
    says: '"my node" is not a name such as gateway-111',
  },
  {
    title: 'a core link to an AS that is not core',
    text: `${SCION}links:\n  - { ends: core <-> leaf, relation: «core» }\n`,
    code: 'E104',
    says: 'a core link joins core ASes, and 1-ff00:0:111 is not one',
  },
  {
    title: 'more nodes than the ports plan holds',
    text: `${HEAD}addressPlan: «ports»\ndefaults: { node: { run: ping } }\ngenerate: { kind: line, nodes: 2000 }\n`,
    code: 'E104',
    says: 'addressPlan: 2000 nodes of 64 ports each do not fit',
    hint: 'use addressPlan: loopback',
  },
  {
    title: 'a percentage without the sign',
    text: both('duplicate: «"7"»'),
    code: 'E105',
    says: 'links[0].duplicate: "7" has no %, and 7 is above 1',
    hint: 'write 7% or 0.07',
  },
  {
    title: 'a link to a node that does not exist',
    text: `${NODES}links:\n  - { ends: «a <-> bb», rate: 1Mbit/s, delay: 1ms }\n`,
    code: 'E106',
    says: 'links[0].ends: node "bb" is not in this topology',
    hint: 'did you mean b?',
  },
  {
    title: 'a member of a segment that does not exist',
    text: `${NODES}segments:\n  - { id: lan, members: [a, «c»], rate: 1Mbit/s, delay: 1ms }\n`,
    code: 'E106',
    says: 'segments[0].members[1]: node "c" is not in this topology',
  },
  {
    title: 'a node in an AS that does not exist',
    text: `${HEAD}ases:\n  - { id: "1-ff00:0:110" }\nnodes:\n  - { name: a, as: «"1-ff00:0:111"», run: ping }\n`,
    code: 'E106',
    says: 'nodes[0].as: AS "1-ff00:0:111" is not in ases',
    hint: 'did you mean 1-ff00:0:110?',
  },
  {
    title: 'a contact that ends before it begins',
    text: both('contacts: «{ windows: [{ start: 5s, end: 2s }] }»'),
    code: 'E111',
    says: 'links[0].contacts: the window 5s to 2s ends before it begins',
  },
  {
    title: 'contacts that overlap',
    text: both('contacts: «{ windows: [{ start: 0s, end: 2s }, { start: 1s, end: 3s }] }»'),
    code: 'E111',
    says: 'the window 1s to 3s begins before the previous one ends',
  },
  {
    title: 'contacts longer than their period',
    text: both('contacts: «{ windows: [{ start: 0s, end: 2s }], period: 1s }»'),
    code: 'E111',
    says: 'a period of 1s is over before the last window (2s)',
  },
  {
    title: 'contacts that come again each nanosecond',
    text: both('contacts: «{ windows: [{ start: 0s, end: 1ns }], period: 1ns }»'),
    code: 'E111',
    says: 'links[0].contacts: a period of 1ns, expected 1us for its window',
  },
  {
    title: 'contacts that come again too soon for their number',
    text: both(
      'contacts: «{ windows: [{ start: 0s, end: 1us }, { start: 1us, end: 1500ns }], period: 1999ns }»',
    ),
    code: 'E111',
    says: 'a period of 1.999us, expected 1us for each of its 2 windows',
  },
  {
    title: 'an actual contact that was not planned',
    text: both(
      'contacts: { windows: [{ start: 5s, end: 9s }], period: 20s, actual: [{ contact: «24s», end: 28s }] }',
    ),
    code: 'E111',
    says: 'links[0].contacts.actual[0].contact: no contact is planned to begin at 24s',
    hint: 'contacts begin at 5s, 25s, ...',
  },
  {
    title: 'a contact that begins before its plan',
    text: both(
      'contacts: { windows: [{ start: 5s, end: 9s }], actual: [{ contact: 5s, start: «4s» }] }',
    ),
    code: 'E111',
    says: 'actual[0].start: the contact of 5s begins at 4s, which is outside of its window',
  },
  {
    title: 'a contact that ends after its plan',
    text: both(
      'contacts: { windows: [{ start: 5s, end: 9s }], actual: [{ contact: 5s, end: «9001ms» }] }',
    ),
    code: 'E111',
    says: 'the contact of 5s ends at 9.001s, which is outside of its window',
    hint: 'its window is 5s to 9s',
  },
  {
    title: 'a contact that ends before it begins late',
    text: both(
      'contacts: { windows: [{ start: 5s, end: 9s }], actual: [{ contact: 5s, start: 8s, end: «7s» }] }',
    ),
    code: 'E111',
    says: 'actual[0].end: the contact of 5s ends at 7s, before it begins',
    hint: 'its window is 5s to 9s',
  },
  {
    title: 'a contact that is missing and yet begins',
    text: both(
      'contacts: { windows: [{ start: 5s, end: 9s }], actual: [{ contact: 5s, start: 6s, missing: «true» }] }',
    ),
    code: 'E111',
    says: 'actual[0].missing: the contact of 5s is missing, so it has neither start nor end',
  },
  {
    title: 'actual contacts out of order',
    text: both(
      'contacts: { windows: [{ start: 1s, end: 2s }, { start: 5s, end: 9s }], actual: [{ contact: 5s, missing: true }, { contact: «1s», missing: true }] }',
    ),
    code: 'E111',
    says: 'actual[1].contact: the contact of 1s must come after the entry before it',
  },
  {
    title: 'an unknown rule for the end of a contact',
    text: both('contacts: { windows: [{ start: 1s, end: 2s }], atEnd: «lose» }'),
    code: 'E104',
    says: 'links[0].contacts.atEnd',
  },
  {
    title: 'a node name used twice',
    text: `${HEAD}nodes:\n  - { name: a, run: ping }\n  - { name: «a», run: ping }\n`,
    code: 'E113',
    says: 'nodes[1].name: "a" is used twice (first at line 3)',
  },
  {
    title: 'two segments of one id',
    text: `${NODES}segments:\n  - { id: lan, members: [a, b], rate: 1Mbit/s, delay: 1ms }\n  - { id: «lan», members: [a, b], rate: 1Mbit/s, delay: 1ms }\n`,
    code: 'E113',
    says: 'segments[1].id: "lan" is used twice (first at line',
    hint: 'links, segments and clouds have different ids',
  },
  {
    title: 'an interface used twice in an AS',
    text: `${SCION}links:\n  - { ends: core#1 <-> leaf#1, relation: child }\n  - { ends: «core#1 <-> leaf#2», relation: child }\n`,
    code: 'E113',
    says: 'interface 1 of 1-ff00:0:110 is used twice (first at line 12)',
  },
  {
    title: 'an announcement between interfaces of which the AS lacks one',
    text: announcedBetween('{ interfaces: [2, «8»] }'),
    code: 'E106',
    says: 'ases[1].announces.between[0].interfaces[1]: 1-ff00:0:111 has no interface 8',
    hint: 'did you mean 2? interfaces: 2, 19',
  },
  {
    title: 'an announcement between an interface and itself',
    text: announcedBetween('{ interfaces: «[2, 2]» }'),
    code: 'E104',
    says: 'ases[1].announces.between[0].interfaces: both are interface 2, expected two',
    hint: 'name the interfaces of two links',
  },
  {
    title: 'two announcements between the same interfaces',
    text: announcedBetween('{ interfaces: [2, 19] }, { interfaces: «[19, 2]» }'),
    code: 'E113',
    says: 'between[1].interfaces: this pair of 1-ff00:0:111 is announced twice (first at line 7)',
  },
  {
    title: 'an address used twice',
    text: `${HEAD}nodes:\n  - { name: a, run: ping, address: 127.0.0.5 }\n  - { name: b, run: ping, address: «127.0.0.5» }\n`,
    code: 'E113',
    says: '"127.0.0.5" is used twice (first at line 3)',
  },
  {
    title: 'a negative delay',
    text: link('rate: 1Mbit/s, delay: «-1ms»'),
    code: 'E115',
    says: 'links[0].delay: -1ms is below the minimum 0',
  },
  {
    title: 'a protocol with a typing mistake',
    text: `${HEAD}nodes:\n  - { name: a, run: «pong» }\n`,
    code: 'E116',
    says: 'nodes[0].run: protocol "pong" not found in nodes/',
    hint: 'did you mean ping?',
  },
  {
    title: "a module of the user's that is not there",
    text: `${HEAD}nodes:\n  - { name: a, run: «./my/index.ts» }\n`,
    code: 'E116',
    says: 'protocol "./my/index.ts" not found',
    hint: 'the path counts from the folder of this file',
  },
  {
    title: 'a SCION file that is not there',
    text: `${HEAD}import: { scion: «default.topo» }\nnodes:\n  - { name: a, run: ping }\n`,
    code: 'E116',
    says: 'import.scion: "default.topo" not found',
  },
  {
    title: 'a link without delay',
    text: `${NODES}links:\n  - «{ ends: a <-> b, rate: 1Mbit/s }»\n`,
    code: 'E121',
    says: 'links[0].delay: missing, expected a time such as 10ms',
    hint: 'or give defaults.link.delay',
  },
  {
    title: 'a node without protocol',
    text: `${HEAD}nodes:\n  - «{ name: a }»\n`,
    code: 'E121',
    says: 'nodes[0].run: missing, expected a protocol such as ping',
  },
  {
    title: 'a link between ASes without relation',
    text: `${SCION}links:\n  - «{ ends: core <-> leaf }»\n`,
    code: 'E121',
    says: 'links[0].relation: missing, expected core, child, parent or peer',
  },
  {
    title: 'a link from an AS to a node in none, without relation',
    text: `${SCION.replace('nodes:', 'nodes:\n  - { name: bus, run: ping }')}links:\n  - «{ ends: core <-> bus }»\n`,
    code: 'E121',
    says: 'links[0].relation: missing, expected core, child, parent or peer',
    hint: 'child: b is a customer of a; internal: for protocols other than SCION',
  },
  {
    title: 'an option in a topology',
    text: `${HEAD}nodes:\n  - { name: a, run: gateway, options: { window: «1000» } }\n`,
    code: 'E122',
    says: 'nodes[0].options.window: 1000 is not a multiple of 64',
    hint: 'use 1024',
  },
  {
    title: 'an option in the defaults, told once for all nodes',
    text: `${HEAD}defaults:\n  node: { run: gateway, options: { window: «1000» } }\nnodes:\n  - { name: a }\n  - { name: b }\n`,
    code: 'E122',
    says: 'defaults.node.options.window: 1000 is not a multiple of 64',
    hint: 'use 1024',
  },
];
