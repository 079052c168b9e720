/**
 * The keyboard bindings. Each binding describes what it does, and the help that `?` opens is
 * generated from these descriptions. Keys trigger nothing while the reader types text.
 *
 * @module
 */

/** A command and the keys that trigger it. */
export interface KeyBinding {
  /** Values of `KeyboardEvent.key` that trigger the command. */
  readonly keys: readonly string[];
  /** The description in the help: `next fault`. */
  readonly does: string;
  /** The heading above the description in the help. */
  readonly group: string;
  readonly run: (event: KeyboardEvent) => void;
}

/** The part of a keyboard event that selects a command. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** All bindings. If several bindings have the same key, the binding that was added last is used. */
export class KeyMap {
  readonly #bindings: KeyBinding[] = [];

  /** Adds a binding until the signal aborts. */
  add(signal: AbortSignal, binding: KeyBinding): void {
    this.#bindings.push(binding);
    signal.addEventListener('abort', () => {
      this.#bindings.splice(this.#bindings.indexOf(binding), 1);
    });
  }

  /** All bindings in the order in which they were added. */
  get bindings(): readonly KeyBinding[] {
    return this.#bindings;
  }

  /**
   * Returns the binding that a key press triggers; undefined if no binding has this key, or if
   * Ctrl, Meta or Alt is pressed.
   */
  find(press: KeyPress): KeyBinding | undefined {
    if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
    return this.#bindings.findLast(({ keys }) => keys.includes(press.key));
  }

  /** Handles the key presses of a document. */
  listen(target: Document): void {
    target.addEventListener('keydown', (event) => {
      // While a dialog is open, it handles all keys itself; Escape closes it.
      const isModal = target.querySelector('dialog[open]') !== null;
      if (event.defaultPrevented || isModal || isTyping(event.target)) return;
      const binding = this.find(event);
      if (binding === undefined || ownsKey(event.target, event.key)) return;
      event.preventDefault();
      binding.run(event);
    });
  }
}

/** True for elements that accept text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isText =
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type);
  return (
    isText ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  );
}

/**
 * True if the focused control handles the key itself: Space and Enter press a control, arrows move
 * within a control.
 */
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement) && !(target instanceof SVGElement)) return false;
  const isControl =
    target.closest('button, a[href], summary, input, [role=slider], [data-keys]') !== null;
  return isControl && (key === ' ' || key === 'Enter' || key.startsWith('Arrow'));
}
