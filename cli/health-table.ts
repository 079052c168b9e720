/**
 * The health of nodes as a table for people: the verdict first, one line per node, problems below.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import type { NodeHealth, ProbeOutcome } from '../services/operator/index.ts';

/** The verdict of `orrery health` over all nodes together. */
export interface HealthVerdict {
  readonly ok: boolean;
  /** Problems of the deployment as a whole. */
  readonly problems: readonly string[];
}

const HEADER = ['node', 'endpoint', 'state', 'metrics', 'probe', 'memory', 'cpu', ''] as const;
const GAP = '  ';
const NAME_MAX = 32;
const MEBI = 1024 * 1024;

/**
 * The verdict over all nodes: ok if every node is ok and, where probes were requested, the probe of at
 * least one node came back.
 */
export function judgeHealth(nodes: readonly NodeHealth[], wantsProbe: boolean): HealthVerdict {
  const isProven = !wantsProbe || nodes.some(({ probe }) => probe.kind === 'back');
  const problems = isProven ? [] : ['no packet went through; leave it out with --no-probe'];
  return { ok: isProven && nodes.every(({ ok }) => ok), problems };
}

/** Formats the health of nodes as a table for a terminal, without a line end. */
export function renderHealth(nodes: readonly NodeHealth[], verdict: HealthVerdict): string {
  const good = nodes.filter(({ ok }) => ok).length;
  const rows = [HEADER, ...nodes.map(rowOf)];
  const widths = HEADER.map((_, column) => greatestOf(rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  const problems = nodes.flatMap(({ endpoint, status, problems: own }) =>
    own.map((problem) => `${GAP}${status?.node ?? endpoint}: ${problem}`),
  );
  return [
    `${verdict.ok ? 'HEALTHY' : 'UNHEALTHY'}${GAP}${good} of ${nodes.length} nodes`,
    ...table,
    ...problems,
    ...verdict.problems.map((problem) => `${GAP}${problem}`),
  ].join('\n');
}

function rowOf({ status, endpoint, metrics, probe, ok }: NodeHealth): readonly string[] {
  const verdict = ok ? 'ok' : 'BAD';
  if (status === undefined) return ['?', endpoint, 'silent', '', '', '', '', verdict];
  const { node, state, rssBytes, cpuSeconds, uptimeSeconds } = status;
  const share = uptimeSeconds > 0 ? `${((cpuSeconds / uptimeSeconds) * 100).toFixed(0)} %` : '';
  const memory = `${(rssBytes / MEBI).toFixed(0)} MiB`;
  return [
    shorten(node),
    endpoint,
    state,
    String(metrics),
    probeText(probe),
    memory,
    share,
    verdict,
  ];
}

/** Shortens the name of a process, which consists of the names of all its nodes. */
function shorten(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 3)}...` : name;
}

function probeText(probe: ProbeOutcome): string {
  switch (probe.kind) {
    case 'back':
      return probe.ms === undefined ? 'back' : `${probe.ms.toFixed(1)} ms`;
    case 'failed':
      return 'failed';
    case 'none':
      return 'none';
    case 'elsewhere':
      return 'not here';
    case 'left-out':
      return '';
  }
}
