/**
 * Messages whose requests wait for a modelled processor. They are neither accepted nor refused yet,
 * so they count as open; if their node crashes, they are lost.
 *
 * @module
 */

/**
 * The set of messages whose requests wait for a modelled processor. `Message` is the type by which an
 * account identifies a message.
 */
export class PostponedRequests<Message> {
  readonly #nodes = new Map<Message, string>();

  has(message: Message): boolean {
    return this.#nodes.has(message);
  }

  add(message: Message, node: string): void {
    this.#nodes.set(message, node);
  }

  /** Removes a message whose request is now handled or has been answered. */
  remove(message: Message): void {
    if (this.#nodes.size > 0) this.#nodes.delete(message);
  }

  /** Removes and returns the messages of a crashed node. */
  crashed(node: string): readonly Message[] {
    const lost = [...this.#nodes].filter(([, of]) => of === node).map(([message]) => message);
    for (const message of lost) this.#nodes.delete(message);
    return lost;
  }
}
