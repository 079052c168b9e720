/**
 * What a run leaves: `runs/<scenario>/<seed or set of seeds>/` (DESIGN 7).
 *
 * @module
 */
import { appendFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportComparison } from '../reports/compare.ts';
import { renderHtml } from '../reports/html/html.ts';
import { renderJson } from '../reports/json.ts';
import { renderJunit } from '../reports/junit.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import { renderPrometheus } from '../reports/prometheus.ts';
import type { Report } from '../reports/report-schema.ts';

/** Files that the run itself may have written before the reports. */
const RECORDED = ['trace.orr', 'trace.pcapng'] as const;

/** Folder of a run. */
export function runFolder(out: string, name: string, seeds: readonly number[]): string {
  const [first] = seeds;
  return join(out, name, seeds.length === 1 ? `${first}` : `${first}-${seeds.at(-1)}`);
}

/** Makes the folder and removes what an earlier run left under the same name. */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of RECORDED) rmSync(join(folder, name), { force: true });
}

/** Writes all reports; returns their names, with sizes where it matters. */
export async function writeFiles(
  folder: string,
  report: Report,
  comparison: ReportComparison | undefined,
): Promise<readonly string[]> {
  const options = comparison === undefined ? {} : { comparison };
  const markdown = renderMarkdown(report, options);
  const files: readonly (readonly [string, string])[] = [
    ['report.html', renderHtml(report, options)],
    ['report.json', renderJson(report)],
    ['report.md', markdown],
    ['junit.xml', renderJunit(report)],
    ['metrics.prom', await renderPrometheus(report)],
  ];
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined && summary !== '') appendFileSync(summary, markdown);
  const recorded = RECORDED.filter((name) => existsSync(join(folder, name)));
  return [
    ...files.map(([name]) => name),
    ...recorded.map((name) => `${name} ${sizeOf(join(folder, name))}`),
  ];
}

function sizeOf(path: string): string {
  const bytes = statSync(path).size;
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
