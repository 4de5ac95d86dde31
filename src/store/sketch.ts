import { LogarithmicMapping } from '@datadog/sketches-js/dist/ddsketch/mapping';

/** By how much of itself a value that a sketch tells may be off. */
export const sketchError = 0.01;

const mapping = new LogarithmicMapping(sketchError);

/** A DDSketch of milliseconds: how many values lie in each bucket. Sketches add up and are taken from each other. */
export type Sketch = Map<number, number>;

/** Bucket 0 is no time at all; those above are the ones of the mapping, which begins with 0 for a millisecond. */
export const bucketOf = (ms: number): number => (ms < 1 ? 0 : mapping.key(ms) + 1);

const valueOf = (bucket: number): number => (bucket === 0 ? 0 : mapping.value(bucket - 1));

export function addTo(sketch: Sketch, bucket: number, count: number): void {
  const sum = (sketch.get(bucket) ?? 0) + count;
  if (sum === 0) sketch.delete(bucket);
  else sketch.set(bucket, sum);
}

export const countOf = (sketch: Sketch): number =>
  [...sketch.values()].reduce((sum, count) => sum + count, 0);

/** The value at the nearest rank, within `sketchError`. */
export function quantile(sketch: Sketch, share: number): number {
  let left = Math.max(1, Math.ceil(share * countOf(sketch)));
  for (const [bucket, count] of [...sketch].sort(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return valueOf(bucket);
  }
  return 0;
}

/** As bytes: for each bucket in order the distance from the one before, then its count, both as LEB128. */
export function encode(sketch: Sketch): Uint8Array | null {
  if (sketch.size === 0) return null;
  const bytes: number[] = [];
  const put = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  };
  let last = 0;
  for (const [bucket, count] of [...sketch].sort(([a], [b]) => a - b)) {
    put(bucket - last);
    put(count);
    last = bucket;
  }
  return Uint8Array.from(bytes);
}

/** Adds what `encode` made, or takes it away. */
export function addEncoded(sketch: Sketch, bytes: Uint8Array | null, sign: 1 | -1 = 1): void {
  if (!bytes) return;
  let at = 0;
  const take = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  for (let bucket = 0; at < bytes.length;) {
    bucket += take();
    addTo(sketch, bucket, sign * take());
  }
}
