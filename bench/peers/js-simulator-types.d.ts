/** The part of js-simulator 1.0.17 that the hold model uses; the package has no types. */
declare module 'js-simulator' {
  class SimEvent {
    constructor(rank: number);
    time: number;
    update: (deltaTime: number) => void;
  }
  class Scheduler {
    scheduleOnceIn(event: SimEvent, delta: number): void;
    update(): void;
  }
  const jssim: { readonly SimEvent: typeof SimEvent; readonly Scheduler: typeof Scheduler };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS, its exports are the default.
  export default jssim;
}
