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
  #numbers: number[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#tasks.length;
  }

  /** Number of the oldest one; Infinity when there is none. */
  get first(): number {
    return this.#numbers[this.#head] ?? Number.POSITIVE_INFINITY;
  }

  /** @param number Its place among the tasks of several queues; they grow. */
  push(task: ReadyTask, number: number): void {
    this.#tasks.push(task);
    this.#numbers.push(number);
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
    this.#numbers = [];
    this.#head = 0;
  }
}
