import type { Paint, Texture } from './theme';

const size = 8;

type Stroke = readonly [x1: number, y1: number, x2: number, y2: number];

/** Lines on a tile of 8 x 8; those that cross its edge are drawn on the other side as well. */
const strokes: Readonly<Record<Exclude<Texture, 'solid' | 'dots' | 'checks'>, readonly Stroke[]>> = {
  rising: [
    [-2, 10, 10, -2],
    [-6, 6, 6, -6],
    [2, 14, 14, 2],
  ],
  falling: [
    [-2, -2, 10, 10],
    [-6, 2, 6, 14],
    [2, -6, 14, 6],
  ],
  lines: [
    [0, 2, 8, 2],
    [0, 6, 8, 6],
  ],
  columns: [
    [2, 0, 2, 8],
    [6, 0, 6, 8],
  ],
  grid: [
    [0, 4, 8, 4],
    [4, 0, 4, 8],
  ],
};

function draw(context: CanvasRenderingContext2D, texture: Exclude<Texture, 'solid'>): void {
  if (texture === 'dots') {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const)
      context.fillRect(x - 0.9, y - 0.9, 1.8, 1.8);
  } else if (texture === 'checks') {
    context.fillRect(0, 0, 4, 4);
    context.fillRect(4, 4, 4, 4);
  } else {
    for (const [x1, y1, x2, y2] of strokes[texture]) {
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    }
  }
}

/** A fill for Chart.js or a swatch. `scale` is the pixel ratio at which the tile is drawn, so that it stays sharp. */
export function fillOf({ fill, ink, strength, texture }: Paint): string | CanvasPattern {
  const scale = Math.max(1, Math.round(window.devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = tile.height = size * scale;
  const context = tile.getContext('2d');
  if (!context) return fill;
  context.scale(scale, scale);
  context.fillStyle = fill;
  context.fillRect(0, 0, size, size);
  // color-mix() is not something that Chart.js can parse, so even a plain colour goes through a tile.
  context.strokeStyle = context.fillStyle = ink;
  context.globalAlpha = strength;
  context.lineWidth = 1.2;
  if (texture !== 'solid') draw(context, texture);
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern ?? fill;
}

/** The same fill on a small square beside a name. */
export function paintSwatch(canvas: HTMLCanvasElement, paint: Paint): void {
  const scale = Math.max(1, Math.round(window.devicePixelRatio));
  canvas.width = canvas.height = 10 * scale;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  context.fillStyle = fillOf(paint);
  context.fillRect(0, 0, 10, 10);
}
