/**
 * Reads graphs in GraphML (Brandes et al. 2002, "GraphML Progress Report"; graphml.graphdrawing.org):
 * XML with `key`, `graph`, `node`, `edge` and `data`. Hyperedges, ports and graphs within nodes are
 * not links, and are refused.
 *
 * The XML is read by fast-xml-parser (ADR 0067). Entities that a
 * document declares are not expanded.
 *
 * @module
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { ImportResult, TopologyImporter } from '../../engine/host/importer.ts';
import { LineMistakes, type TextOffsets, type TextPart } from '../../engine/pure/text-lines.ts';
import { generatedSizeMistake } from '../generate/size-mistake.ts';
import { decodeEntities } from './entities.ts';
import {
  GRAPH_VALUE_NAMES,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphParameters,
  graphParametersSchema,
  graphTextTooLongResult,
  importResultOfGraph,
} from './graph.ts';

/** The importer of graphs in GraphML: `import: { graphml: Abilene.graphml }`. */
export const graphmlImporter: TopologyImporter<GraphParameters> = {
  name: 'graphml',
  help: 'A graph in GraphML, such as those of the Internet Topology Zoo.',
  parameters: graphParametersSchema,
  read,
};

/** Largest number of elements: the tree of this many takes 0.5 GB. */
const TAGS_MAX = 600_000;
/** Largest number of attributes; the tree keeps them, so they cost memory like elements. */
const ATTRIBUTES_MAX = 1_200_000;
/** Longest tag or text, characters: the parser keeps a whole tag, or a whole text between tags, in memory. */
const PART_MAX = 1_000_000;
const SHOWN_MAX = 120;
const META = XMLParser.getMetaDataSymbol() as unknown as symbol;
const OPTIONS = {
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  processEntities: false,
  removeNSPrefix: true,
};

/** An element: its content under its name, its attributes under `:@`, its offset in the text under {@link META}. */
type Raw = Readonly<Record<string | symbol, unknown>>;

interface Element extends TextOffsets {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly Raw[];
}

function read(text: string, parameters: GraphParameters): ImportResult {
  const wrong = graphTextTooLongResult(text) ?? tooMuch(text) ?? mistakeOfXml(text);
  if (wrong !== undefined) return wrong;
  const reader = new GraphmlReader(text);
  const graph = reader.read();
  return reader.mistakes.isAny ? reader.mistakes.all() : importResultOfGraph(graph, parameters);
}

/** The mistake of a text with too many elements or attributes; checked before it is parsed. */
function tooMuch(text: string): ImportResult | undefined {
  let [tags, attributes, before] = [0, 0, 0];
  for (const { 0: sign, index: at } of text.matchAll(/[<=]|$/g)) {
    if (sign === '=') {
      attributes += 1;
      if (attributes > ATTRIBUTES_MAX) return mistake(at, `more than ${ATTRIBUTES_MAX} attributes`);
      continue;
    }
    if (at - before > PART_MAX)
      return mistake(before, `more than ${PART_MAX} characters without <`);
    before = at;
    tags += sign === '' || text[at + 1] === '/' ? 0 : 1;
    if (tags > TAGS_MAX) return mistake(at, `more than ${TAGS_MAX} elements`);
  }
  return undefined;
}

function mistakeOfXml(text: string): ImportResult | undefined {
  const result = XMLValidator.validate(text);
  if (result === true) return undefined;
  const { msg, line, col } = result.err;
  let start = 0;
  for (let number = 1; number < line; number += 1) start = text.indexOf('\n', start) + 1;
  return mistake(start + (col ?? 1) - 1, `this is not XML: ${msg.slice(0, SHOWN_MAX)}`);
}

function mistake(start: number, message: string): ImportResult {
  return { kind: 'mistakes', mistakes: [{ start, end: start + 1, message }] };
}

