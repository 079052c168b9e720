/**
 * `npm run figures [-- --write]` compares published figures with those of this project from the
 * newest runs.
 *
 * The list is `docs/figures.yaml`; values come from `runs/` (reports of scenarios, `bench/`) and
 * `coverage/`. If no run in this folder measured a figure, it keeps its earlier value; if it was
 * never measured, the document names the command that measures it. Nothing is typed in by hand.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { quantityText } from '../reports/format.ts';
import { gitOutput } from './requirements/source-state.ts';
import { toolOptions } from './tool-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(ROOT, 'docs/FIGURES.md');
const HELP = `npm run figures [-- --write]: published figures beside ours, from the newest runs

  --write   into docs/FIGURES.md instead of the terminal
`;

const listSchema = z.strictObject({
  sections: z.array(
    z.strictObject({
      title: z.string(),
      source: z.string(),
      // Folders whose changes make figures of the section stale.
      code: z.array(z.string()).default([]),
      figures: z.array(
        z.strictObject({
          what: z.string(),
          published: z.string(),
          ours: z.union([
            z.strictObject({
              kpi: z.string().regex(/^[\w-]+ > [\w.]+ > \w+$/),
              mode: z.enum(['sim', 'live']).default('sim'),
            }),
            z.strictObject({ bench: z.string() }),
            z.strictObject({ coverage: z.string() }),
            z.strictObject({ later: z.string().regex(/^R-\d{3}$/) }),
          ]),
          command: z.string().optional(),
          note: z.string().optional(),
        }),
      ),
    }),
  ),
});

type Figure = z.output<typeof listSchema>['sections'][number]['figures'][number];

/** The value, the clock and the circumstances of one figure of this project. */
interface Ours {
  readonly value: string;
  readonly clock: 'virtual' | 'wall' | '–';
  readonly from: string;
}

interface Report {
  readonly mode: string;
  readonly clock: 'virtual' | 'wall';
  readonly crypto: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly seeds: readonly number[];
  readonly environment: { readonly node: string; readonly cpu: string; readonly commit: string };
  readonly kpis: readonly {
    readonly metric: string;
    readonly aggregation: string;
    readonly value: number | null;
    readonly unit: string;
    readonly n: number;
  }[];
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly unit: string;
        readonly count: number;
        readonly value: number | null;
        readonly quantiles?: readonly { readonly p: number; readonly value: number }[];
      }
    >
  >;
}

const NONE: Ours = { value: 'not measured yet', clock: '–', from: '–' };

/** Reads the list of published figures. */
export function readFigures(): z.output<typeof listSchema> {
  return listSchema.parse(parse(readFileSync(join(ROOT, 'docs/figures.yaml'), 'utf8')));
}

/** The text of docs/FIGURES.md. */
export function figuresDocument(): string {
  const parts = readFigures().sections.map(({ title, source, code, figures }) => {
    const rows = figures.map((figure) => rowOf(figure, code)).join('\n');
    return `## ${title} (\`${source}\`)\n\n| Figure | Published | Ours | Clock | From | Command |\n|---|---|---|---|---|---|\n${rows}\n`;
  });
  return `# Figures

Every figure that the systems modelled here publish, beside ours, with the command that measures it.
\`npm run figures -- --write\` generates this page from [figures.yaml](figures.yaml) and the newest runs; no value is
typed in.

*virtual* figures come from modelled links and hosts without a CPU profile, *wall* figures from the machine named beside
them. Throughputs count payloads that were checked at the receiver. *stale* figures are from fewer seeds than their
command has, or older than the last change of the code that they measure, when this page was written. *later* names the requirement
(\`docs/REQUIREMENTS.md\`) under which the figure will be measured.

${parts.join('\n')}
Next: [PERFORMANCE](PERFORMANCE.md).
`;
}

