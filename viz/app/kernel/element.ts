/**
 * Creates DOM elements. Text becomes text nodes and attributes are set by `setAttribute`, so that
 * no string from a file or a packet can become markup.
 *
 * @module
 */

/** What an element may contain; `undefined` and `false` add nothing. */
export type Child = Node | string | number | undefined | false | readonly Child[];

/**
 * Attributes of an element by name. A value of `false` or `undefined` omits the attribute, and a
 * function becomes an event listener.
 */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an HTML element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return dressed(document.createElement(tag), attributes, children);
}

/** Creates an SVG element. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

/** Replaces the children of an element. */
export function replaceContent(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  appendChildren(parent, children);
}

/** Sets an attribute only if its value differs: animation frames that change nothing stay fast. */
export function setAttributeIfChanged(target: Element, name: string, value: string | number): void {
  const text = String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

function dressed<E extends Element>(
  made: E,
  attributes: Attributes,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  appendChildren(made, children);
  return made;
}

/** Adds children to an element. */
export function appendChildren(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === false) continue;
    if (typeof child === 'string' || typeof child === 'number') parent.append(String(child));
    else if (child instanceof Node) parent.append(child);
    else appendChildren(parent, child);
  }
}
