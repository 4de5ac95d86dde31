import { formatSeconds } from '../src/shared/format';
import { element, keyedRows, setText } from './element';

/** A figure as it is shown, and as it is on hover: exact, or in words. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
}

/** A list of figures beside each other, each with its name. */
export function mountFigures(): {
  readonly list: HTMLElement;
  readonly update: (figures: readonly Figure[]) => void;
} {
  const list = element('dl', { class: 'tl-figures' });
  const update = keyedRows<Figure>(
    list,
    ({ name }) => name,
    ({ name }) => {
      const value = element('dd');
      const item = element('div', {}, element('dt', { text: name }), value);
      return { root: item, update: (figure) => setText(value, figure.value, figure.exact) };
    },
  );
  return { list, update };
}

export const secondsFigure = (name: string, seconds: number): Figure => ({
  name,
  value: formatSeconds(seconds),
  exact: `${seconds.toLocaleString('en-US', { maximumFractionDigits: 6 })} seconds`,
});
