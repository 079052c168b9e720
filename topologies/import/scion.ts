/**
 * Reads SCION topology files (`.topo`) as published with the reference implementation
 * (scionproto/scion, topology/README.md).
 *
 * Routers are numbered by first appearance per AS; ends with the same letter in one AS belong to
 * one router, an end without a letter is a router of its own. Interface numbers omitted in a file
 * become 1, 2, 3 ... in file order instead of random ones. With `control`, each AS has a control
 * service with a link to each of its routers. The roles of an AS in its ISD (core, voting, issuing,
 * authoritative) and the AS that issues its certificates are attributes of the AS. `underlay` and `bw`
 * have no effect here and are accepted.
 *
 * @module
 */
import { z } from 'zod';
import type { Attributes } from '../../engine/host/network-view.ts';
import type { BuildContext } from '../assemble/context.ts';
import {
  AS_MTU_DEFAULT,
  type AsDraft,
  type EndDraft,
  GENERATED_LINK_DEFAULTS,
  type LinkDraft,
  type NodeDraft,
  type TopologyDraft,
} from '../assemble/draft.ts';
import { findFileBeside } from '../files/find-file.ts';
import { booleanLeaf, enumLeaf, patternLeaf, textLeaf } from '../files/leaf.ts';
import { collectConfigErrors } from '../files/problems.ts';
import { wholeNumberLeaf } from '../files/quantity.ts';
import { readSource } from '../files/source.ts';
import { generatedSizeMistake } from '../generate/size-mistake.ts';
import { isdAsLeaf } from '../schema/topology.ts';

const LIMIT_BYTES = 5e6;
/** The key below `import` in files. */
export const SCION_IMPORT_KEY = 'scion';
const PATH = ['import', SCION_IMPORT_KEY] as const;
/** The protocol of control services. */
const CONTROL_PROTOCOL = 'control-service';
const NO_SERVICES = { nodes: [], links: [] };
const INTERNAL_LINK = { ...GENERATED_LINK_DEFAULTS, delayNs: 100_000 };

const mtu = (): z.ZodOptional<ReturnType<typeof wholeNumberLeaf>> =>
  wholeNumberLeaf('an MTU in bytes such as 1472', { min: 1_280, max: 65_535 }).optional();

const asSchema = z.strictObject({
  core: booleanLeaf().optional(),
  voting: booleanLeaf().optional(),
  authoritative: booleanLeaf().optional(),
  issuing: booleanLeaf().optional(),
  cert_issuer: isdAsLeaf().optional(),
  mtu: mtu(),
  underlay: textLeaf('an underlay such as UDP/IPv4').optional(),
  dispatched_ports: textLeaf('a range of ports').optional(),
  test_dispatcher: booleanLeaf().optional(),
});

