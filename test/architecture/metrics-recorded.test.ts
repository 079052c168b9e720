/**
 * Every metric that is declared is recorded by a golden run (golden.test.ts), or limited by a shipped scenario, of
 * which a defect turns each limit red (doubles.slow.test.ts), or listed here with the reason.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricOfSeries } from '../../engine/pure/series-name.ts';
import { trafficMetrics } from '../../scenarios/metrics/traffic-metrics.ts';
import { ProtocolRegistry, shippedProtocols } from '../../scenarios/open/registry.ts';
import { PROCESS_RESOURCE_METRICS } from '../../services/operator/memory-watch.ts';
import { RECORDED } from '../scenarios/kept-fingerprints.ts';
import { ROOT } from './files.ts';

/** Metrics that no golden run records and no scenario limits, by the reason. */
const NOT_THERE: Readonly<Record<string, readonly string[]>> = {
  'their scenarios are too long to be golden': [
    ...['bulk.taken', 'bulk.confirmed', 'bulk.delivered', 'bulk.connects'],
    ...['federated.attack.membership.mean', 'federated.attack.membership.threshold'],
    ...['federated.attack.membership.likelihood', 'federated.attack.looked'],
    ...['federated.rounds_to', 'federated.unreached', 'antireplay.recovery', 'ping.lost'],
  ],
  'the options that they need are set by tests alone': [
    ...['dtn.security.verified', 'dtn.fragments'],
    ...['dtn.reports', 'dtn.reported', 'dtn.confirmed'],
    ...['federated.declined.memory', 'federated.declined.energy', 'federated.declined.bytes'],
    ...['mix.audits', 'mix.audit_failures', 'mix.audit_suspects', 'gateway.processing'],
  ],
  'they count what goes wrong, and in shipped scenarios it does not': [
    ...['fabric.wrong_answers', 'fabric.refused_messages', 'fabric.refusals', 'dtn.redelivered'],
    ...['federated.opened', 'federated.gossip.lost', 'federated.attack.rebuilt'],
    ...['mix.messages.abandoned', 'mix.replay.false_rejects', 'router.suppressed'],
    'labels.folded',
  ],
  'no shipped scenario has requests and responses, or these attacks': [
    ...['bulk.response_time', 'privacy.sender.bits', 'privacy.attack.disclosure.success'],
    ...['privacy.attack.intersection.success', 'privacy.attack.predecessor.success'],
  ],
  'scenarios that are measured for privacy are too long to be golden': [
    ...['privacy.hartley.bits', 'privacy.receiver.bits', 'privacy.guesses'],
    ...['privacy.distance', 'privacy.compromised_paths'],
  ],
  'only runs by the wall clock have them (test/live, test/emulate)': [
    ...['emulate.lateness', 'emulate.slips', 'emulate.drift', 'emulate.sent', 'emulate.received'],
    ...['live.lateness', 'live.cpu', 'live.stall', 'live.stolen', 'live.pace', 'live.restart'],
    ...['live.receive_buffer', 'live.store_failures', 'live.hop_lateness', 'live.socket_wait'],
    ...['live.way_lateness', 'live.way_links', 'live.on_time_latency', 'live.samples'],
    ...['live.samples_unmatched', 'live.samples_ambiguous'],
    ...['live.samples_across', 'live.samples_unfollowed'],
  ],
  'a process serves them to its operator': [
    ...['process.rss', 'process.rss_peak', 'process.heap', 'process.cpu'],
  ],
  'at the end of a run it is 0, since routers close their sessions': ['bfd.links_up'],
  'it is 0 unless a link is down at the end of a run': ['bfd.links_down'],
};

const LIMITED = new Set(
  readdirSync(join(ROOT, 'scenarios'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(ROOT, 'scenarios', name), 'utf8'))
    .flatMap((text) => Object.keys((parse(text) as { readonly kpis?: object }).kpis ?? {}))
    .map(metricOfSeries),
);

/** The names of a metric: those of traffic are measured in the same way above every protocol. */
function declared(): readonly (readonly string[])[] {
  const protocols = shippedProtocols();
  const traffic = protocols.map(({ name }) => trafficMetrics(name).map((metric) => metric.name));
  const all = [...protocols.flatMap(({ metrics }) => metrics), ...new ProtocolRegistry().metrics];
  const others = [...all, ...PROCESS_RESOURCE_METRICS].map(({ name }) => name);
  const kinds = traffic[0]?.map((_, index) => traffic.flatMap((names) => names[index] ?? [])) ?? [];
  return [
    ...kinds,
    ...others.filter((name) => !traffic.flat().includes(name)).map((name) => [name]),
  ];
}

it('every metric is recorded by a golden run, limited by a scenario, or listed with the reason', () => {
  const isThere = (name: string): boolean => name in RECORDED || LIMITED.has(name);
  const missing = declared().flatMap((names) => (names.some(isThere) ? [] : (names[0] ?? [])));
  const listed = Object.values(NOT_THERE).flat();
  const hint = 'npm run golden, if a golden run records it; else NOT_THERE says why not';
  expect(
    missing.filter((name) => !listed.includes(name)),
    hint,
  ).toEqual([]);
  expect(
    listed.filter((name) => !missing.includes(name)),
    'listed, but there',
  ).toEqual([]);
});
