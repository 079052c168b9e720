/**
 * Exports drawings: as an SVG that needs no style sheet, and as a PNG of twice the size.
 *
 * @module
 */

/** CSS properties of shapes and text that an exported drawing must contain inline. */
const STYLED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'visibility',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'paint-order',
];
const PNG_SCALE = 2;

/**
 * Returns the text of an SVG file that shows the drawing with its present colours, on the
 * background of the page.
 * @param summary Description of the drawing for screen readers.
 */
export function standaloneSvg(drawing: SVGSVGElement, summary: string): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const shown = [drawing, ...drawing.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [at, source] of shown.entries()) dress(source, copies[at]);
  const { width, height } = sizeOf(drawing);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  if (!copy.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  const words = document.createElementNS('http://www.w3.org/2000/svg', 'desc');
  words.textContent = summary;
  copy.prepend(words, ground);
  return new XMLSerializer().serializeToString(copy);
}

/** Renders an exported SVG as a PNG, at twice the size of `drawing`. */
export async function renderPng(svg: string, drawing: SVGSVGElement): Promise<Blob> {
  const { width, height } = sizeOf(drawing);
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
  } finally {
    URL.revokeObjectURL(url);
  }
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * PNG_SCALE);
  canvas.height = Math.ceil(height * PNG_SCALE);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('the browser cannot make a PNG of this size'));
      else resolve(blob);
    });
  });
}

/** Offers a file for download. */
export function downloadFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

function sizeOf(drawing: SVGSVGElement): { readonly width: number; readonly height: number } {
  const box = drawing.getBoundingClientRect();
  return { width: Math.max(1, box.width), height: Math.max(1, box.height) };
}

function dress(source: Element, copy: Element | undefined): void {
  if (!(source instanceof SVGElement) || copy === undefined) return;
  const style = getComputedStyle(source);
  for (const name of STYLED) copy.setAttribute(name, style.getPropertyValue(name));
  for (const name of ['class', 'style', 'tabindex', 'role']) copy.removeAttribute(name);
}