const END_FORM = /^(\d+-[0-9a-f:]+)(?:-([A-Za-z0-9_]+))?(?:#(\d{1,5}))?$/;

const end = (): ReturnType<typeof patternLeaf> =>
  patternLeaf('an end such as 1-ff00:0:110-A#1', END_FORM, 'ISD-AS, then -router and #interface');

const linkSchema = z.strictObject({
  a: end(),
  b: end(),
  linkAtoB: enumLeaf(['CORE', 'CHILD', 'PEER']),
  mtu: mtu(),
  bw: wholeNumberLeaf('a bandwidth', { min: 0 }).optional(),
  underlay: textLeaf('an underlay such as UDP/IPv4').optional(),
});

/** A `.topo` file. */
const topoSchema = z.strictObject({
  ASes: z.record(isdAsLeaf(), asSchema),
  links: z.array(linkSchema),
});

type TopoLink = z.output<typeof linkSchema>;

const RELATIONS = { CORE: 'core', CHILD: 'child', PEER: 'peer' } as const;

/** Roles of an AS in its ISD besides core; the ISD's TRC names the voting, issuing and authoritative ASes. */
const TRC_ROLES = ['voting', 'issuing', 'authoritative'] as const;

/** Schema of the entry `scion` of `import`: the path of a `.topo` file, or a map with it. */
export const scionImportSchema = z
  .union([
    textLeaf('the path of a .topo file'),
    z.strictObject({
      file: textLeaf('the path of a .topo file'),
      control: booleanLeaf().optional().meta({
        description: 'A control service in each AS, by which paths are discovered.',
        default: false,
      }),
    }),
  ])
  .meta({ description: 'ASes, routers and links of a SCION topology file.' });

/** Drafts from a `.topo` file; its mistakes are recorded in the context. */
export function importScionTopoFile(
  context: BuildContext,
  entry: z.output<typeof scionImportSchema>,
): TopologyDraft | undefined {
  const { file: name, control = false } = typeof entry === 'string' ? { file: entry } : entry;
  const { files } = context.registry.machine;
  const found = findFileBeside(name, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', PATH, found.message, found.hint);
    return undefined;
  }
  const limits = { limitBytes: LIMIT_BYTES, tooLargeHint: 'split the file' };
  const source = collectConfigErrors(context.problems, () =>
    readSource(found.path, { ...limits, files, overrides: [] }),
  );
  if (source === undefined) return undefined;
  const topo = context.problems.check(source, topoSchema, source.data);
  if (topo === undefined) return undefined;
  const routers = new Routers();
  const links = topo.links.map((link) => linkDraft(link, routers));
  const services = control ? controlServices(Object.keys(topo.ASes), routers) : NO_SERVICES;
  const excess = generatedSizeMistake({
    nodes: services.nodes.length,
    links: links.length + routers.internalCount + services.links.length,
  });
  if (excess !== undefined) {
    context.refuse('E104', PATH, `${name} ${excess}`, 'give routers of one AS the same letter');
    return undefined;
  }
  const known = new Set(Object.keys(topo.ASes));
  for (const [index, link] of topo.links.entries()) {
    for (const key of ['a', 'b'] as const) {
      const as = splitEnd(link[key]).as;
      if (known.has(as)) continue;
      const mistake = { code: 'E106', path: ['links', index, key], part: 'value' } as const;
      context.problems.add(source, { ...mistake, message: `AS "${as}" is not in ASes` });
    }
  }
  const ases = Object.entries(topo.ASes).map(
    ([id, as]): AsDraft => ({
      isdAs: id,
      core: as.core ?? false,
      mtu: as.mtu ?? AS_MTU_DEFAULT,
      attributes: rolesOf(as),
      path: PATH,
    }),
  );
  return {
    ases,
    nodes: [...routers.nodes(), ...services.nodes],
    links: [...links, ...routers.internal(), ...services.links],
  };
}

function rolesOf(as: z.output<typeof asSchema>): Attributes {
  const roles = TRC_ROLES.filter((role) => as[role]).map((role) => [role, true] as const);
  const issuer = as.cert_issuer;
  return { ...Object.fromEntries(roles), ...(issuer === undefined ? {} : { certIssuer: issuer }) };
}

/**
 * A control service for each AS beside its routers, with the name that the reference implementation
 * gives it: `cs1-ff00_0_110-1`.
 */
function controlServices(
  ases: readonly string[],
  routers: Routers,
): Pick<TopologyDraft, 'nodes' | 'links'> {
  const named = ases.map((isdAs) => ({ isdAs, name: `cs${fileNameOf(isdAs)}-1` }));
  return {
    nodes: named.map((one): NodeDraft => ({ ...one, run: CONTROL_PROTOCOL, path: PATH })),
    links: named.flatMap(({ name, isdAs }) =>
      routers.of(isdAs).map((router) => internalLink(name, router)),
    ),
  };
}

function internalLink(a: string, b: string): LinkDraft {
  return {
    a: { host: a },
    b: { host: b },
    relation: 'internal',
    fallback: INTERNAL_LINK,
    both: {},
    path: PATH,
  };
}

/** The text for an ISD-AS that the reference implementation uses in names of files and elements. */
function fileNameOf(isdAs: string): string {
  return isdAs.replaceAll(':', '_');
}

function linkDraft(link: TopoLink, routers: Routers): LinkDraft {
  const both = { mtu: link.mtu ?? AS_MTU_DEFAULT };
  return {
    a: routers.end(link.a),
    b: routers.end(link.b),
    relation: RELATIONS[link.linkAtoB],
    fallback: GENERATED_LINK_DEFAULTS,
    both,
    path: PATH,
  };
}

interface TopoEnd {
  readonly as: string;
  readonly letter: string | undefined;
  readonly ifId: number | undefined;
}

function splitEnd(written: string): TopoEnd {
  const match = END_FORM.exec(written);
  const ifId = match?.[3];
  return {
    as: match?.[1] ?? written,
    letter: match?.[2],
    ifId: ifId === undefined ? undefined : Number(ifId),
  };
}

/** Routers of each AS, numbered by first appearance: `br1-ff00_0_110-1`. */
class Routers {
  readonly #byAs = new Map<string, string[]>();
  readonly #byLetter = new Map<string, string>();

  end(written: string): EndDraft {
    const { as, letter, ifId } = splitEnd(written);
    const host = this.#router(as, letter);
    return ifId === undefined ? { host } : { host, ifId };
  }

  nodes(): readonly NodeDraft[] {
    return [...this.#byAs].flatMap(([isdAs, names]) =>
      names.map((name): NodeDraft => ({ name, isdAs, run: 'scion', path: PATH })),
    );
  }

  /** The routers of an AS. */
  of(as: string): readonly string[] {
    return this.#byAs.get(as) ?? [];
  }

  /** Number of links between routers of the same AS, in all ASes together. */
  get internalCount(): number {
    const counts = [...this.#byAs.values()].map(({ length }) => (length * (length - 1)) / 2);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** A link between each two routers of the same AS. */
  internal(): readonly LinkDraft[] {
    return [...this.#byAs.values()].flatMap((names) =>
      names.flatMap((a, index) => names.slice(index + 1).map((b) => internalLink(a, b))),
    );
  }

  #router(as: string, letter: string | undefined): string {
    const key = `${as}/${letter ?? ''}`;
    const known = letter === undefined ? undefined : this.#byLetter.get(key);
    if (known !== undefined) return known;
    const names = this.#byAs.get(as) ?? [];
    const name = `br${fileNameOf(as)}-${names.length + 1}`;
    names.push(name);
    this.#byAs.set(as, names);
    if (letter !== undefined) this.#byLetter.set(key, name);
    return name;
  }
}
