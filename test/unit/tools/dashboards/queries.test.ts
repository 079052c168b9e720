/** Every query of an alert or a dashboard is PromQL, and names metrics that this product serves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusName } from '../../../../engine/measure/prometheus-name.ts';
import { PUBLISHED_METRICS } from '../../../../nodes/gateway/index.ts';
import { prometheusMetricsText } from '../../../../services/operator/metrics-text.ts';
import { grafanaText } from '../../../../tools/dashboards/grafana.ts';
import { DASHBOARDS } from '../../../../tools/dashboards/panels.ts';
import { ROOT } from '../../../architecture/files.ts';
import { registry } from '../../runner/fixture.ts';
import { fakeFace } from '../../services/operator/fake-face.ts';

interface Served {
  readonly labels: readonly string[];
}

const ALERTS = 'docs/deploy/prometheus-alerts.yaml';
/** Labels that Prometheus itself, or each series of a node, adds. */
const EVERYWHERE = ['instance', 'job', 'node', 'protocol'];
const served = await servedMetrics();

/** Names of time series as they are scraped, with their labels. */
async function servedMetrics(): Promise<ReadonlyMap<string, Served>> {
  const all = new Map<string, Served>();
  const add = (name: string, type: string, labels: readonly string[]): void => {
    if (type !== 'histogram') all.set(name, { labels });
    else {
      all.set(`${name}_bucket`, { labels: [...labels, 'le'] });
      for (const end of ['sum', 'count']) all.set(`${name}_${end}`, { labels });
    }
  };
  for (const { name, type, labels, source } of PUBLISHED_METRICS) {
    if (source !== 'absent') add(name, type, labels);
  }
  // Ratios are made by reports; samples have no buckets.
  const shown = registry.names
    .flatMap((protocol) => registry.protocols(protocol)?.metrics ?? [])
    .filter(({ kind }) => kind !== 'ratio' && kind !== 'samples');
  for (const { name: metric, kind, unit, labels = [] } of shown) {
    const { name } = prometheusName(metric, unit);
    add(kind === 'counter' ? `${name}_total` : name, kind, labels);
  }
  const ofNode = await prometheusMetricsText(fakeFace());
  for (const [, name = '', type = ''] of ofNode.matchAll(/^# TYPE (orrery_node_\w+) (\w+)$/gm)) {
    add(name, type, ['reason', 'state']);
  }
  return all;
}

/** What is wrong with a query: it does not parse, or a name or label is unknown. */
function faultsOf(query: string): readonly string[] {
  const faults: string[] = [];
  const names: string[] = [];
  const labels: string[] = [];
  const text = (from: number, to: number): string => query.slice(from, to);
  parser.parse(query).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults.push(`does not parse at ${from}: ${query}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        names.push(text(from, to));
      }
      if (type.name === 'LabelName') labels.push(text(from, to));
    },
  });
  const known = names.flatMap((name) => served.get(name)?.labels ?? []).concat(EVERYWHERE);
  faults.push(...names.filter((name) => !served.has(name)).map((name) => `no metric ${name}`));
  faults.push(...labels.filter((label) => !known.includes(label)).map((one) => `no label ${one}`));
  return names.length === 0 ? [...faults, `names no metric: ${query}`] : faults;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
}

function alertQueries(): readonly string[] {
  const { groups } = parse(readFileSync(join(ROOT, ALERTS), 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

function panelQueries(path: string): readonly string[] {
  return DASHBOARDS[path]?.panels.flatMap(({ queries }) => Object.values(queries)) ?? [];
}

describe('the queries', () => {
  const files: readonly (readonly [string, readonly string[]])[] = [
    [ALERTS, alertQueries()],
    ...Object.keys(DASHBOARDS).map((path) => [path, panelQueries(path)] as const),
  ];

  it.each(files)('R-071 of %s name only what is served', (_path, queries) => {
    expect(queries.length).toBeGreaterThan(5);
    expect(queries.flatMap(faultsOf)).toEqual([]);
  });

  it('R-071 are found if they name what nobody serves, or do not parse', () => {
    expect(faultsOf('rate(betanet_gateway_replay_blocked_total[5m])')).toEqual([
      'no metric betanet_gateway_replay_blocked_total',
    ]);
    expect(faultsOf('sum by (way) (betanet_gateway_paths_active)')).toEqual(['no label way']);
    expect(faultsOf('betanet_gateway_compression_ratio')).toHaveLength(1);
    expect(faultsOf('sum by (le (betanet_gateway_paths_active)').length).toBeGreaterThan(0);
    expect(faultsOf('1 + 1')).toHaveLength(1);
  });
});

describe('the dashboards', () => {
  it('R-069 R-194 are written as their table says: npm run dashboards', () => {
    for (const [path, dashboard] of Object.entries(DASHBOARDS)) {
      expect(readFileSync(join(ROOT, path), 'utf8')).toBe(grafanaText(dashboard));
    }
  });

  it('R-069 show what was asked for of gateways, and R-194 of mixes', () => {
    const text = (path: string): string => panelQueries(path).join(' ');
    for (const part of [
      ...['throughput', 'path_rtt', 'path_failovers', 'replays_blocked', 'memory', 'cpu'],
      ...['detection', 'packets_dropped', 'path_id', 'probe_bytes', 'p95_latency'],
    ]) {
      expect(text('docs/deploy/grafana-gateway.json')).toContain(part);
    }
    expect(text('docs/deploy/grafana-gateway.json')).toMatch(
      /sum by \([^)]*reason\) \(rate\(betanet_gateway_packets_dropped_total/,
    );
    expect(text('docs/deploy/grafana-gateway.json')).toMatch(
      /sum by \([^)]*reason\) \(increase\(betanet_gateway_path_failovers_total/,
    );
    for (const part of ['received', 'latency', 'pool', 'dropped']) {
      expect(text('docs/deploy/grafana-mix.json')).toContain(part);
    }
  });
});