/** Reads the elements of a document. */
class GraphmlReader {
  readonly mistakes = new LineMistakes();
  readonly #text: string;
  /** Names of values, by the ids of their keys. */
  readonly #keys = new Map<string, string>();
  readonly #usual = new Map<string, TextPart>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): Graph {
    const root = this.#elementsOf(this.#parse()).find(({ name }) => name === 'graphml');
    const top = root === undefined ? [] : this.#elementsOf(root.content);
    for (const element of top) if (element.name === 'key') this.#addKey(element);
    const [graph, second] = top.filter(({ name }) => name === 'graph');
    if (graph === undefined) this.#refuse({ start: 0, end: 1 }, 'no graph was found in <graphml>');
    if (second !== undefined) this.#refuse(second, 'a second graph, expected one in a file');
    return this.#graphOf(graph === undefined ? [] : this.#elementsOf(graph.content), {
      isDirected: graph?.attributes['edgedefault'] === 'directed',
    });
  }

  #parse(): readonly Raw[] {
    try {
      return new XMLParser(OPTIONS).parse(this.#text) as readonly Raw[];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#refuse({ start: 0, end: 1 }, `this is not XML: ${reason.slice(0, SHOWN_MAX)}`);
      return [];
    }
  }

  #graphOf(elements: readonly Element[], { isDirected }: { readonly isDirected: boolean }): Graph {
    const nodes: GraphNode[] = [];
    const edges: GraphEdge[] = [];
    for (const element of elements) {
      const excess = generatedSizeMistake({ nodes: nodes.length, links: edges.length });
      if (excess !== undefined) {
        this.#refuse(element, excess);
        break;
      }
      if (element.name === 'node') this.#addNode(element, nodes);
      else if (element.name === 'edge') this.#addEdge(element, edges, { isDirected });
      else if (element.name === 'hyperedge') this.#refuse(element, 'hyperedges are no links');
    }
    return { nodes, edges, warnings: [] };
  }

  #addNode(element: Element, nodes: GraphNode[]): void {
    const { id } = element.attributes;
    const inner = this.#elementsOf(element.content);
    const nested = inner.find(({ name }) => name === 'graph' || name === 'port');
    if (nested !== undefined) this.#refuse(nested, `a ${nested.name} within a node is not read`);
    if (id === undefined) this.#refuse(element, 'the node has no id');
    else nodes.push({ id, values: this.#valuesOf(inner), span: element });
  }

  #addEdge(element: Element, edges: GraphEdge[], usual: { readonly isDirected: boolean }): void {
    const { source, target, directed } = element.attributes;
    if (source === undefined || target === undefined) {
      const lacks = source === undefined ? 'source' : 'target';
      this.#refuse(element, `the edge has no ${lacks}`);
      return;
    }
    const isDirected = directed === undefined ? usual.isDirected : directed === 'true';
    const values = this.#valuesOf(this.#elementsOf(element.content));
    edges.push({ source, target, values, isDirected, span: element });
  }

  #addKey({ attributes, content, start, end }: Element): void {
    const { id, 'attr.name': written } = attributes;
    const name = (written ?? id ?? '').toLowerCase();
    if (id === undefined || !GRAPH_VALUE_NAMES.has(name)) return;
    this.#keys.set(id, name);
    const usual = this.#elementsOf(content).find((inner) => inner.name === 'default');
    if (usual !== undefined) this.#usual.set(name, { text: textOf(usual), start, end });
  }

  #valuesOf(elements: readonly Element[]): ReadonlyMap<string, TextPart> {
    const values = new Map(this.#usual);
    for (const element of elements) {
      const name = this.#keys.get(element.attributes['key'] ?? '');
      if (element.name !== 'data' || name === undefined) continue;
      const { start, end } = element;
      values.set(name, { text: textOf(element), start, end });
    }
    return values;
  }

  #elementsOf(content: readonly Raw[]): readonly Element[] {
    return content.flatMap((raw) => {
      const name = Object.keys(raw).find((key) => key !== ':@' && key !== '#text');
      if (name === undefined) return [];
      const attributes = (raw[':@'] ?? {}) as Readonly<Record<string, string>>;
      const start = (raw[META] as { readonly startIndex?: number } | undefined)?.startIndex ?? 0;
      const close = this.#text.indexOf('>', start);
      const end = close < 0 ? start + 1 : close + 1;
      return [{ name, attributes: decoded(attributes), content: raw[name] as Raw[], start, end }];
    });
  }

  #refuse({ start, end }: TextOffsets, message: string): void {
    this.mistakes.add({ start, end, message });
  }
}

function decoded(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(attributes);
  return Object.fromEntries(entries.map(([key, value]) => [key, decodeEntities(value)]));
}

function textOf({ content }: Element): string {
  return decodeEntities(content.map((raw) => String(raw['#text'] ?? '')).join(''));
}
