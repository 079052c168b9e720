import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { escapeXml } from '../../../reports/escape-xml.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { renderJunit, renderJunitErrors } from '../../../reports/junit.ts';
import {
  escapeMarkdown,
  inlineCode,
  MARKDOWN_BYTES_MAX,
  renderMarkdown,
  workflowCommand,
} from '../../../reports/markdown.ts';
import type { JudgeInput } from '../../../reports/model.ts';
import { renderPrometheus } from '../../../reports/prometheus.ts';
import { runInput } from './fixture.ts';
import { parsePrometheus } from './prometheus-parser.ts';

const met = judgeRun(runInput({ seeds: 30, slowdown: 1 }));
const missed = judgeRun(runInput({ seeds: 30, slowdown: 2.4 }));
const HOSTILE = `</script><b onclick="x">&"'|\`*\n${String.fromCharCode(0, 11)}]]>`;

function hostile(): JudgeInput {
  const base = runInput({ seeds: 2, slowdown: 1 });
  return {
    ...base,
    scenario: { ...base.scenario, name: HOSTILE, question: HOSTILE, file: HOSTILE },
    definitions: base.definitions.map((one) => ({ ...one, help: HOSTILE })),
    seeds: base.seeds.map((seed) => ({
      ...seed,
      nodeDrops: { [HOSTILE]: 3 },
      warnings: [HOSTILE],
      faults: seed.faults.map((fault) => ({ ...fault, text: HOSTILE })),
    })),
    reproduce: HOSTILE,
  };
}

interface Case {
  readonly '@name': string;
  readonly '@classname': string;
  readonly failure?: { readonly '@message': string; readonly '#text': string };
}

function suite(xml: string): { readonly testcase: readonly Case[] } & Record<string, unknown> {
  const valid = XMLValidator.validate(xml, { allowBooleanAttributes: false });
  expect(valid).toBe(true);
  const options = { ignoreAttributes: false, attributeNamePrefix: '@' };
  return new XMLParser({ ...options, isArray: (n) => n === 'testcase' }).parse(xml).testsuites
    .testsuite;
}

/**
 * What junit-10.xsd of Jenkins allows for each element: attributes (`!` means required) and
 * children.
 */
const JUNIT: Readonly<Record<string, { readonly attributes: string; readonly children: string }>> =
  {
    testsuites: { attributes: 'name time tests failures errors', children: 'testsuite' },
    testsuite: {
      attributes:
        'name! tests! failures! errors! group time skipped timestamp hostname id package file log url',
      children: 'testsuite properties testcase system-out system-err',
    },
    properties: { attributes: '', children: 'property' },
    property: { attributes: 'name! value!', children: '' },
    testcase: {
      attributes: 'name! time classname group',
      children: 'skipped error failure system-out system-err',
    },
    failure: { attributes: 'type message', children: '#text' },
    error: { attributes: 'type message', children: '#text' },
    skipped: { attributes: 'type message', children: '#text' },
    'system-out': { attributes: '', children: '#text' },
  };

