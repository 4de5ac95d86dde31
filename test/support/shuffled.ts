/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** In an order of chance: that of a seed, or of the next numbers of `random`. */
export function shuffled<T>(items: readonly T[], random: number | (() => number)): T[] {
  const next = typeof random === 'number' ? randomFrom(random) : random;
  return items
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
