import { hues, tones } from './modelColors';

/** How one model is painted: a colour, and a texture that tells it apart where hue does not. */
export interface Paint {
  readonly fill: string;
  readonly ink: string;
  /** Of the texture, 0 to 1. */
  readonly strength: number;
  readonly texture: Texture;
}

export type Texture = 'solid' | 'rising' | 'falling' | 'dots' | 'lines' | 'columns' | 'grid' | 'checks';

export interface Theme {
  readonly foreground: string;
  readonly quiet: string;
  readonly grid: string;
  readonly background: string;
  readonly tooltip: { readonly background: string; readonly foreground: string; readonly border: string };
  readonly font: { readonly family: string; readonly size: number };
  readonly highContrast: boolean;
  paint(slot: number): Paint;
  readonly other: Paint;
}

const mix = (a: string, share: number, b: string) => `color-mix(in srgb, ${a} ${share}%, ${b})`;

/** Some themes take a see-through highlight for a chart colour; on the editor's background it is hard to see. */
const opaque = (color: string) => `rgb(from ${color} r g b / 1)`;

/**
 * The colours of the user's theme, read afresh because it may change while the panel is open. Themes have six
 * chart hues; two more lie between them. Neighbours in hue differ in texture or lightness.
 */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string, ...fallbacks: readonly string[]): string =>
    [name, ...fallbacks].map((one) => style.getPropertyValue(`--vscode-${one}`).trim()).find(Boolean) ??
    '#808080';
  const kind = document.body.dataset['vscodeThemeKind'] ?? document.body.className;
  const highContrast = kind.includes('high-contrast');
  const background = color('editor-background');
  const foreground = color('foreground', 'editor-foreground');
  const quiet = color('descriptionForeground', 'foreground');
  return {
    foreground,
    quiet,
    background,
    highContrast,
    grid: highContrast ? mix(foreground, 35, background) : mix(foreground, 12, background),
    tooltip: {
      background: color('editorHoverWidget-background', 'editorWidget-background'),
      foreground: color('editorHoverWidget-foreground', 'foreground'),
      border: color('contrastBorder', 'editorHoverWidget-border', 'editorWidget-border'),
    },
    font: {
      family: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
      size: Math.max(10, (parseFloat(style.getPropertyValue('--vscode-font-size')) || 13) - 2),
    },
    paint: painter((name) => opaque(color(`charts-${name}`)), background, foreground, highContrast),
    other: {
      fill: mix(quiet, highContrast ? 70 : 45, background),
      ink: background,
      strength: 0,
      texture: 'solid',
    },
  };
}

/** In ordinary themes only where two hues lie close together; in high contrast each hue has one of its own. */
const textures: readonly Texture[] = [
  'solid',
  'solid',
  'solid',
  'solid',
  'rising',
  'dots',
  'falling',
  'lines',
];
const strongTextures: readonly Texture[] = [
  'solid',
  'rising',
  'lines',
  'falling',
  'dots',
  'columns',
  'grid',
  'checks',
];

function painter(
  chart: (name: string) => string,
  background: string,
  foreground: string,
  highContrast: boolean,
): (slot: number) => Paint {
  const base = [
    chart('blue'),
    chart('orange'),
    chart('green'),
    chart('purple'),
    chart('red'),
    mix(chart('blue'), 50, chart('green')),
    mix(chart('yellow'), 80, foreground),
    mix(chart('red'), 50, chart('purple')),
  ];
  return (slot) => {
    const hue = slot % hues;
    const tone = Math.floor(slot / hues) % tones;
    const plain = base[hue] ?? foreground;
    const shade = [plain, mix(plain, 60, foreground), mix(plain, 55, background)][tone] ?? plain;
    const set = highContrast ? strongTextures : textures;
    const texture = set[(hue + 3 * tone) % hues] ?? 'solid';
    return {
      fill: highContrast ? shade : mix(shade, 82, background),
      ink: background,
      strength: highContrast ? 0.7 : 0.4,
      texture,
    };
  };
}
