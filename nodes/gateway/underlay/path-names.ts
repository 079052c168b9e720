/**
 * Names of paths for people, made of the ASes that the paths cross.
 *
 * @module
 */
import type { IsdAs, Path } from '../../scion/index.ts';

/** A name that is unique without knowing other paths: `via-1-ff00:0:110-3f2a61`. */
export function nameLong(path: Path): string {
  return `via-${transitOf(path).join('-')}-${path.fingerprint.slice(0, 6)}`;
}

/** Shortens AS numbers to their last group where the names stay distinct. */
export function namePaths<Named extends { readonly path: Path; readonly name: string }>(
  paths: readonly Named[],
): readonly Named[] {
  const short = paths.map(({ path }) => `via-${transitOf(path).map(lastGroup).join('-')}`);
  return paths.map((path, index) => {
    const name = short[index] ?? path.name;
    const isUnique = short.filter((other) => other === name).length === 1;
    return { ...path, name: isUnique ? name : nameLong(path.path) };
  });
}

function lastGroup(as: string): string {
  return as.split(':').at(-1) ?? as;
}

/** The ASes between the two ends. */
export function transitOf(path: Path): readonly IsdAs[] {
  const ases = new Set(path.interfaces.map((item): IsdAs => item.isdAs));
  ases.delete(path.source);
  ases.delete(path.target);
  return [...ases];
}