function rowOf(figure: Figure, code: readonly string[]): string {
  const { value, clock, from } = best(oursOf(figure.ours), writtenOurs(figure.what));
  const note = figure.note === undefined ? '' : `<br>*${figure.note}*`;
  const command = figure.command === undefined ? '–' : `\`${figure.command}\``;
  const why = figureStaleReason(from, figure.command ?? '', (commit) => changedSince(commit, code));
  const origin = why === undefined ? from : `${from}<br>**stale**: ${why}`;
  const cells = [`${figure.what}${note}`, figure.published, value, clock, origin, command];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/**
 * Why a figure is stale.
 * @param from The run that gave the figure, with seeds and commit.
 * @param command The command that measures the figure.
 * @param changed The date of the newest change to its code after a commit; undefined if there is none.
 */
export function figureStaleReason(
  from: string,
  command: string,
  changed: (commit: string) => string | undefined,
): string | undefined {
  const asked = Number(/--seeds (\d+)/.exec(command)?.[1] ?? 0);
  if (asked > seedsOf(from)) return `its command has ${asked} seeds`;
  const [, commit] = /, ([\da-f]{7,}) of [\d-]+$/.exec(from) ?? [];
  const at = commit === undefined ? undefined : changed(commit);
  return at === undefined ? undefined : `its code changed on ${at}`;
}

/** The date of the newest change to code after a commit; undefined if there is none, or no such commit. */
function changedSince(commit: string, code: readonly string[]): string | undefined {
  if (code.length === 0) return undefined;
  return (
    gitOutput(ROOT, ['log', '-1', '--format=%cs', `${commit}..HEAD`, '--', ...code]) || undefined
  );
}

/** Format of git for the short name of a commit and its date. */
const DATED = '--format=%h of %cs';

/** Name and date of the commit of a run; a mark after the name, for files that differed from the commit, is cut off. */
function commitOf(run: string): string {
  return gitOutput(ROOT, ['show', '-s', DATED, run.replace(/\W.*$/, '')]) ?? run;
}

/** For a file of results that names no commit: the last commit before the file was written. */
function commitBefore(path: string): string {
  return (
    gitOutput(ROOT, ['log', '-1', DATED, `--before=${statSync(path).mtime.toISOString()}`]) ?? ''
  );
}

/** Chooses the value of a figure: the earlier one stays until a run measures it with at least as many seeds. */
function best(measured: Ours, written: Ours | undefined): Ours {
  if (written === undefined) return measured;
  if (measured === NONE) return written;
  return seedsOf(measured.from) < seedsOf(written.from) ? written : measured;
}

function seedsOf(from: string): number {
  return Number(/^(\d+) seeds/.exec(from)?.[1] ?? 0);
}

/** The value that the document holds for a figure; undefined if it was never measured. */
function writtenOurs(what: string): Ours | undefined {
  if (!existsSync(DOCUMENT)) return undefined;
  const row = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .find((line) => /^\| (.*?)(<br>.*?)? \| /.exec(line)?.[1] === what);
  const [, , , value, clock = '–', from = '–'] =
    row?.split(/(?<!\\)\|/).map((cell) => cell.trim()) ?? [];
  if (value === undefined || value === NONE.value || value.startsWith('later: ')) return undefined;
  return { value, clock: clock as Ours['clock'], from: from.replace(/<br>.*$/, '') };
}

function oursOf(ours: Figure['ours']): Ours {
  if ('kpi' in ours) return oursFromReport(ours.kpi, ours.mode);
  if ('bench' in ours) return oursFromBench(ours.bench);
  if ('coverage' in ours) return oursFromCoverage(ours.coverage);
  return { value: `later: ${ours.later}`, clock: '–', from: '–' };
}

function oursFromReport(name: string, mode: string): Ours {
  const [scenario = '', metric = '', aggregation = ''] = name.split(' > ');
  const report = bestReport(scenario, mode);
  const found = report === undefined ? undefined : valueIn(report, metric, aggregation);
  if (report === undefined || found === undefined) return NONE;
  const { clock, seeds, environment, crypto } = report;
  const { cpu, node } = environment;
  const commit = commitOf(environment.commit);
  if (mode === 'live') {
    return { value: found.text, clock, from: `${cpu}, node ${node}, ${commit}` };
  }
  return {
    value: `${aggregation} ${found.text}, n = ${found.n}`,
    clock,
    from: `${seeds.length} seeds, crypto ${crypto}, node ${node}, ${commit}`,
  };
}

function valueIn(
  { kpis, metrics }: Report,
  metric: string,
  aggregation: string,
): { readonly text: string; readonly n: number } | undefined {
  const kpi = kpis.find((one) => one.metric === metric && one.aggregation === aggregation);
  if (kpi !== undefined && kpi.value !== null) {
    return { text: quantityText(kpi.value, kpi.unit), n: kpi.n };
  }
  const summary = metrics[metric];
  const fraction = /^p(\d+)$/.exec(aggregation)?.[1];
  const point = summary?.quantiles?.find(({ p }) => p === Number(`0.${fraction}`));
  if (summary === undefined || point === undefined) return undefined;
  return { text: quantityText(point.value, summary.unit), n: summary.count };
}

function bestReport(scenario: string, wanted: string): Report | undefined {
  const folder = join(ROOT, 'runs', scenario);
  if (!existsSync(folder)) return undefined;
  const paths = readdirSync(folder)
    .map((id) => join(folder, id, 'report.json'))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  // Considers only reports of unchanged scenario files; of these, the largest number of seeds comes first, then the
  // newest report.
  return paths
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Report)
    .filter(({ mode, overrides }) => mode === wanted && Object.keys(overrides).length === 0)
    .sort((a, b) => b.seeds.length - a.seeds.length)[0];
}

