/**
 * Node code that is due, first in, first out.
 *
 * An array with a head index that is cleared only when all tasks have been taken, so that nothing is moved per task.
 * Does not run tasks.
 *
 * @module
 */

/** A task of node code that is due. */
export interface ReadyTask {
  run(): void;
}

/** Node code that is due, first in, first out. */
export class ReadyQueue {
  #tasks: ReadyTask[] = [];
  #numbers: number[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#tasks.length;
  }

  /** Number that {@link push} got with the oldest task; Infinity if there is no task. */
  get first(): number {
    return this.#numbers[this.#head] ?? Number.POSITIVE_INFINITY;
  }

  /** Adds a task. @param number Its position in the common order of several queues; must increase. */
  push(task: ReadyTask, number: number): void {
    this.#tasks.push(task);
    this.#numbers.push(number);
  }

  /** Removes and returns the oldest task. */
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
