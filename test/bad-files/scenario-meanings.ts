/**
 * Bad scenario files with names that do not exist or entries that contradict each other. `«` and
 * `»` enclose the text that the caret must underline.
 *
 * @module
 */
import { BASE, CUT, event, kpi, LINK, PAIR, traffic } from './parts.ts';
import type { BadFile } from './row.ts';

/** A scenario with a network of its own, and what needs a gateway in it. */
function inner(network: string): string {
  const limit = 'kpis: { gateway.delivery: { value: ">= 99%" } }';
  const options = 'options: { gateway: { window: 64 } }';
  return `name: inner\ntopology: { name: inner, ${network} }\nduration: 1s\n${limit}\n${options}\n`;
}

/** Names that do not exist, and entries that contradict each other. */
export const BAD_MEANINGS: readonly BadFile[] = [
  {
    title: 'a node with a typing mistake',
    text: traffic('from: «gatway-111», to: gateway-211, kind: poisson, rate: 10/s'),
    code: 'E106',
    says: 'traffic[0].from: node "gatway-111" is not in net.yaml',
    hint: 'did you mean gateway-111? nodes: gateway-111, gateway-211, core-110, … 2 more',
  },
  {
    title: 'a layer on a protocol that carries nothing',
    text: `${BASE}stack: [{ on: gateway-111, run: «scion» }]\n`,
    code: 'E127',
    says: 'stack[0].run: scion cannot be carried by another protocol',
    hint: 'it has no channel',
  },
  {
    title: 'options for nobody',
    text: `${BASE}options:\n  «gatewy»: { window: 64 }\n`,
    code: 'E106',
    says: 'options.gatewy: "gatewy" is neither a protocol nor a node of this topology',
    hint: 'did you mean gateway?',
  },
  {
    title: 'an unknown node in a path in use',
    text: event('at: 5s, link: { activePath: «"gateway-111 -> gateway-999"» }, set: { up: false }'),
    code: 'E106',
    says: 'node "gateway-999" is not in net.yaml',
    hint: 'nodes: gateway-111',
  },
  {
    title: 'a kind of flood with a typing mistake',
    text: event('at: 5s, flood: { to: gateway-211, kind: «opning», rate: 10/s }'),
    code: 'E106',
    says: 'events[0].flood.kind: "opning" is not a forgery of gateway',
    hint: 'did you mean opening?',
  },
  {
    title: 'a flood of a node that nobody can forge messages for',
    text: event('at: 5s, flood: { to: «core-110», kind: opening, rate: 10/s }'),
    code: 'E124',
    says: 'core-110 runs scion, which lists no forgeries',
    hint: 'flood a node whose protocol lists forgeries',
  },
  {
    title: 'a flood from a node without a link to its target',
    text: event('at: 5s, flood: { to: gateway-211, kind: frame, rate: 10/s, by: «gateway-111» }'),
    code: 'E107',
    says: 'events[0].flood.by: no link joins gateway-111 and gateway-211',
    hint: 'gateway-211 has links to',
  },
  {
    title: 'a flood in the name of its target',
    text: event('at: 5s, flood: { to: gateway-211, kind: frame, rate: 10/s, as: «gateway-211» }'),
    code: 'E104',
    says: '"gateway-211" is the target itself',
  },
  {
    title: 'a size for a kind of flood that has one size',
    text: event('at: 5s, flood: { to: gateway-211, kind: opening, rate: 10/s, «size»: 500B }'),
    code: 'E101',
    says: 'does not fit the kind opening, which has one size',
  },
  {
    title: 'a size outside what a kind of flood can have',
    text: event('at: 5s, flood: { to: gateway-211, kind: frame, rate: 10/s, size: «9B» }'),
    code: 'E104',
    says: '9 B is outside 16 to 9000 B',
  },
  {
    title: 'a link for a kind of flood that speaks of none',
    text: event(
      'at: 5s, flood: { to: gateway-211, kind: frame, rate: 10/s, «about»: "core-110 <-> core-210" }',
    ),
    code: 'E101',
    says: 'does not fit the kind frame',
  },
  {
    title: 'a flood about several links',
    text: event(
      'at: 5s, flood: { to: gateway-211, kind: interface-down, rate: 10/s, about: «"core-* <-> *"» }',
    ),
    code: 'E107',
    says: 'links, expected one',
  },
  {
    title: 'two floods of one kind at one time',
    text: `${event('at: 5s, flood: { to: gateway-211, kind: frame, rate: 10/s }')}  - «{ at: 6s, flood: { to: gateway-211, kind: frame, rate: 1/s } }»\n`,
    code: 'E112',
    says: 'node is already under this flood since 5s (line 5)',
  },
  {
    title: 'an unknown node in a crash',
    text: event('at: 5s, for: 1s, crash: «core-111»'),
    code: 'E106',
    says: 'events[0].crash: node "core-111" is not in net.yaml',
    hint: 'did you mean core-110?',
  },
  {
    title: 'two nodes that no link joins',
    text: event('at: 5s, link: «"core-110 <-> gateway-211"», set: { up: false }'),
    code: 'E107',
    says: 'events[0].link: no link joins core-110 and gateway-211',
    hint: 'core-110 has links to core-210, gateway-111',
  },
  {
    title: 'an unknown link id',
    text: event('at: 5s, link: «core-110--core-21», set: { up: false }'),
    code: 'E107',
    says: 'there is no link "core-110--core-21"',
    hint: 'did you mean core-110--core-210?',
  },
  {
    title: 'an unknown metric',
    text: kpi('«gateway.failover_ms»: { p95: "<= 250ms" }'),
    code: 'E108',
    says: 'metric "gateway.failover_ms" does not exist',
    hint: 'did you mean gateway.failover? list: npm run scenario -- --list-metrics',
  },
  {
    title: 'a metric of a protocol that no node runs, which failed after the run',
    text: kpi('«ping.delivery»: { value: ">= 99%" }'),
    code: 'E108',
    says: 'no node runs ping, so nothing measures "ping.delivery"',
    hint: 'protocols of this network: gateway, scion',
  },
  {
    title: 'a protocol with a typing mistake, which limits and options follow',
    text: inner('nodes: [{ name: a, run: «gatewai» }, { name: b, run: gatewai }]'),
    code: 'E116',
    says: 'topology.nodes[0].run: protocol "gatewai" not found in nodes/',
  },
  {
    title: 'a layer with a typing mistake, which limits and options follow',
    text: `${inner('nodes: [{ name: a, run: scion }]')}stack: [{ on: a, run: «gatewai» }]\n`,
    code: 'E116',
    says: 'stack[0].run: protocol "gatewai" not found in nodes/',
  },
  {
    title: 'a node without a protocol, which limits and options follow',
    text: inner('nodes: [«{ name: a }»]'),
    code: 'E121',
    says: 'topology.nodes[0].run: missing, expected a protocol such as ping',
  },
  {
    title: 'a graph that is not there, which limits and options follow',
    text: inner('import: { gml: «away.gml» }, defaults: { node: { run: gateway } }'),
    code: 'E116',
    says: 'topology.import.gml: "away.gml" not found',
  },
  {
    title: 'a percentile of a counter',
    text: kpi('antireplay.false_reject: { «p95»: "<= 1" }'),
    code: 'E109',
    says: 'kpis.antireplay.false_reject.p95: p95 of a counter, allowed: count, rate',
  },
  {
    title: 'a rate of a ratio',
    text: kpi('gateway.delivery: { «rate»: ">= 5/s" }'),
    code: 'E109',
    says: 'rate of a ratio, allowed: value, ratio',
  },
  {
    title: 'a limit without comparison',
    text: kpi('gateway.failover: { p95: «"750ms"» }'),
    code: 'E110',
    says: 'kpis.gateway.failover.p95: "750ms" has no comparison',
    hint: 'write "<= 750ms"',
  },
  {
    title: 'a comparison the wrong way round, which the hint repeated',
    text: kpi('gateway.failover: { p95: «"=< 750ms"» }'),
    code: 'E110',
    says: 'kpis.gateway.failover.p95: "=< 750ms" has no comparison',
    hint: 'write "<= 750ms"',
  },
  {
    title: 'a floor the wrong way round, which the hint made a ceiling',
    text: kpi('gateway.failover: { p50: «"=> 10ms"» }'),
    code: 'E110',
    says: 'kpis.gateway.failover.p50: "=> 10ms" has no comparison',
    hint: 'write ">= 10ms"',
  },
  {
    title: 'a floor as printed',
    text: kpi('gateway.failover: { p50: «"≥ 10ms"» }'),
    code: 'E110',
    says: 'kpis.gateway.failover.p50: "≥ 10ms" has no comparison',
    hint: 'write ">= 10ms"',
  },
  {
    title: 'a comparison without value',
    text: kpi('gateway.failover: { p95: «"<="» }'),
    code: 'E110',
    says: 'the comparison has no value',
  },
  {
    title: 'a limit that is a word',
    text: kpi('antireplay.false_reject: { count: «"== none"» }'),
    code: 'E110',
    says: '"none" is not a number such as 0',
  },
  {
    title: 'an energy without unit, which a count of it needs',
    text: kpi('radio.energy: { count: «"<= 24"» }'),
    code: 'E102',
    says: 'kpis.radio.energy.count: 24 has no unit, expected an energy such as 500mJ, 24J, 2kWh',
    hint: 'write 24J',
  },
  {
    title: 'the second of two limits',
    text: kpi('gateway.failover: { p95: [">= 1ms", «2ms»] }'),
    code: 'E110',
    says: 'kpis.gateway.failover.p95[1]: "2ms" has no comparison',
  },
  {
    title: 'an event after the end',
    text: event(`at: «75s», ${CUT}`),
    code: 'E111',
    says: 'events[0].at: 75s is after the end of the run (60s)',
    hint: 'raise duration, or use a time below 60s',
  },
  {
    title: 'a fault longer than its slot',
    text: event(`every: 5s, for: «6s», ${CUT}`),
    code: 'E111',
    says: '6s is longer than the slot (every 5s)',
  },
  {
    title: 'no whole slot before the end',
    text: event(`every: «40s», from: 30s, for: 6s, ${CUT}`),
    code: 'E111',
    says: 'no whole slot fits, the first one (30s to 70s)',
  },
  {
    title: 'a fault that lasts beyond the end',
    text: event(`at: 50s, for: «20s», ${CUT}`),
    code: 'E111',
    says: '20s from 50s is 70s, after the end of the run (60s)',
    hint: 'without for it lasts to the end',
  },
  {
    title: 'random faults that end before they begin',
    text: event(`random: { up: 5s, down: 1s }, from: 20s, to: «10s», ${CUT}`),
    code: 'E111',
    says: '10s is not after from (20s)',
  },
  {
    title: 'a warm-up as long as the run',
    text: `${BASE}warmup: «60s»\n`,
    code: 'E111',
    says: 'warmup: 60s is not below the duration (60s)',
  },
  {
    title: 'traffic that stops before it starts',
    text: traffic(`${PAIR}, kind: poisson, rate: 10/s, start: 20s, stop: «10s»`),
    code: 'E111',
    says: '10s is not after the start (20s)',
  },
  {
    title: 'a link cut twice',
    text: `${BASE}events:\n  - { at: 20s, ${CUT} }\n  - «{ at: 30s, for: 5s, ${CUT} }»\n`,
    code: 'E112',
    says: 'events[1]: link is already down since 20s (line 5)',
  },
  {
    title: 'a node that crashes while it is down',
    text: `${BASE}events:\n  - { at: 20s, for: 9s, crash: core-110 }\n  - «{ at: 25s, crash: core-110 }»\n`,
    code: 'E112',
    says: 'events[1]: node is already down since 20s (line 5)',
  },
  {
    title: 'two actions in one event',
    text: event(`at: 5s, ${LINK}, set: { up: false }, «hold»: true`),
    code: 'E112',
    says: 'set and hold are in one event, expected one action',
    hint: 'write two events',
  },
  {
    title: 'two schedules in one event',
    text: event(`at: 5s, «every»: 10s, for: 1s, ${CUT}`),
    code: 'E112',
    says: 'at and every are in one event, expected one schedule',
  },
  {
    title: 'an event that lifts a link nobody holds down',
    text: event(`at: 5s, ${LINK}, set: { up: «true» }`),
    code: 'E112',
    says: 'true changes nothing',
  },
  {
    title: 'a node on both sides of a partition',
    text: event('at: 5s, partition: { from: [core-110], to: «["core-*"]» }'),
    code: 'E112',
    says: '"core-110" is on both sides',
  },
  {
    title: 'an event name used twice',
    text: `${BASE}events:\n  - { id: cut, at: 5s, for: 1s, ${CUT} }\n  - { id: «cut», at: 9s, ${CUT} }\n`,
    code: 'E113',
    says: 'events[1].id: "cut" is used twice (first at line 5)',
  },
  {
    title: 'a seed used twice',
    text: `${BASE}seeds: [1, 2, «1»]\n`,
    code: 'E113',
    says: 'seeds[2]: 1 is used twice',
  },
  {
    title: 'a topology with a typing mistake',
    text: 'name: bad\ntopology: «"nte.yaml"»\nduration: 60s\n',
    code: 'E116',
    says: 'topology: "nte.yaml" not found in scenarios/ or topologies/',
    hint: 'did you mean net.yaml?',
  },
  {
    title: 'a trace that is not there',
    text: traffic(`${PAIR}, kind: trace, file: «nothing.csv»`),
    code: 'E116',
    says: 'traffic[0].file: "nothing.csv" not found',
  },
  {
    title: 'an option that is no multiple',
    text: `${BASE}options:\n  gateway: { window: «1000» }\n`,
    code: 'E122',
    says: 'options.gateway.window: 1000 is not a multiple of 64',
    hint: 'use 1024',
  },
  {
    title: 'an option that a refinement refuses',
    text: `${BASE}options:\n  gateway-211: { reserve: «100» }\n`,
    code: 'E122',
    says: 'options.gateway-211.reserve: 100 is not a multiple of 64',
    hint: 'use 128',
  },
  {
    title: 'an option that the protocol does not have',
    text: `${BASE}options:\n  gateway: { «windw»: 64 }\n`,
    code: 'E122',
    says: 'options.gateway.windw: unknown key',
    hint: 'did you mean window?',
  },
  {
    title: 'an option of the wrong type',
    text: `${BASE}options:\n  gateway: { misses: «three» }\n`,
    code: 'E122',
    says: 'the text "three", expected a number',
  },
  {
    title: 'an option that is too large',
    text: `${BASE}options:\n  gateway: { window: «131072» }\n`,
    code: 'E122',
    says: '131072 is above the maximum 65536',
  },
  {
    title: 'a pair without a path',
    text: `${BASE}traffic:\n  - «{ from: gateway-111, to: gateway-311, kind: poisson, rate: 10/s }»\n`,
    code: 'E123',
    says: 'traffic[0]: there is no path from gateway-111 to gateway-311',
    hint: 'ISD 3 has no core link in this topology',
  },
  {
    title: 'a pattern without a match',
    text: event('at: 5s, link: «"core-* <-> leaf-*"», set: { up: false }'),
    code: 'E124',
    says: 'events[0].link: pattern "core-* <-> leaf-*" matches no link',
  },
  {
    title: 'a node pattern without a match',
    text: event('at: 5s, partition: { from: [«"leaf-*"»], to: [core-110] }'),
    code: 'E124',
    says: 'pattern "leaf-*" matches no node',
  },
];