/** The folder in which each benchmark writes a file with its results. */
const BENCHES = join(ROOT, 'runs/bench');

function oursFromBench(name: string): Ours {
  const files = existsSync(BENCHES) ? readdirSync(BENCHES).sort() : [];
  const found = files.map((file) => oursFromFile(join(BENCHES, file), name));
  return found.find((ours) => ours !== NONE) ?? NONE;
}

function oursFromFile(path: string, name: string): Ours {
  if (!existsSync(path)) return NONE;
  const { results, environment } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly results: readonly {
      readonly name: string;
      readonly value: number;
      readonly unit: string;
    }[];
    readonly environment: { readonly node: string; readonly cpu: string };
  };
  const line = results.find((one) => one.name === name);
  if (line === undefined) return NONE;
  return {
    value: `${Number(line.value.toPrecision(3))} ${line.unit}`,
    clock: 'wall',
    from: `${environment.cpu}, node ${environment.node.replace('v', '')}, ${commitBefore(path)}`,
  };
}

function oursFromCoverage(folder: string): Ours {
  const path = join(ROOT, 'coverage/coverage-summary.json');
  if (!existsSync(path)) return NONE;
  const files = JSON.parse(readFileSync(path, 'utf8')) as Readonly<
    Record<string, { readonly lines: { readonly total: number; readonly covered: number } }>
  >;
  const lines = Object.entries(files)
    .filter(([file]) => file.replaceAll('\\', '/').includes(`/${folder}/`))
    .map(([, summary]) => summary.lines);
  const total = lines.reduce((sum, one) => sum + one.total, 0);
  const covered = lines.reduce((sum, one) => sum + one.covered, 0);
  if (total === 0) return NONE;
  const from = `${total} lines, ${commitBefore(path)}`;
  return { value: `${((100 * covered) / total).toFixed(1)} %`, clock: '–', from };
}

function main(): void {
  const options = toolOptions(HELP, ['--write']);
  const text = figuresDocument();
  if (options.has('--write')) writeFileSync(DOCUMENT, text);
  else process.stdout.write(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
