/**
 * `report.html`: one file that can be read from disk without a network, even with scripts disabled. Its
 * security policy allows only our own style and script, by their hashes.
 *
 * @module
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { predictionHtml } from '../against-text.ts';
import { carriedRateTexts } from '../carried.ts';
import { changeText, type ReportComparison } from '../compare.ts';
import {
  countWithNoun,
  quantityText,
  shortFingerprint,
  wallSecondsText,
  wholeNumberText,
} from '../format.ts';
import {
  kpiName,
  metKpisText,
  repeatSeedCommand,
  type VerdictWord,
  verdictWord,
} from '../kpi-text.ts';
import { latenessSection } from '../lateness-table.ts';
import { originFacts, reportFacts } from '../report-facts.ts';
import type { Report } from '../report-schema.ts';
import { distributionSection } from './distribution.ts';
import { dropSection } from './drops.ts';
import { faultSection } from './fault-story.ts';
import { kpiSection } from './kpi-section.ts';
import { EMPTY_MARKUP, html, type Markup, type TemplateContent, trustedMarkup } from './markup.ts';
import { privacySection } from './privacy.ts';
import { REPORT_SCRIPT } from './script.ts';
import { REPORT_STYLE } from './style.ts';
import { timeSection } from './time-series.ts';
import { twinSection } from './twin-section.ts';

/** What the page contains in addition to the report. */
export interface HtmlOptions {
  readonly comparison?: ReportComparison;
  /** Address at which the Lab runs the same scenario. */
  readonly lab?: string;
}

/** The complete document of one scenario. */
export function renderHtml(report: Report, options: HtmlOptions = {}): string {
  const title = `${verdictWord(report)} ${report.scenario.name}`;
  return htmlDocument(title, [
    verdictBar(report),
    html`<main>
${kpiSection(report)}${twinSection(report)}${report.against === undefined ? EMPTY_MARKUP : predictionHtml(report.against)}${comparisonSection(options.comparison)}${privacySection(report)}${faultSection(report)}${latenessSection(report)}${distributionSection(report)}${timeSection(report)}${dropSection(report)}${environmentSection(report, options.lab)}${methodSection(report)}
<footer>${report.scenario.name}, fingerprint ${shortFingerprint(report.fingerprint)}, written by orrery ${report.environment.commit.slice(0, 12)}, report format ${report.schemaVersion}</footer>
</main>
`,
  ]);
}

/** The only script of a report, in the notation of a security policy. */
export const REPORT_SCRIPT_CSP_SOURCE: string = hashSource(REPORT_SCRIPT);

/** A document around a body: policy, style, and the script at the end of the body. */
export function htmlDocument(title: string, body: TemplateContent): string {
  const policy = `default-src 'none'; script-src ${REPORT_SCRIPT_CSP_SOURCE}; style-src ${hashSource(REPORT_STYLE)}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trustedMarkup(REPORT_STYLE)}</style>
</head>
<body>
${body}<script>${trustedMarkup(REPORT_SCRIPT)}</script>
</body>
</html>
`.markup;
}

function hashSource(text: string): string {
  const digest = Array.from(sha256(utf8ToBytes(text)), (byte) => String.fromCharCode(byte));
  return `'sha256-${btoa(digest.join(''))}'`;
}

const TONES: Readonly<Record<VerdictWord, string>> = {
  PASS: 'pass',
  FAIL: 'fail',
  STOP: 'open',
  INCONCLUSIVE: 'open',
  'NO VERDICT': 'open',
};

function verdictBar(report: Report): Markup {
  const word = verdictWord(report);
  return html`<header class="bar ${TONES[word]}"><div>
<h1><b>${word}</b>${report.scenario.name}: ${[...carriedRateTexts(report), metKpisText(report)].join('; ')}</h1>
<p class="question">${report.scenario.question}</p>
<dl class="facts">${reportFacts(report).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div></header>
`;
}

