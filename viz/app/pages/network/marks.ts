/**
 * Draws the marks that show the class of a packet, as paths around a point: a square for data, a
 * triangle for control, a circle for probes, a diamond for acknowledgements, a hollow square for
 * cover traffic, and a cross for an attacker's copy (docs/spec/browser-view.md).
 *
 * @module
 */

/** The drawing functions that a canvas context and a `Path2D` have in common. */
export interface PathCommands {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, w: number, h: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
}

/** Classes whose marks are drawn as outlines and are not filled. */
export const HOLLOW_PACKET_CLASSES: ReadonlySet<string> = new Set(['cover', 'copy']);

/** Adds the mark of a class to a path. */
export function addPacketMark(pen: PathCommands, packetClass: string, x: number, y: number): void {
  const r = 3.5;
  switch (packetClass) {
    case 'control':
      polygon(pen, [x, y - r - 0.5, x + r + 0.5, y + r - 0.5, x - r - 0.5, y + r - 0.5]);
      break;
    case 'probe':
      pen.moveTo(x + r, y);
      pen.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 'acknowledgement':
      polygon(pen, [x, y - r - 1, x + r + 1, y, x, y + r + 1, x - r - 1, y]);
      break;
    case 'copy':
      pen.moveTo(x - r, y - r);
      pen.lineTo(x + r, y + r);
      pen.moveTo(x + r, y - r);
      pen.lineTo(x - r, y + r);
      break;
    default:
      pen.rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1);
  }
}

/** Returns the mark of a class as an SVG path around (`x`, `y`), for legends and exports. */
export function packetMarkPath(packetClass: string, x: number, y: number): string {
  const parts: string[] = [];
  const at = (value: number): string => value.toFixed(1);
  addPacketMark(
    {
      moveTo: (px, py) => parts.push(`M${at(px)} ${at(py)}`),
      lineTo: (px, py) => parts.push(`L${at(px)} ${at(py)}`),
      rect: (px, py, w, h) => parts.push(`M${at(px)} ${at(py)}h${at(w)}v${at(h)}h${at(-w)}z`),
      arc: (px, py, r) =>
        parts.push(
          `M${at(px + r)} ${at(py)}a${r} ${r} 0 1 0 ${-2 * r} 0a${r} ${r} 0 1 0 ${2 * r} 0z`,
        ),
    },
    packetClass,
    x,
    y,
  );
  return parts.join('');
}

/**
 * Adds a polygon. `closePath` is not called: filling closes the path anyway, and in Chromium the
 * call takes time proportional to the path so far (5,000 triangles: 68 ms a frame instead of 4 ms).
 */
function polygon(pen: PathCommands, points: readonly number[]): void {
  pen.moveTo(points[0] ?? 0, points[1] ?? 0);
  for (let at = 2; at < points.length; at += 2) pen.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
}
