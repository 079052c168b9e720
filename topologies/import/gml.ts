/**
 * Reads graphs in GML (Himsolt 1997, "GML: A portable graph file format"): keys with numbers,
 * strings or lists in brackets. Only `graph` has an effect, with its `directed`, `node` (id, label,
 * coordinates) and `edge` (source, target, speed); other keys and lists are skipped.
 *
 * @module
 */
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

/** The importer of graphs in GML: `import: { gml: Geant.gml }`. */
export const gmlImporter: TopologyImporter<GraphParameters> = {
  name: 'gml',
  help: 'A graph in GML, such as those of the Internet Topology Zoo.',
  parameters: graphParametersSchema,
  read,
};

/** Largest number of levels of lists within lists; GML of real programs has four. */
const DEPTH_MAX = 32;
/** Keys that have an effect besides {@link GRAPH_VALUE_NAMES}. */
const OWN_KEYS: ReadonlySet<string> = new Set(['directed', 'id', 'source', 'target']);
/** A comment, a string, a bracket, or a word; blanks are between them. */
const TOKEN = /#[^\n]*|"[^"]*"?|[[\]]|[^\s[\]"#]+/g;

interface List extends TextOffsets {
  readonly key: string;
  readonly values: Map<string, TextPart>;
}

function read(text: string, parameters: GraphParameters): ImportResult {
  const long = graphTextTooLongResult(text);
  if (long !== undefined) return long;
  const reader = new GmlReader();
  for (const { 0: word, index } of text.matchAll(TOKEN)) {
    if (word.startsWith('#')) continue;
    reader.take({ text: word, start: index, end: index + word.length });
    if (reader.mistakes.isAny) return reader.mistakes.all();
  }
  return reader.finish(text) ?? importResultOfGraph(reader.graph(), parameters);
}

/** Reads a text token by token into nested lists. */
class GmlReader {
  readonly mistakes = new LineMistakes();
  readonly #open: List[] = [{ key: '', values: new Map(), start: 0, end: 1 }];
  readonly #nodes: GraphNode[] = [];
  readonly #edges: Omit<GraphEdge, 'isDirected'>[] = [];
  #key: TextPart | undefined;
  #graphs = 0;
  #isDirected = false;

  take(token: TextPart): void {
    const key = this.#key;
    if (key === undefined) this.#takeKey(token);
    else {
      this.#key = undefined;
      this.#takeValue(key, token);
    }
  }

  /** The mistakes so far and those at the end of the text; undefined if there are none. */
  finish(text: string): ImportResult | undefined {
    const list = this.#open.at(-1);
    if (this.#key !== undefined) this.#refuse(this.#key, `${this.#key.text} has no value`);
    else if (list !== undefined && this.#open.length > 1) {
      this.#refuse(list, `the list "${list.key}" is not closed, expected ]`);
    } else if (this.#graphs === 0) {
      const end = Math.min(text.length, 1);
      this.#refuse({ start: 0, end }, 'no graph was found, expected graph [ node [ id 0 ] ... ]');
    }
    return this.mistakes.isAny ? this.mistakes.all() : undefined;
  }

  graph(): Graph {
    const isDirected = this.#isDirected;
    return {
      nodes: this.#nodes,
      edges: this.#edges.map((edge) => ({ ...edge, isDirected })),
      warnings: [],
    };
  }

  #takeKey(token: TextPart): void {
    if (token.text === ']') this.#close(token);
    else if (/^[A-Za-z]/.test(token.text)) this.#key = token;
    else
      this.#refuse(token, `"${token.text.slice(0, 40)}" is no key, expected a word such as node`);
  }

  #takeValue(key: TextPart, token: TextPart): void {
    const { text } = token;
    const list = this.#open.at(-1);
    if (text === '[') this.#openList(key);
    else if (text === ']') this.#refuse(key, `${key.text.slice(0, 40)} has no value`);
    else if (text.startsWith('"') && (text.length === 1 || !text.endsWith('"'))) {
      const { start } = token;
      this.#refuse({ start, end: start + 1 }, 'the string is not closed, expected "');
    } else {
      const name = key.text.toLowerCase();
      if (GRAPH_VALUE_NAMES.has(name) || OWN_KEYS.has(name)) list?.values.set(name, valueIn(token));
    }
  }

  #openList({ text, start, end }: TextPart): void {
    if (this.#open.length > DEPTH_MAX) {
      this.#refuse({ start, end }, `lists within lists, more than ${DEPTH_MAX}`);
      return;
    }
    if (this.#open.length === 1 && text === 'graph') this.#graphs += 1;
    if (this.#graphs > 1) this.#refuse({ start, end }, 'a second graph, expected one in a file');
    this.#open.push({ key: text, values: new Map(), start, end });
  }

  #close(token: TextPart): void {
    if (this.#open.length === 1) {
      this.#refuse(token, 'no list is open here');
      return;
    }
    const list = this.#open.pop() as List;
    const isInGraph = this.#open.length === 2 && this.#open[1]?.key === 'graph';
    if (this.#open.length === 1 && list.key === 'graph') {
      this.#isDirected = list.values.get('directed')?.text === '1';
    } else if (isInGraph && list.key === 'node') this.#addNode(list);
    else if (isInGraph && list.key === 'edge') this.#addEdge(list);
  }

  #addNode({ values, start, end }: List): void {
    const id = values.get('id')?.text;
    const span = { start, end };
    if (id === undefined) this.#refuse(span, 'the node has no id');
    else this.#nodes.push({ id, values, span });
    this.#refuseExcess(span);
  }

  #addEdge({ values, start, end }: List): void {
    const [source, target] = [values.get('source')?.text, values.get('target')?.text];
    const span = { start, end };
    if (source === undefined || target === undefined) {
      this.#refuse(span, `the edge has no ${source === undefined ? 'source' : 'target'}`);
    } else this.#edges.push({ source, target, values, span });
    this.#refuseExcess(span);
  }

  #refuseExcess(span: TextOffsets): void {
    const excess = generatedSizeMistake({ nodes: this.#nodes.length, links: this.#edges.length });
    if (excess !== undefined) this.#refuse(span, excess);
  }

  #refuse({ start, end }: TextOffsets, message: string): void {
    this.mistakes.add({ start, end, message });
  }
}

/** A value without its quotes; its offsets in the file still include them. */
function valueIn({ text, start, end }: TextPart): TextPart {
  const isString = text.startsWith('"');
  return { text: isString ? decodeEntities(text.slice(1, -1)) : text, start, end };
}
