/**
 * Completes the nodes of a topology: unique names, known autonomous systems, known protocols (users' own
 * protocols are named by path). Mistakes: E106, E113, E116.
 *
 * Protocol options are checked later, because scenarios may add to them.
 *
 * @module
 */
import { unknownNameHint } from '../files/suggest.ts';
import type { AreaSpec } from '../model.ts';
import type { AsAnnouncement } from '../schema/announces.ts';
import { announcedAsAttributes } from './announcements.ts';
import type { BuildContext } from './context.ts';
import type { AsDraft, NodeDraft, UnaddressedNode } from './draft.ts';
import { asNodeOfProgram, buildExternalNode } from './outside.ts';
import { lookUpProtocol } from './protocol-name.ts';

/** Values from `defaults.node`, for nodes that give none. */
export interface NodeDefaults {
  readonly run?: string | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly cores?: number | undefined;
}

/** Returns the autonomous systems without repetitions, which are reported as mistakes. */
export function uniqueAsDrafts(
  context: BuildContext,
  drafts: readonly AsDraft[],
): readonly AsDraft[] {
  const seen = new Map<string, AsDraft>();
  for (const draft of drafts) {
    const first = seen.get(draft.isdAs);
    if (first !== undefined) {
      const where = context.firstAt(first.path);
      const path = [...draft.path, 'id'];
      context.refuse('E113', path, `"${draft.isdAs}" is used twice (${where})`);
    } else {
      seen.set(draft.isdAs, draft);
    }
  }
  return [...seen.values()];
}

/** Converts autonomous systems to areas; their further properties become attributes for protocols. */
export function makeAreas(
  ases: readonly AsDraft[],
  usual: AsAnnouncement | undefined,
): readonly AreaSpec[] {
  return ases.map(({ isdAs: id, core, mtu, attributes, place, announces }) => ({
    id,
    attributes: {
      core,
      mtu,
      ...attributes,
      ...announcedAsAttributes(announces === undefined ? usual : { ...usual, ...announces }),
    },
    ...(place === undefined ? {} : { place }),
  }));
}

/** Completes nodes, and checks their names, autonomous systems and protocols. */
export function buildNodes(
  context: BuildContext,
  drafts: readonly NodeDraft[],
  ases: readonly AsDraft[],
  defaults: NodeDefaults,
): readonly UnaddressedNode[] {
  const seen = new Map<string, NodeDraft>();
  const known = new Set(ases.map((as) => as.isdAs));
  const places = new Map(ases.map((as) => [as.isdAs, as.place]));
  const protocols = new ProtocolNames(context);
  const nodes: UnaddressedNode[] = [];
  for (const written of drafts) {
    const draft = context.runsPrograms ? asNodeOfProgram(written) : written;
    const first = seen.get(draft.name);
    if (first !== undefined) {
      const where = context.firstAt([...first.path, 'name']);
      const path = [...draft.path, 'name'];
      context.refuse('E113', path, `"${draft.name}" is used twice (${where})`);
      continue;
    }
    seen.set(draft.name, draft);
    if (draft.isdAs !== undefined && !known.has(draft.isdAs)) {
      const path = [...draft.path, 'as'];
      const { isdAs } = draft;
      const hint = (): string => unknownNameHint(isdAs, [...known], 'ases');
      context.refuse('E106', path, `AS "${draft.isdAs}" is not in ases`, hint);
    }
    const outside = buildExternalNode(context, draft);
    const node = outside ?? plainNode(context, draft, defaults, protocols);
    const place = draft.place ?? places.get(draft.isdAs ?? '');
    nodes.push(place === undefined ? node : { ...node, place });
  }
  warnOfUnused(context, drafts, defaults);
  return nodes;
}

/** Warns of default options that no node gets. */
function warnOfUnused(
  context: BuildContext,
  drafts: readonly NodeDraft[],
  { run, options }: NodeDefaults,
): void {
  if (options === undefined || drafts.some((draft) => (draft.run ?? run) === run)) return;
  const { file, line } = context.position(['defaults', 'node', 'options']);
  const why = 'every node names a protocol that defaults.node.run does not';
  context.warn(`${file}:${line}: defaults.node.options has no effect, because ${why}`);
}

function plainNode(
  context: BuildContext,
  draft: NodeDraft,
  defaults: NodeDefaults,
  protocols: ProtocolNames,
): UnaddressedNode {
  // A node that names the default protocol itself gets the default options, too.
  const isOwn = draft.run !== undefined && draft.run !== defaults.run;
  const path = draft.run === undefined ? ['defaults', 'node', 'run'] : [...draft.path, 'run'];
  const written = draft.run ?? defaults.run ?? draft.usualRun;
  const options = optionsOf(isOwn ? {} : defaults, draft);
  if (written === undefined) {
    const message = 'missing, expected a protocol such as ping';
    context.refuse('E121', [...draft.path, 'run'], message, 'or give defaults.node.run');
    context.problems.miss('protocols');
  }
  return {
    name: draft.name,
    protocol: written === undefined ? '' : protocols.resolve(written, path),
    options,
    ...(draft.generated === undefined ? {} : { generated: draft.generated }),
    ...(draft.isdAs === undefined ? {} : { area: draft.isdAs }),
    machine: draft.machine ?? draft.name,
    cores: draft.cores ?? defaults.cores ?? 1,
    position: context.position(draft.path),
    draft,
  };
}

/** Merged options of a node; the caller passes default options only for nodes that run the default protocol. */
function optionsOf({ options }: NodeDefaults, draft: NodeDraft): Readonly<Record<string, unknown>> {
  return { ...options, ...draft.options, ...draft.generated };
}

/**
 * The protocols that files name, looked up once for each name, so that a mistake in a name is
 * reported once.
 */
class ProtocolNames {
  readonly #context: BuildContext;
  readonly #resolved = new Map<string, string>();

  constructor(context: BuildContext) {
    this.#context = context;
  }

  resolve(written: string, path: readonly (string | number)[]): string {
    const known = this.#resolved.get(written);
    if (known !== undefined) return known;
    const { source, registry } = this.#context;
    const { name, mistake } = lookUpProtocol(written, source, registry);
    this.#resolved.set(written, name);
    if (mistake !== undefined) {
      this.#context.refuse('E116', path, mistake.message, mistake.hint);
      this.#context.problems.miss('protocols');
    }
    return name;
  }
}
