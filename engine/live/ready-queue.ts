/**
 * Node code that is due, first in, first out.
 *
 * An array with a head, emptied as a whole: nothing is moved for each task. Does not run them.
 *
 * @module
 */

/** Node code that is due. */
export interface ReadyTask {
  run(): void;
}

/** See the module. */
export class ReadyQueue {
  #tasks: ReadyTask[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#tasks.length;
  }

  push(task: ReadyTask): void {
    this.#tasks.push(task);
  }

  /** The oldest one, which leaves the queue. */
  next(): ReadyTask | undefined {
    const task = this.#tasks[this.#head];
    this.#head += 1;
    if (this.#head >= this.#tasks.length) this.clear();
    return task;
  }

  clear(): void {
    this.#tasks = [];
    this.#head = 0;
  }
}
