/**
 * What a protocol hands to the pages so that they can draw it: `nodes/<p>/viz.ts` turns the states of
 * a trace into plain data, the page turns the data into SVG, a table and the exports. Plug-ins are
 * pure: no DOM, no clock, no colours but roles. Spec: docs/spec/browser-view.md, docs/adr/0014.
 *
 * @module
 */

/** A colour by its role in the style sheet; `c1` to `c6` are the flow colours. */
export type Role =
  | 'text'
  | 'muted'
  | 'line'
  | 'shade'
  | 'panel'
  | 'pass'
  | 'fail'
  | 'open'
  | 'link'
  | 'c1'
  | 'c2'
  | 'c3'
  | 'c4'
  | 'c5'
  | 'c6';

/** How a shape is inked. */
export interface Ink {
  readonly fill?: Role;
  readonly stroke?: Role;
  /** Of the stroke, px; 1 when left out. */
  readonly width?: number;
  readonly dash?: 'solid' | 'dashed' | 'dotted';
  /** 0 to 1; 1 when left out. */
  readonly opacity?: number;
  /** What pointer and screen reader say of it. */
  readonly title?: string;
  /**
   * Makes it a button that chooses something: `group:item`. Of a group one item is chosen at most,
   * and {@link DrawingInput.chosen} names it in the next drawing.
   */
  readonly key?: string;
  /** Of a button: it is the chosen one. */
  readonly isChosen?: boolean;
}

/** A shape; lengths in px of the drawing, from its upper left corner. */
export type Shape = Ink &
  (
    | {
        readonly kind: 'line';
        readonly x1: number;
        readonly y1: number;
        readonly x2: number;
        readonly y2: number;
      }
    | {
        readonly kind: 'rect';
        readonly x: number;
        readonly y: number;
        readonly w: number;
        readonly h: number;
        readonly radius?: number;
      }
    | { readonly kind: 'circle'; readonly x: number; readonly y: number; readonly r: number }
    | { readonly kind: 'path'; readonly d: string }
    | {
        readonly kind: 'text';
        readonly x: number;
        readonly y: number;
        readonly text: string;
        readonly anchor?: 'start' | 'middle' | 'end';
        readonly size?: 'normal' | 'small';
        readonly weight?: 'normal' | 'strong';
      }
    | { readonly kind: 'group'; readonly shapes: readonly Shape[] }
  );

/** The same data as a table: headings, then rows as wide as the headings. */
export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What a plug-in drew. */
export interface Drawing {
  /** A sentence with the finding. */
  readonly title: string;
  /** What a screen reader says in one sentence; contains the main number. */
  readonly summary: string;
  /** What signs mean that say it nowhere else; a sentence below the title. */
  readonly legend?: string;
  readonly shapes: readonly Shape[];
  readonly table: TableData;
  /** Height that was used, px. */
  readonly height: number;
}

/** A node at the cursor. */
export interface NodeState {
  readonly number: number;
  readonly name: string;
  readonly protocol: string;
  /** State of each machine of the node: names and texts as the protocol traced them. */
  readonly states: ReadonlyMap<string, string>;
}

/** A procedure of a node, under way in the window. */
export interface SpanRow {
  readonly node: number;
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly id: number;
}

/** A mark of a node in the window. */
export interface MarkRow {
  readonly node: number;
  readonly timeNs: number;
  readonly text: string;
}

/** What is wrong with a link in truth, as the network model has it. */
export interface Broken {
  readonly state: 'down' | 'impaired';
  readonly sinceNs: number;
}

/** What a node holds of links: what it measured or was told, whether or not it is so. */
export interface Belief {
  /** Ids of the links that it is about: one, or all of a path. */
  readonly links: readonly string[];
  readonly holds: 'up' | 'doubtful' | 'down';
  /** What the node knows it from: `BFD`, `path via-110-310-210`. */
  readonly by: string;
  /** Of a path: the node sends on it. */
  readonly isInUse?: boolean;
}

/** What a plug-in draws from. */
export interface DrawingInput {
  /** The cursor, ns of the run. */
  readonly timeNs: number;
  /** The window that is shown, ns. */
  readonly fromNs: number;
  readonly toNs: number;
  /** All nodes of the run with their states at the cursor. */
  readonly nodes: readonly NodeState[];
  readonly spans: readonly SpanRow[];
  readonly marks: readonly MarkRow[];
  /** Keys of shapes that the reader has chosen; absent where nothing can be. */
  readonly chosen?: readonly string[];
  /** Name of the node that is selected: the drawing is of it where there are several. */
  readonly selected?: string;
  /** What is wrong with links at the cursor in truth, by their ids; nodes may not know it. */
  readonly broken?: ReadonlyMap<string, Broken>;
  /** Room, px. */
  readonly width: number;
  readonly height: number;
}

/** One picture that a protocol offers. */
export interface ProtocolView {
  /** In the address: letters, digits, dashes; unique within the protocol. */
  readonly name: string;
  /** What the chooser says. */
  readonly title: string;
  /** True when this run has something to show. */
  readonly applies: (input: DrawingInput) => boolean;
  /** Pure, within 20 ms. What it throws is shown in its place. */
  readonly draw: (input: DrawingInput) => Drawing;
}

/** What `nodes/<p>/viz.ts` exports as `viz`. */
export interface ProtocolViz {
  /** As in the trace's list of nodes. */
  readonly protocol: string;
  readonly views: readonly ProtocolView[];
  /** What a node of this protocol believes of links, from its states; absent where it believes nothing. */
  readonly beliefsOf?: (node: NodeState) => readonly Belief[];
}
