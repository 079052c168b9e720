/**
 * `npm run sbom` writes the components of the package in the formats CycloneDX and SPDX to
 * dist/sbom.
 *
 * It uses only the lock file, so the result is the same on every machine: the package, its
 * dependencies, and the optional ones of every platform, but nothing that only developers need.
 * `npm sbom --omit=dev` also drops packages that both need (zod, tsx), so npm gets a copy of the
 * manifest and the lock file without the entries for developers.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = 'dist/sbom';

/** The parts of a CycloneDX document that are read (specification 1.5). */
export interface CycloneDx {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly timestamp: string; readonly component: CycloneDxComponent };
  readonly components: readonly CycloneDxComponent[];
}

/** A component with its licences. */
export interface CycloneDxComponent {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly (
    | { readonly license: { readonly id?: string; readonly name?: string } }
    | { readonly expression: string }
  )[];
}

/** The parts of an SPDX document that are read (specification 2.3). */
export interface Spdx {
  readonly spdxVersion: string;
  readonly dataLicense: string;
  readonly SPDXID: string;
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relatedSpdxElement: string;
    readonly relationshipType: string;
  }[];
}

/** A package of an SPDX document. */
export interface SpdxPackage {
  readonly name: string;
  readonly SPDXID: string;
  readonly versionInfo: string;
  readonly downloadLocation: string;
  readonly licenseDeclared: string;
}

/** The package and everything that it installs, as CycloneDX. */
export function cycloneDx(): CycloneDx {
  const document = ask('cyclonedx') as CycloneDx;
  const timestamp = wholeSeconds(document.metadata.timestamp);
  return { ...document, metadata: { ...document.metadata, timestamp } };
}

/** The package and everything that it installs, as SPDX. */
export function spdx(): Spdx {
  const document = ask('spdx') as Spdx;
  const { creationInfo } = document;
  // SPDX 2.3 section 6.9: YYYY-MM-DDThh:mm:ssZ, without the fraction that npm writes.
  const created = wholeSeconds(creationInfo.created);
  return { ...document, creationInfo: { ...creationInfo, created } };
}

function wholeSeconds(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, 'Z');
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

function ask(format: 'cyclonedx' | 'spdx'): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-sbom-'));
  try {
    // npm names the package after its folder.
    const cwd = join(folder, packageName());
    mkdirSync(cwd);
    for (const [name, content] of Object.entries(withoutDevelopers())) {
      writeFileSync(join(cwd, name), JSON.stringify(content));
    }
    const args = ['sbom', `--sbom-format=${format}`, '--package-lock-only', '--loglevel=error'];
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifest and the lock file, reduced to what is installed with the package. */
function withoutDevelopers(): Readonly<Record<string, unknown>> {
  const manifest = read('package.json') as Readonly<Record<string, unknown>>;
  const lock = read('package-lock.json') as Lock;
  const packages = Object.entries(lock.packages).filter(([, { dev }]) => dev !== true);
  const all = Object.fromEntries(packages);
  const own = { ...all[''], devDependencies: {} };
  return {
    'package.json': { ...manifest, devDependencies: {} },
    'package-lock.json': { ...lock, packages: { ...all, '': own } },
  };
}

function packageName(): string {
  return (read('package.json') as { readonly name: string }).name;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
}

function main(): void {
  mkdirSync(join(ROOT, OUT), { recursive: true });
  const documents = { 'orrery.cdx.json': cycloneDx(), 'orrery.spdx.json': spdx() };
  for (const [name, document] of Object.entries(documents)) {
    writeFileSync(join(ROOT, OUT, name), `${JSON.stringify(document, null, 2)}\n`);
  }
  const { components } = documents['orrery.cdx.json'];
  console.log(`${OUT}/: ${Object.keys(documents).join(', ')}, ${components.length} dependencies`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
