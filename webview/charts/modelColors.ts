/** Hues of `theme.ts`, and how many tones each one has. */
export const hues = 8;
export const tones = 3;

export type Slots = Readonly<Record<string, number>>;

/** The name under which a model has its colour; calls without one share a colour of their own. */
export const colorKey = (model: string | null): string => model ?? '';

/** FNV-1a: the same name starts at the same hue in every window and every session. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const char of name) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** Every hue in its plain tone before any hue's next one. */
function* candidates(name: string): Iterable<number> {
  const start = hash(name) % hues;
  for (let tone = 0; tone < tones; tone++) {
    for (let step = 0; step < hues; step++) yield tone * hues + ((start + step) % hues);
  }
}

const firstFree = (name: string, taken: ReadonlySet<number>): number | undefined => {
  for (const slot of candidates(name)) if (!taken.has(slot)) return slot;
  return undefined;
};

/**
 * Slots for these models beside those already given: what has a colour keeps it, new ones are served in
 * the order of their names, and two of `models` share a colour only when there are more than all slots.
 */
export function assignSlots(known: Slots, models: readonly (string | null)[]): Slots {
  const fresh = [...new Set(models.map(colorKey))].filter((name) => !Object.hasOwn(known, name)).sort();
  if (fresh.length === 0) return known;
  const slots: Record<string, number> = { ...known };
  for (const name of fresh) {
    const everyone = new Set(Object.values(slots));
    const shown = new Set(models.map((model) => slots[colorKey(model)]).filter((slot) => slot !== undefined));
    slots[name] = firstFree(name, everyone) ?? firstFree(name, shown) ?? hash(name) % (hues * tones);
  }
  return slots;
}