function comparisonSection(comparison: ReportComparison | undefined): Markup {
  if (comparison === undefined) return EMPTY_MARKUP;
  const { baseline, earlyEnd, isPaired, pairingNote, smallestEffect } = comparison;
  const pairing = isPaired ? 'paired by seed' : `unpaired: ${pairingNote ?? ''}`;
  const early = earlyEnd === undefined ? EMPTY_MARKUP : html` ${earlyEnd}.`;
  const rows = comparison.kpis.map((change) => {
    const text = (value: number | null): string =>
      value === null ? 'none' : quantityText(value, change.unit);
    const tone = { better: 'pass-text', worse: 'fail-text' }[change.verdict as string] ?? 'muted';
    return html`<tr><td>${kpiName(change)}</td><td class="number">${text(change.baseline)}</td><td class="number">${text(change.value)}</td><td class="number">${changeText(change)}</td><td class="${tone}">${change.verdict}</td><td><small>${change.note ?? ''}</small></td></tr>
`;
  });
  return html`<section><h2>Against the baseline</h2>
<p class="muted">${baseline.commit}, ${countWithNoun(baseline.seeds, 'seed')}, ${pairing}; changes below ${smallestEffect * 100} % do not count; n.s.: not significant.${early}</p>
<table><thead><tr><th>KPI</th><th class="number">before</th><th class="number">after</th><th class="number">change</th><th>verdict</th><th></th></tr></thead><tbody>${rows}</tbody></table></section>
`;
}

function environmentSection(report: Report, lab: string | undefined): Markup {
  const commands = [
    command('reproduce', report.reproduce),
    report.seeds.length > 1
      ? command('one-seed', repeatSeedCommand(report, report.shownSeed))
      : EMPTY_MARKUP,
  ];
  return html`<section><h2>Do it again</h2>
${commands}${
  lab === undefined
    ? EMPTY_MARKUP
    : html`<p><a href="${lab}">Open in the Lab</a> <span class="muted">to change it and run it in the browser</span></p>
`
}<table class="facts-table"><tbody>${originFacts(report).map(([name, value]) => html`<tr><td>${name}</td><td class="mono">${value}</td></tr>`)}</tbody></table>
${seedTable(report)}</section>
`;
}

function command(id: string, text: string): Markup {
  return html`<div class="command"><code id="${id}">${text}</code><button type="button" data-copy="${id}" hidden>Copy</button></div>
`;
}

function seedTable(report: Report): Markup {
  const isOnNetworks = report.networks !== undefined;
  const rows = report.perSeed.map(
    (one) =>
      html`<tr><td class="number">${one.seed}</td>${isOnNetworks ? html`<td class="number">${one.network ?? ''}</td>` : EMPTY_MARKUP}<td class="mono">${one.fingerprint}</td><td class="number">${wholeNumberText(one.events)}</td><td class="number">${wallSecondsText(one.wallSeconds)}</td><td>${one.ending}</td></tr>
`,
  );
  return html`<details><summary>${countWithNoun(rows.length, 'seed')} with fingerprints</summary><div><table><thead><tr><th class="number">seed</th>${isOnNetworks ? html`<th class="number">network</th>` : EMPTY_MARKUP}<th>fingerprint</th><th class="number">events</th><th class="number">wall time</th><th>ending</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

function methodSection(report: Report): Markup {
  const judged = report.kpis.map(
    (kpi) =>
      html`<dt>${kpiName(kpi)}</dt><dd>${kpi.definition} <span class="muted">${kpi.estimator}; n = ${wholeNumberText(kpi.n)}; ${kpi.clock} time; limit as written: ${kpi.limitText}.</span></dd>
`,
  );
  const names = new Set(report.kpis.map((kpi) => kpi.metric));
  const others = Object.entries(report.metrics).filter(([name]) => !names.has(name));
  const rows = others.map(
    ([name, metric]) =>
      html`<tr><td>${name}</td><td class="number">${metricText(metric)}</td><td class="number">${wholeNumberText(metric.count)}</td><td><small>${metric.notApplicable ?? metric.help}</small></td></tr>
`,
  );
  const rest =
    others.length === 0
      ? EMPTY_MARKUP
      : html`<details><summary>${countWithNoun(others.length, 'metric')} without a limit</summary><div><table><thead><tr><th>metric</th><th class="number">value</th><th class="number">n</th><th></th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
  return html`<section><h2>How this was measured</h2>
<dl class="how">${judged}</dl>
${rest}</section>
`;
}

function metricText(metric: Report['metrics'][string]): string {
  if (metric.value !== null) return quantityText(metric.value, metric.unit);
  if (metric.notApplicable !== undefined) return 'not applicable';
  if (metric.mean === undefined) return 'not measured';
  return `mean ${quantityText(metric.mean, metric.unit)}, max ${quantityText(metric.max ?? 0, metric.unit)}`;
}