interface XmlNode {
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** The parts of a document that the schema does not allow. */
function schemaFindings(nodes: readonly XmlNode[], parent: string): readonly string[] {
  return nodes.flatMap((node) => {
    const [name = ''] = Object.keys(node).filter((key) => key !== ':@');
    if (name.startsWith('?')) return [];
    const allowed = parent === '' ? 'testsuites' : (JUNIT[parent]?.children ?? '');
    if (!allowed.split(' ').includes(name)) return [`${name} in ${parent}`];
    if (name === '#text') return [];
    const given = Object.keys(node[':@'] ?? {});
    const known = JUNIT[name]?.attributes.split(' ') ?? [];
    const names = known.map((one) => one.replace('!', ''));
    const missing = known.filter((one) => one.endsWith('!') && !given.includes(one.slice(0, -1)));
    const strange = given.filter((one) => !names.includes(one));
    return [
      ...[...missing, ...strange].map((one) => `${name}@${one}`),
      ...schemaFindings(node[name] as readonly XmlNode[], name),
    ];
  });
}

describe('JUnit', () => {
  it('has only the elements and attributes of the schema that Jenkins reads it by', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const kpis = base.kpis.map((kpi) => ({ ...kpi, allowEmpty: true }));
    const empty = judgeRun({
      ...base,
      kpis,
      seeds: base.seeds.map((seed) => ({ ...seed, metrics: {} })),
    });
    const parser = new XMLParser({
      ...{ ignoreAttributes: false, attributeNamePrefix: '', preserveOrder: true },
    });
    for (const xml of [
      renderJunit(missed, { startedAt: '2026-11-20T10:00:00' }),
      renderJunit(empty),
      renderJunit(judgeRun(hostile())),
      renderJunitErrors('failover', 'configuration', [
        'scenarios/failover.yaml:3:1  kpi: unknown key',
      ]),
    ]) {
      expect(schemaFindings(parser.parse(xml), '')).toEqual([]);
    }
  });

  it('has one case per KPI and invariant, and counts them', () => {
    const parsed = suite(renderJunit(missed, { startedAt: '2026-11-20T10:00:00' }));
    expect(parsed['@tests']).toBe('9');
    expect(parsed['@failures']).toBe('2');
    expect(parsed['@timestamp']).toBe('2026-11-20T10:00:00');
    expect(parsed.testcase).toHaveLength(9);
    expect(parsed.testcase.filter((one) => one.failure !== undefined)).toHaveLength(2);
  });

  it('says the message in the attribute and in the text, with the command', () => {
    const [failed] = suite(renderJunit(missed)).testcase;
    expect(failed?.['@name']).toBe('failover: gateway.failover p95 <= 250 ms');
    const message = failed?.failure?.['@message'] ?? '';
    expect(message).toMatch(/^\d+ ms is above 250 ms \(missed in \d+ of 30 seeds/);
    expect(failed?.failure?.['#text']).toContain(message);
    expect(failed?.failure?.['#text']).toContain('npm run scenario failover.yaml -- --seed');
  });

  it('stays well-formed with hostile names, and keeps their text', () => {
    const parsed = suite(renderJunit(judgeRun(hostile())));
    expect(parsed.testcase[0]?.['@name']).toContain('</script><b onclick="x">');
    expect(renderJunit(judgeRun(hostile()))).not.toContain('<b ');
  });

  it('reports bad files as errors and an inapplicable KPI as skipped', () => {
    const errors = renderJunitErrors('failover', 'configuration', [
      'scenarios/failover.yaml:3:1  kpi: unknown key',
    ]);
    expect(suite(errors)['@errors']).toBe('1');
    expect(errors).toContain('<error type="configuration"');
    const base = runInput({ seeds: 1, slowdown: 1 });
    const kpis = base.kpis.map((kpi) => ({ ...kpi, allowEmpty: true }));
    const seeds = base.seeds.map((seed) => ({ ...seed, metrics: {} }));
    const xml = renderJunit(judgeRun({ ...base, kpis, seeds }));
    expect(suite(xml)['@skipped']).toBe('6');
    expect(suite(xml)['@failures']).toBe('0');
  });

  it('removes what XML 1.0 does not allow', () => {
    const bad = `a${String.fromCharCode(0, 8, 0xfffe, 0xd800)}b\tc\n😀`;
    expect(escapeXml(bad)).toBe('ab\tc\n😀');
  });
});

describe('Markdown', () => {
  it('leads with the verdict and shows misses first', () => {
    const text = renderMarkdown(missed);
    expect(text).toMatch(/^### ❌ failover: 2 of 6 KPIs missed \(30 seeds, sim\)/);
    expect(text.indexOf('gateway.failover p95')).toBeLessThan(text.indexOf('gateway.throughput'));
    expect(renderMarkdown(met)).toMatch(/^### ✅ failover: 6 of 6 KPIs met/);
  });

  it('stays below 64 kB, and says what it left out', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const nodeDrops = Object.fromEntries(
      Array.from({ length: 4000 }, (_, i) => [`protocol/reason-${i}`, i]),
    );
    const seeds = base.seeds.map((seed) => ({ ...seed, nodeDrops }));
    const text = renderMarkdown(judgeRun({ ...base, seeds }));
    expect(new TextEncoder().encode(text).length).toBeLessThan(MARKDOWN_BYTES_MAX);
    expect(text).toContain('Sections left out');
    expect(text).toContain('6 of 6 KPIs met');
  });

  it('has a column against the baseline', () => {
    const text = renderMarkdown(missed, { comparison: compareReports(met, missed) });
    expect(text).toContain('vs `4c1e9ab07f2e`');
    expect(text).toMatch(/gateway\.failover p95 .*\| \+12\d % \|/);
    expect(text).toMatch(/gateway\.availability .*\| n\.s\. \|/);
  });

  it('lets no markup of a file through', () => {
    const text = renderMarkdown(judgeRun(hostile()));
    expect(text.replaceAll(/`` .*? ``/g, '').replaceAll(/(?<!\\)`[^`]*`/g, '')).not.toMatch(
      /<(?!\/?(details|summary|br)>)/,
    );
    expect(escapeMarkdown('a|b\n<i>*x*')).toBe('a\\|b &lt;i&gt;\\*x\\*');
    expect(inlineCode('a`b')).toBe('`` a`b ``');
  });

  it('writes workflow commands with everything escaped that would end them', () => {
    expect(
      workflowCommand({
        level: 'error',
        file: 'scenarios/a,b.yaml',
        line: 12,
        column: 15,
        message: 'links[3].loss: 100% is\r\nabove',
      }),
    ).toBe('::error file=scenarios/a%2Cb.yaml,line=12,col=15::links[3].loss: 100%25 is%0D%0Aabove');
  });
});

describe('Prometheus text', () => {
  it('is read by an independent parser, in base units', async () => {
    const text = await renderPrometheus(met);
    const { samples, types } = parsePrometheus(text);
    const value = (
      name: string,
      labels: Readonly<Record<string, string>> = {},
    ): number | undefined =>
      samples.find(
        (one) =>
          one.name === name && Object.entries(labels).every(([key, v]) => one.labels[key] === v),
      )?.value;
    expect(value('orrery_run_pass')).toBe(1);
    expect(value('orrery_gateway_latency_seconds', { quantile: '0.95' })).toBeCloseTo(0.0133, 3);
    expect(value('orrery_gateway_failover_seconds', { quantile: '0.95' })).toBe(
      (met.kpis[0]?.value ?? 0) / 1e9,
    );
    expect(value('orrery_gateway_failover_seconds_count')).toBe(120);
    expect(value('orrery_gateway_failover_seconds', { quantile: '0.999' })).toBeUndefined();
    expect(value('orrery_gateway_availability_ratio')).toBeCloseTo(0.99975, 5);
    expect(value('orrery_packets_sent_total')).toBe(met.packets.sent);
    expect(types.get('orrery_packets_sent_total')).toBe('counter');
    expect(value('orrery_kpi_pass', { kpi: 'gateway.failover p95' })).toBe(1);
    expect(text).not.toMatch(/\} \S+ \d+$/m);
  });

  it('survives hostile names and a second run in one process', async () => {
    await renderPrometheus(met);
    const { samples } = parsePrometheus(await renderPrometheus(judgeRun(hostile())));
    expect(samples[0]?.labels['scenario']).toContain('</script>');
  });
});
