/**
 * Draws the output of a command as an SVG: a terminal with the colours it used.
 *
 * It supports bold, dim and the eight colours, which is all that reports/terminal.ts uses. Each
 * group of words is placed at its own column, so that columns align in any font.
 *
 * @module
 */

interface Style {
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly colour: string | undefined;
}

interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

const PLAIN: Style = { isBold: false, isDim: false, colour: undefined };
const COLUMN = 8.4;
const LINE = 19;
const MARGIN = 18;
const BAR = 30;
const COLOURS: Readonly<Record<number, string>> = {
  31: '#ff8272',
  32: '#7ee081',
  33: '#f2c66d',
  34: '#82b1ff',
  36: '#6fd3e0',
};

/** An SVG document of the terminal text `printed`, under a title bar that shows `command`. */
export function terminalPicture(command: string, printed: string): string {
  const lines = printed.trimEnd().split('\n').map(runsOf);
  const columns = Math.max(60, ...lines.map(widthOf));
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN);
  const height = BAR + MARGIN + lines.length * LINE + MARGIN / 2;
  const rows = lines.map((runs, row) => drawLine(runs, BAR + MARGIN + row * LINE)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Terminal output of ${escapeXml(command)}">
<rect width="${width}" height="${height}" rx="8" fill="#14181f"/>
<rect width="${width}" height="${BAR}" rx="8" fill="#232a35"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d7dde8">
<text x="${MARGIN}" y="20" fill="#9aa7ba">$ ${escapeXml(command)}</text>
${rows}</g>
</svg>
`;
}

function drawLine(runs: readonly Run[], y: number): string {
  const spans = runs.map(drawRun);
  return spans.length === 0 ? '' : `<text y="${y}">${spans.join('')}</text>\n`;
}

function drawRun({ column, text, style }: Run): string {
  const x = (MARGIN + column * COLUMN).toFixed(1);
  const length = (text.length * COLUMN).toFixed(1);
  const fill = style.colour ?? (style.isDim ? '#8b97a8' : undefined);
  const paint = fill === undefined ? '' : ` fill="${fill}"`;
  const weight = style.isBold ? ' font-weight="700"' : '';
  return `<tspan x="${x}" textLength="${length}"${paint}${weight}>${escapeXml(text)}</tspan>`;
}

function widthOf(runs: readonly Run[]): number {
  return Math.max(0, ...runs.map(({ column, text }) => column + text.length));
}

/**
 * Splits a line at escape sequences and wide gaps, so that every piece is placed at its own column.
 */
function runsOf(line: string): readonly Run[] {
  const parts = line.split(ESCAPE);
  const runs: Run[] = [];
  let style = PLAIN;
  let column = 0;
  parts.forEach((part, index) => {
    if (index % 2 === 1) {
      style = part.split(';').map(Number).reduce(restyle, style);
      return;
    }
    for (const { 0: text, index: at } of part.matchAll(/\S+(?: \S+)*/g)) {
      runs.push({ column: column + at, text, style });
    }
    column += part.length;
  });
  return runs;
}

// The escape character is written as a code, because source files contain no control characters.
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

function restyle(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 39) return { ...style, colour: undefined };
  return { ...style, colour: COLOURS[code] ?? style.colour };
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
