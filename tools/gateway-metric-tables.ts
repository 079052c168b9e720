/**
 * The tables of docs/spec/gateway-metrics.md, from the published metrics of a gateway.
 *
 * @module
 */
import {
  type MetricSource,
  PUBLISHED_METRICS,
} from '../nodes/gateway/operator/published-metrics.ts';

const TITLES: Readonly<Record<Exclude<MetricSource, 'absent'>, string>> = {
  node: 'Measured by the node',
  process: 'Measured by the process',
  http: 'Measured by the server for applications',
  grpc: 'Measured by the gRPC server, where it runs',
};

/** A table for each source of metrics, and one of the published metrics that are absent. */
export function gatewayMetricTables(): readonly string[] {
  const present = Object.entries(TITLES).map(([source, title]) => {
    const rows = rowsOf(source as MetricSource, ({ name, type, labels, help }) =>
      cells(`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help),
    );
    return [
      `## ${title}`,
      '',
      cells('Name', 'Type', 'Labels', 'Meaning'),
      '|---|---|---|---|',
      ...rows,
    ];
  });
  const absent = rowsOf('absent', ({ name, help }) => cells(`\`${name}\``, help));
  const last = ['## Absent', '', cells('Name', 'Why'), '|---|---|', ...absent];
  return [...present, last].map((lines) => `${lines.join('\n')}\n`);
}

function rowsOf(
  source: MetricSource,
  write: (metric: (typeof PUBLISHED_METRICS)[number]) => string,
): readonly string[] {
  return PUBLISHED_METRICS.filter((metric) => metric.source === source).map(write);
}

function cells(...texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}
