/**
 * `npm run audit` asks the registry for known faults of all packages in the lock file, and records what was
 * scanned in tools/audit.json, to be committed. Where no registry answers, as on machines without a network or behind a
 * mirror, it compares the lock file with that record, and says which packages no scan has seen.
 *
 * Exits with 1 on a known fault; with `--strict` also if a package is unscanned or the scan is old.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { toolOptions } from './tool-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RECORD = 'tools/audit.json';
/** Age above which a scan counts as old, days, because new faults become known every day. */
const SCAN_DAYS_MAX = 30;
const MS_PER_DAY = 86_400_000;
const LISTED_MAX = 10;
const TIME_LIMIT_MS = 60_000;
const HELP = `npm run audit: asks the registry for known faults of all packages, and records the scan in ${RECORD}
  -- --offline   only compares the lock file with the last scan
  -- --strict    fails also if a package is unscanned, or the scan older than ${SCAN_DAYS_MAX} days
`;

/** What `npm audit --json` prints when the registry has answered (npm 7 and later), as far as it is read. */
const ANSWER = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      nodes: z.array(z.string()),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});
const RECORDED = z.strictObject({
  /** The day of the scan, UTC. */
  date: z.iso.date(),
  /** What was scanned, as `name@version`, sorted. */
  packages: z.array(z.string()),
  /** A line for each known fault. */
  faults: z.array(z.string()),
});
const LOCK = z.object({
  packages: z.record(
    z.string(),
    /** `name` is given if the package is in a folder of another name. */
    z.object({ name: z.string().optional(), version: z.string().optional() }),
  ),
});
type LockPackages = z.output<typeof LOCK>['packages'];

/** A scan that was recorded. */
export type AuditRecord = z.output<typeof RECORDED>;

/** What is known of the packages in the lock file. */
export interface AuditVerdict {
  /** Lines of known faults. */
  readonly faults: readonly string[];
  /** Packages that the scan has not seen, as `name@version`. */
  readonly unscanned: readonly string[];
  /** Age of the scan, days; `Infinity` without one. */
  readonly days: number;
}

/**
 * The packages of a lock file, as `name@version`, sorted, each once. The project itself is left
 * out.
 */
export function packagesOf(lock: string): readonly string[] {
  const packages = readLock(lock);
  const paths = Object.keys(packages).filter((path) => path.includes('node_modules/'));
  return [...new Set(paths.map((path) => packageAt(packages, path)))].sort();
}

/** The record of a scan. @returns `undefined` if this is not an answer of a registry. */
export function recordOf(answer: string, lock: string, date: string): AuditRecord | undefined {
  const read = ANSWER.safeParse(parsed(answer));
  if (!read.success) return undefined;
  const packages = readLock(lock);
  const faults = Object.values(read.data.vulnerabilities).flatMap(({ severity, nodes, via }) => {
    const reasons = via.flatMap((one) => (typeof one === 'string' ? [] : [one]));
    return nodes.flatMap((path) =>
      reasons.map(
        ({ title, url }) => `${packageAt(packages, path)}: ${severity}: ${title}, ${url}`,
      ),
    );
  });
  return { date, packages: [...packagesOf(lock)], faults: faults.sort() };
}

/** Judges a lock file by the record of a scan. @param today `YYYY-MM-DD`. */
export function judgeAudit(
  record: AuditRecord | undefined,
  lock: string,
  today: string,
): AuditVerdict {
  const packages = packagesOf(lock);
  const scanned = new Set(record?.packages);
  const present = new Set(packages);
  return {
    // Faults of a package that has been removed since the scan do not count.
    faults: (record?.faults ?? []).filter((fault) => present.has(fault.split(': ')[0] ?? '')),
    unscanned: packages.filter((one) => !scanned.has(one)),
    days:
      record === undefined
        ? Number.POSITIVE_INFINITY
        : (Date.parse(today) - Date.parse(record.date)) / MS_PER_DAY,
  };
}

/** The text of a verdict for people, the worst last. */
export function auditText({ faults, unscanned, days }: AuditVerdict, total: number): string {
  const more = unscanned.length - LISTED_MAX;
  const named = unscanned.slice(0, LISTED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const age = `${total - unscanned.length} of ${total} packages scanned ${days} days ago`;
  return [
    ...(Number.isFinite(days) ? [age] : ['no scan is recorded']),
    ...(Number.isFinite(days) && days > SCAN_DAYS_MAX
      ? [`OLD: a scan holds for ${SCAN_DAYS_MAX} days`]
      : []),
    ...(unscanned.length > 0 ? [`UNSCANNED: ${named}`] : []),
    ...faults.map((fault) => `FAULT: ${fault}`),
  ].join('\n');
}

/**
 * The exit code for a verdict.
 * @param isStrict True if unscanned packages and an old scan are failures.
 */
export function auditExitCode({ faults, unscanned, days }: AuditVerdict, isStrict: boolean): 0 | 1 {
  const isUnknown = unscanned.length > 0 || days > SCAN_DAYS_MAX;
  return faults.length > 0 || (isStrict && isUnknown) ? 1 : 0;
}

function readLock(lock: string): LockPackages {
  return LOCK.parse(JSON.parse(lock)).packages;
}

/** The package in a folder, as `name@version`. */
function packageAt(packages: LockPackages, path: string): string {
  const { name = path.split('node_modules/').at(-1), version = '?' } = packages[path] ?? {};
  return `${name}@${version}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function askRegistry(): string {
  const words = ['audit', '--json', '--package-lock-only'];
  return spawnSync('npm', words, { cwd: ROOT, encoding: 'utf8', timeout: TIME_LIMIT_MS }).stdout;
}

function main(): number {
  const options = toolOptions(HELP, ['--strict', '--offline']);
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const path = join(ROOT, RECORD);
  const found = options.has('--offline') ? undefined : recordOf(askRegistry(), lock, today);
  if (found !== undefined) writeFileSync(path, `${JSON.stringify(found, undefined, 2)}\n`);
  else console.log('no registry was asked, or none answers audits');
  const record =
    found ??
    (existsSync(path) ? RECORDED.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined);
  const verdict = judgeAudit(record, lock, today);
  console.log(auditText(verdict, packagesOf(lock).length));
  return auditExitCode(verdict, options.has('--strict'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main();
}
