/** One sample of a Prometheus text. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * A small, strict parser for text format 0.0.4, written from its specification; throws if anything
 * is doubtful.
 */
export function parsePrometheus(text: string): {
  readonly samples: readonly Sample[];
  readonly types: ReadonlyMap<string, string>;
} {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      const [, name = '', kind = ''] = type;
      if (types.has(name)) throw new Error(`second TYPE of ${name}`);
      types.set(name, kind);
      continue;
    }
    const sample = parseSample(line);
    if (!isTyped(sample.name, types)) throw new Error(`no TYPE before ${sample.name}`);
    samples.push(sample);
  }
  const keys = samples.map((one) => `${one.name}${JSON.stringify(one.labels)}`);
  if (new Set(keys).size !== keys.length) throw new Error('a sample stands twice');
  const histograms = [...types].filter(([, type]) => type === 'histogram');
  for (const [name] of histograms) checkHistogram(name, samples);
  return { samples, types };
}

/** True if a name, or the histogram of which it is a part, has a type. */
function isTyped(name: string, types: ReadonlyMap<string, string>): boolean {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return types.has(name) || types.get(family) === 'histogram';
}

/** Buckets of each series ascend, end in `+Inf` and agree with the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>();
  for (const one of samples.filter((sample) => sample.name === `${name}_bucket`)) {
    const key = JSON.stringify({ ...one.labels, le: '' });
    series.set(key, [...(series.get(key) ?? []), one]);
  }
  if (series.size === 0) throw new Error(`no buckets of ${name}`);
  for (const [key, buckets] of series) {
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')));
    const isSorted = buckets.every(
      ({ value }, at) =>
        at === 0 || ((bounds[at] ?? 0) > (bounds[at - 1] ?? 0) && value >= buckets[at - 1]!.value),
    );
    if (!isSorted || bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`buckets: ${key}`);
    const countOf = (suffix: string): Sample | undefined =>
      samples.find(
        (one) =>
          one.name === `${name}${suffix}` && JSON.stringify({ ...one.labels, le: '' }) === key,
      );
    if (countOf('_count')?.value !== buckets.at(-1)?.value) throw new Error(`count: ${key}`);
    if (countOf('_sum') === undefined) throw new Error(`no sum: ${key}`);
  }
}

function parseSample(line: string): Sample {
  const match = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', labelText = '', valueText = ''] = match;
  if (!NAME.test(name)) throw new Error(`bad name ${name}`);
  const labels: Record<string, string> = {};
  let rest = labelText;
  while (rest !== '') {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    if (label === null) throw new Error(`bad labels: ${rest}`);
    const [whole, key = '', raw = ''] = label;
    labels[key] = raw.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    rest = rest.slice(whole.length);
  }
  const value = Number(valueText);
  if (valueText === '' || Number.isNaN(value)) throw new Error(`bad value: ${line}`);
  return { name, labels, value };
}
