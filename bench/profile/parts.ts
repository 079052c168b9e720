/**
 * Sums the samples of a processor profile by part of the project: the folder of the running function or, if that is not
 * of the project, of the nearest caller that is.
 *
 * @module
 */

/** A function in the tree of calls, as the profiler of V8 writes it (`Profiler.Profile` of its protocol). */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[] | undefined;
}

/** A processor profile; `timeDeltas` in microseconds, one for each sample. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

/** A part of the project, with its processor time in microseconds. */
export interface Part {
  readonly name: string;
  readonly us: number;
  /** Its functions with the time that each took itself, microseconds, the longest first. */
  readonly functions: readonly { readonly name: string; readonly us: number }[];
}

// Names of parts that are not folders.
export const COLLECTOR = 'garbage collector';
export const CRYPTOGRAPHY = 'cryptography';
/** Native code that no function of the project called: compilation, start of the process. */
export const ELSEWHERE = 'elsewhere';
/**
 * Code that the TypeScript transpiler adds to give functions their names; the built product has
 * none.
 */
export const TRANSLATOR = 'translator';
const TRUTH = 'runner/traffic/ground-truth';

/** Files that do not belong to the part of their folder, with their parts; the first pattern that fits counts. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/^engine\/crypto\//, CRYPTOGRAPHY],
  [/^node_modules\/(@noble|sodium-native)\//, CRYPTOGRAPHY],
  [/^runner\/traffic\/ground-truth\.ts/, TRUTH],
  [/^engine\/measure\/trace\//, 'engine/measure/trace'],
  [/^runner\/recording\//, 'engine/measure/trace'],
  [/^bench\//, ELSEWHERE],
];

/** Shares of the run by part, the largest first. @param root Folder of the project, with a slash at its end. */
export function partsOf(profile: Profile, root: string): readonly Part[] {
  const own = timesOf(profile);
  const owners = ownersOf(profile, root);
  const parts = new Map<string, Map<string, number>>();
  for (const { id, callFrame } of profile.nodes) {
    const us = own.get(id) ?? 0;
    if (us === 0 || callFrame.functionName === '(idle)') continue;
    const name = owners.get(id) ?? ELSEWHERE;
    const functions = parts.get(name) ?? new Map<string, number>();
    const label = labelOf(callFrame, root);
    functions.set(label, (functions.get(label) ?? 0) + us);
    parts.set(name, functions);
  }
  return [...parts].map(([name, functions]) => summed(name, functions)).sort(byTime);
}

function summed(name: string, functions: ReadonlyMap<string, number>): Part {
  const list = [...functions].map(([label, us]) => ({ name: label, us })).sort(byTime);
  return { name, us: list.reduce((sum, { us }) => sum + us, 0), functions: list };
}

function byTime(a: { readonly us: number }, b: { readonly us: number }): number {
  return b.us - a.us;
}

/** Time of each node without its callees, microseconds, by identifier. */
function timesOf({ samples = [], timeDeltas = [] }: Profile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  }
  return times;
}

/** The part of each node: its own, or that of the function that called it. */
function ownersOf({ nodes }: Profile, root: string): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, string>();
  const [top] = nodes;
  const open = top === undefined ? [] : [{ node: top, above: ELSEWHERE }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const owner = partOf(next.node.callFrame, root) ?? next.above;
    owners.set(next.node.id, owner);
    for (const id of next.node.children ?? []) {
      const node = byId.get(id);
      if (node !== undefined) open.push({ node, above: owner });
    }
  }
  return owners;
}

/** The part of a function; undefined for built-in functions and packages, which belong to their caller's part. */
function partOf({ functionName, url }: ProfileNode['callFrame'], root: string): string | undefined {
  if (functionName === '(garbage collector)') return COLLECTOR;
  if (functionName === '__name' || functionName === 'set name') return TRANSLATOR;
  if (url.startsWith('node:internal/crypto/')) return CRYPTOGRAPHY;
  const path = pathOf(url, root);
  if (path === undefined) return undefined;
  const named = NAMED.find(([pattern]) => pattern.test(path));
  if (named !== undefined) return named[1];
  if (path.startsWith('node_modules/')) return undefined;
  return path.split('/').slice(0, 2).join('/');
}

/** Path in the project; undefined outside it. */
function pathOf(url: string, root: string): string | undefined {
  const plain = url.replace(/^file:\/\//, '').replace(/\?.*$/, '');
  return plain.startsWith(root) ? plain.slice(root.length) : undefined;
}

function labelOf({ functionName, url }: ProfileNode['callFrame'], root: string): string {
  const title = functionName === '' ? '(anonymous)' : functionName;
  const place = pathOf(url, root) ?? url;
  return place === '' ? title : `${title} ${place}`;
}
