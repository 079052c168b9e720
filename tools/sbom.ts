/**
 * `npm run sbom`: what the package consists of, as CycloneDX and as SPDX, in dist/sbom.
 *
 * From the lock file alone, so that it is the same on every machine: the package, its dependencies,
 * and the optional ones of every platform; none of what only developers need.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = 'dist/sbom';

/** What we read of a CycloneDX document (specification 1.5). */
export interface CycloneDx {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: CycloneDxComponent };
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

/** What we read of an SPDX document (specification 2.3). */
export interface Spdx {
  readonly spdxVersion: string;
  readonly packages: readonly { readonly name: string; readonly versionInfo: string }[];
}

/** The package and everything it installs, as CycloneDX. */
export function cycloneDx(): CycloneDx {
  const document = ask('cyclonedx') as CycloneDx;
  const { component } = document.metadata;
  // npm calls the package by the name of its folder.
  const named = { ...component, name: packageName() };
  return { ...document, metadata: { ...document.metadata, component: named } };
}

/** The same as SPDX. */
export function spdx(): Spdx {
  return ask('spdx') as Spdx;
}

function packageName(): string {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly name: string }).name;
}

function ask(format: 'cyclonedx' | 'spdx'): unknown {
  const args = ['sbom', `--sbom-format=${format}`, '--omit=dev', '--package-lock-only'];
  const flags = ['--sbom-type=library', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
  return JSON.parse(stdout);
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
