/**
 * The interface with which protocols draw themselves. `nodes/<p>/viz.ts`, the plug-in of a
 * protocol, turns the states in a trace into plain data, and the page turns these data into SVG, a
 * table and exports. Plug-ins are pure: they use no DOM and no clock, and name colours only by
 * their role. See docs/spec/browser-view.md and ADR 0014.
 *
 * @module
 */

/** A colour, named by its role in the style sheet; `c1` to `c6` are the colours of flows. */
export type ColourRole =
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

/** The colours and the stroke of any shape, and what makes a shape a button. */
export interface ShapeStyle {
  readonly fill?: ColourRole;
  readonly stroke?: ColourRole;
  /** Width of the stroke, px; default 1. */
  readonly width?: number;
  readonly dash?: 'solid' | 'dashed' | 'dotted';
  /** Opacity of the shape, 0 to 1; default 1. */
  readonly opacity?: number;
  /** Text that is shown on hover and read by screen readers. */
  readonly title?: string;
  /**
   * Makes the shape a button with a key of the form `group:item`. At most one item of a group can
   * be selected. {@link DrawingInput.chosen} contains the selected keys in the next drawing.
   */
  readonly key?: string;
  /** True for a button that is selected. */
  readonly isChosen?: boolean;
}

/**
 * A shape that may be part of a protocol's drawing. Lengths are in px; positions are relative to the upper left
 * corner of the drawing.
 */
export type Shape = ShapeStyle &
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

/** The data of a drawing as a table: column headings, and rows with one cell for each column. */
export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What a plug-in returns: shapes, texts and a table. */
export interface Drawing {
  /** A sentence that states what the drawing shows. */
  readonly title: string;
  /** One sentence for screen readers that contains the main number. */
  readonly summary: string;
  /** Explains signs that have no label; shown below the title. */
  readonly legend?: string;
  readonly shapes: readonly Shape[];
  readonly table: TableData;
  /** Height of the drawing, px. */
  readonly height: number;
}

/** A node and its states at the cursor. */
export interface NodeState {
  readonly number: number;
  readonly name: string;
  readonly protocol: string;
  /** The state of each machine of the node, with names and texts as the protocol traced them. */
  readonly states: ReadonlyMap<string, string>;
}

/** A procedure of a node that was running in the window. */
export interface SpanRow {
  readonly node: number;
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly id: number;
}

/** A mark (an instant with a text) that a node set in the window. */
export interface MarkRow {
  readonly node: number;
  readonly timeNs: number;
  readonly text: string;
}

/** A fault that a link really has, whatever nodes believe. */
export interface LinkFault {
  readonly state: 'down' | 'impaired';
  readonly sinceNs: number;
}

/**
 * What a node believes about links, because it measured them or was told; the belief may be wrong.
 */
export interface Belief {
  /** Ids of the links that the belief is about: one link, or all links of a path. */
  readonly links: readonly string[];
  readonly holds: 'up' | 'doubtful' | 'down';
  /** The source of the belief: `BFD`, `path via-110-310-210`. */
  readonly by: string;
  /** For a path: true if the node sends packets on it. */
  readonly isInUse?: boolean;
}

/** What a plug-in gets in order to draw. */
export interface DrawingInput {
  /** The instant of the cursor, ns of the run. */
  readonly timeNs: number;
  /** Start of the visible interval, ns of the run; `toNs` is its end. */
  readonly fromNs: number;
  readonly toNs: number;
  /** The end of the time axis of the run, ns; absent if it is unknown. */
  readonly endNs?: number;
  /**
   * All nodes of the run with their states at the cursor. A node with a stack of protocols occurs
   * once for each protocol, with the states of that protocol.
   */
  readonly nodes: readonly NodeState[];
  readonly spans: readonly SpanRow[];
  readonly marks: readonly MarkRow[];
  /** Keys of the shapes that the reader has selected; absent if nothing can be selected. */
  readonly chosen?: readonly string[];
  /**
   * Name of the selected node; of several nodes that could be drawn, the plug-in then draws this
   * node.
   */
  readonly selected?: string;
  /** The faults that links really have at the cursor, by link id; nodes may not know of them. */
  readonly broken?: ReadonlyMap<string, LinkFault>;
  /** Width that is available for the drawing, px. */
  readonly width: number;
  readonly height: number;
}

/** A kind of drawing that a protocol provides. */
export interface ProtocolView {
  /**
   * Name of the drawing in the page's address: letters, digits and dashes, unique within the
   * protocol.
   */
  readonly name: string;
  /** Title in the list of drawings. */
  readonly title: string;
  /** True if the drawing has something to show for this input. */
  readonly applies: (input: DrawingInput) => boolean;
  /**
   * Makes the drawing. The function must be pure and take less than 20 ms. If it throws, the page
   * shows the error instead.
   */
  readonly draw: (input: DrawingInput) => Drawing;
}

/** The object that `nodes/<p>/viz.ts` exports as `viz`. */
export interface ProtocolViz {
  /** Name of the protocol in the trace's list of nodes. */
  readonly protocol: string;
  readonly views: readonly ProtocolView[];
  /**
   * True if each node removes a layer of encryption from the packets that it forwards, which
   * changes all their bytes. The packet panel then draws these layers.
   */
  readonly peels?: boolean;
  /**
   * Derives from the states of a node of this protocol what the node believes about links; absent
   * if the protocol has no such beliefs.
   */
  readonly beliefsOf?: (node: NodeState) => readonly Belief[];
  /**
   * Makes sentences that say which time is missing in the parts of a packet's delay, on routes
   * through nodes of this protocol; absent if no time is missing.
   * @param meanOf Returns the mean of a metric as text, `1.2 s on average over 300`; undefined if
   *   the metric has none.
   */
  readonly delayNote?: (meanOf: (metric: string) => string | undefined) => string;
}
