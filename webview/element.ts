type Child = Node | string | undefined;

interface Options {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: (event: Event) => void;
}

/** An element with its text, never its markup: whatever a trace holds is shown as it is written. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class) made.className = options.class;
  if (options.text !== undefined) made.textContent = options.text;
  if (options.title) made.title = options.title;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  if (options.onClick) made.addEventListener('click', options.onClick);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A codicon; decoration only, so whatever holds it needs a name of its own. */
export const icon = (name: string): HTMLElement =>
  element('span', { class: `codicon codicon-${name}`, attributes: { 'aria-hidden': 'true' } });

/** Writes only what differs, so that a selection, a focus and a hover survive an update. */
export function setText(target: Element, text: string, title?: string): void {
  if (target.textContent !== text) target.textContent = text;
  if (title === undefined) return;
  if (target.getAttribute('title') !== title) target.setAttribute('title', title);
}

export const setAttribute = (target: Element, name: string, value: string): void => {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
};

export interface Row<Item> {
  readonly root: HTMLElement;
  update(item: Item): void;
}

/** Makes the children of `parent` be the items, one kept element for each key, focus included. */
export function keyedRows<Item>(
  parent: HTMLElement,
  keyOf: (item: Item) => string,
  create: (item: Item) => Row<Item>,
): (items: readonly Item[]) => void {
  const rows = new Map<string, Row<Item>>();
  return (items) => {
    // While something outside has the focus, such as VS Code's palette, taking it here would close what is open there.
    const focused = document.hasFocus() ? document.activeElement : null;
    const keys = new Set(items.map(keyOf));
    for (const [key, row] of rows) {
      if (keys.has(key)) continue;
      row.root.remove();
      rows.delete(key);
    }
    items.forEach((item, index) => {
      const row = rows.get(keyOf(item)) ?? create(item);
      rows.set(keyOf(item), row);
      if (parent.children[index] !== row.root) parent.insertBefore(row.root, parent.children[index] ?? null);
      row.update(item);
    });
    // Moving an element takes its focus away.
    if (focused !== document.activeElement && focused instanceof HTMLElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
    }
  };
}
