/** The published metrics of gateways, asked for at the end of a run in virtual time, beside the report of the same run. */
import { describe, expect, it } from 'vitest';
import { type MetricSeriesByName, PUBLISHED_METRICS } from '../../../../../nodes/gateway/index.ts';
import { runSeed } from '../../../../../runner/run/run-seed.ts';
import { publishedText } from '../../../../../services/gateway/index.ts';
import { load, registry, report, SECOND } from '../../../runner/fixture.ts';
import { PUBLISHED_NAMES } from './published-names.ts';

const WARMUP_S = 5;
const MEASURED_S = 25;
const END_S = WARMUP_S + MEASURED_S;
/** How long a frame is under way at most, with its report. */
const UNDER_WAY_S = 0.05;
const PREFIX = 'betanet_gateway_';
/** What is measured by a clock that stands still while a node works; gateways.slow-wall.test.ts sees it live. */
const LIVE_ONLY = [
  ...['packet_processing_seconds', 'validation_time_microseconds'].map((name) => PREFIX + name),
  ...['encryption', 'decryption'].map((work) => `${PREFIX}aead_${work}_time_microseconds`),
  ...['send', 'receive'].map((way) => `scion_packet_${way}_duration_seconds`),
  'antireplay_validation_duration_seconds',
];
/** A late cut that the gateway leaves by a slower path, which only the p95 shows; then four seconds in which no path is whole. */
const scenario = load('failover.yaml', {
  ...{ duration: `${END_S}s`, warmup: `${WARMUP_S}s`, 'traffic.0.rate': '1000/s' },
  events: `[
    { at: 20s, for: 3s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } },
    { at: 23s, for: 4s, partition: { from: [br-111-1, br-111-2, br-111-3], to: [core-110, core-120, core-130] } },
  ]`,
});

const asked: Record<string, MetricSeriesByName> = {};
const result = runSeed({ scenario, registry, seed: 1 }, ({ world }) => {
  const ask = (atS: number, kind: string, body: object): void => {
    world.sim.scheduler.scheduleFault(atS * SECOND, () => {
      for (const node of ['gateway-111', 'gateway-211']) {
        world.request(node, {
          ...{ kind, target: '', body: new TextEncoder().encode(JSON.stringify(body)) },
          respond: (_outcome, text) => {
            asked[node] = JSON.parse(new TextDecoder().decode(text)) as MetricSeriesByName;
          },
        });
      }
    });
  };
  ask(WARMUP_S, 'query-paths', { destination: '2-ff00:0:211' });
  ask(END_S + UNDER_WAY_S, 'metrics', { seconds: MEASURED_S });
});
const { metrics } = report(scenario, [result]);
const [sender = {}, receiver = {}] = ['gateway-111', 'gateway-211'].map((node) => asked[node]);

