/**
 * `npm run licences`: lists the licences of everything that the package installs. Exits with 1 if
 * a licence is not in the list of permissive licences, which only require that their text and names are kept.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { type CycloneDx, type CycloneDxComponent, cycloneDx } from './sbom.ts';

/** SPDX identifiers of the allowed licences, all of which are permissive. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);

/** Licences with the packages under each, sorted; `none` for a package that names no licence. */
export function licencesOf(document: CycloneDx): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const component of document.components) {
    const licence = licenceOf(component);
    const names = found.get(licence) ?? [];
    names.push(`${component.name}@${component.version}`);
    found.set(licence, names);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Packages whose licence is not allowed. */
export function forbiddenLicencePackages(document: CycloneDx): readonly string[] {
  return [...licencesOf(document)]
    .filter(([licence]) => !isAllowed(licence))
    .flatMap(([licence, names]) => names.map((name) => `${name}: ${licence}`));
}

/**
 * Accepts an allowed licence, or a choice (`OR`) that contains one; with `AND`, all must be
 * allowed.
 */
function isAllowed(licence: string): boolean {
  const choices = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)));
}

function licenceOf({ licenses = [] }: CycloneDxComponent): string {
  const words = licenses.map((entry) =>
    'expression' in entry ? entry.expression : (entry.license.id ?? entry.license.name ?? 'none'),
  );
  return words.length === 0 ? 'none' : words.join(' AND ');
}

function main(): void {
  const document = cycloneDx();
  for (const [licence, names] of licencesOf(document)) {
    console.log(`${licence} (${names.length})\n  ${names.join(', ')}`);
  }
  const forbidden = forbiddenLicencePackages(document);
  for (const line of forbidden) console.error(`not allowed: ${line}`);
  process.exitCode = forbidden.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