/** The value of a series in the text of a scrape. */
function scraped(of: MetricSeriesByName, series: string): number {
  const line = publishedText(of)
    .split('\n')
    .find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

/** True if two values differ by 1 % of the second at most. */
function isWithinOnePercent(value: number, reported: number): boolean {
  return Math.abs(value - reported) <= 0.01 * reported;
}

describe('the published metrics of a node', () => {
  it('R-063 are all on a scrape, with their types, but for those of the wall clock', () => {
    const text = publishedText(sender) + publishedText(receiver);
    const promised = PUBLISHED_METRICS.filter(({ source }) => source === 'node');
    const absent = promised.filter(({ name, type }) => !text.includes(`# TYPE ${name} ${type}\n`));
    const names = absent.map(({ name }) => name).filter((name) => !LIVE_ONLY.includes(name));
    expect(names).toEqual([`${PREFIX}folded_labels_total`]);
    const unmeasured = PUBLISHED_METRICS.filter(({ source }) => source === 'absent');
    expect(unmeasured.length).toBeGreaterThan(0);
    expect(unmeasured.filter(({ name }) => text.includes(`# TYPE ${name} `))).toEqual([]);
  });

  it('R-063 are those that were published, with their types', () => {
    const known = PUBLISHED_METRICS.map(({ name, type }) => `${type} ${name}`);
    const published = Object.entries(PUBLISHED_NAMES).flatMap(([type, names]) =>
      names
        .trim()
        .split(/\s+/)
        .map((name) => `${type} ${name}`),
    );
    expect(published).toHaveLength(73);
    expect(published.filter((one) => !known.includes(one))).toEqual([]);
  });

  it('R-063 has each published name once, or says why it is absent', () => {
    const names = PUBLISHED_METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    // 73 are published; six are added for truth, one counts labels, and one stands for goroutines.
    expect(names.length).toBe(73 + 6 + 2);
    const absent = PUBLISHED_METRICS.filter(({ source }) => source === 'absent');
    expect(absent.map(({ name }) => name)).toEqual([
      `${PREFIX}compression_ratio`,
      `${PREFIX}compression_time_microseconds`,
      `${PREFIX}false_rejects_total`,
      'scion_sidecar_goroutines',
    ]);
    expect(absent.every(({ help }) => help.length > 0)).toBe(true);
  });

  it('R-063 shows KPI gauges within 1 % of the report of the same run', () => {
    const perMinute = (Number(metrics['gateway.throughput']?.value) * 60) / MEASURED_S;
    const p95 = metrics['gateway.latency']?.quantiles?.find(({ p }) => p === 0.95);
    const throughput = `${PREFIX}throughput_packets_per_minute{direction="received"}`;
    const delivery = Number(metrics['gateway.delivery']?.value);
    const pairs = {
      throughput: [scraped(receiver, throughput), perMinute],
      latency: [scraped(receiver, `${PREFIX}p95_latency_milliseconds`), Number(p95?.value) / 1e6],
      availability: [
        scraped(sender, `${PREFIX}availability_percent`),
        100 * Number(metrics['gateway.availability']?.value),
      ],
      error: [scraped(sender, `${PREFIX}error_rate_percent`), 100 * (1 - delivery)],
    } as const satisfies Record<string, readonly [number, number]>;
    const wrong = Object.entries(pairs).filter(
      ([, [value, own]]) => !isWithinOnePercent(value, own),
    );
    expect(wrong).toEqual([]);
    // Outages are in all of them: a gauge that is always 100 % or 0 % would not be noticed otherwise.
    expect(pairs.availability[1]).toBeLessThan(90);
    expect(pairs.error[1]).toBeGreaterThan(10);
  });

  it('counts what the network and the report count', () => {
    const failovers = sender[`${PREFIX}path_failovers_total`] ?? [];
    const sum = failovers.reduce((total, { value }) => total + Number(value), 0);
    const switches = result.metrics['gateway.fault_switches'];
    expect(sum).toBeGreaterThan(0);
    expect(switches?.kind === 'counter' && switches.value >= sum).toBe(true);
  });

  it('folds label sets beyond the limit into other, and counts them', () => {
    const name = `${PREFIX}path_failovers_total`;
    const rows = [1, 2, 3, 4].map((value) => ({ labels: [`a${value}`, 'b', 'c'], value }));
    const text = publishedText({ [name]: rows }, 3);
    expect(text).toContain(`${name}{from_path="a2",to_path="b",reason="c"} 2\n`);
    expect(text).toContain(`${name}{from_path="other",to_path="other",reason="other"} 7\n`);
    expect(text).toContain(`${PREFIX}folded_labels_total{metric="${name}"} 2\n`);
    const gauge = `${PREFIX}paths_active`;
    const gauges = publishedText({ [gauge]: rows }, 3);
    expect(gauges).not.toContain('="other"');
    expect(gauges).toContain(`${PREFIX}folded_labels_total{metric="${gauge}"} 2\n`);
  });
});
