/** One look at a process. */
export interface Point {
  /** Since the soak began. */
  readonly atMs: number;
  readonly rssKb: number;
}

export interface Curve {
  readonly process: string;
  readonly points: readonly Point[];
}

const SIZE = { width: 960, height: 480, left: 56, right: 200, top: 40, bottom: 40 } as const;
const COLOURS = ['#1b6ca8', '#c8553d', '#3d8361', '#8f5aa8', '#b08400', '#5c6b73', '#d1495b'] as const;

/** The processes' memory over time as one picture, each labelled at its end. */
export function drawn(curves: readonly Curve[], title: string): string {
  const points = curves.flatMap((curve) => curve.points);
  const lastMs = Math.max(1, ...points.map(({ atMs }) => atMs));
  const mostKb = roundUp(Math.max(1, ...points.map(({ rssKb }) => rssKb)));
  const { width, height, left, right, top, bottom } = SIZE;
  const x = (atMs: number) => round(left + (atMs / lastMs) * (width - left - right));
  const y = (rssKb: number) => round(height - bottom - (rssKb / mostKb) * (height - top - bottom));
  const labels = spread(curves.map((curve) => y(curve.points.at(-1)?.rssKb ?? 0)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(left, 20, title, 'font-size="14"'),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      `<path d="M${left} ${y(share * mostKb)}H${width - right}" stroke="#dddddd"/>`,
      text(left - 6, y(share * mostKb) + 4, `${Math.round((share * mostKb) / 1024)} MB`, 'text-anchor="end"'),
      text(x(share * lastMs), height - 16, `${round((share * lastMs) / 60_000)} min`, 'text-anchor="middle"'),
    ]),
    ...curves.flatMap(({ process, points: own }, index) => {
      const colour = COLOURS[index % COLOURS.length] ?? '';
      const path = own.map(({ atMs, rssKb }, at) => `${at === 0 ? 'M' : 'L'}${x(atMs)} ${y(rssKb)}`).join('');
      return [
        `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.2"/>`,
        text(width - right + 8, (labels[index] ?? 0) + 4, process, `fill="${colour}"`),
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

/** Kilobytes gained a minute, by least squares; 0 when there is too little to tell. */
export function slopeKbPerMinute(points: readonly Point[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = points.map(({ atMs }) => atMs / 60_000);
  const [middle, level] = [mean(minutes), mean(points.map(({ rssKb }) => rssKb))];
  const width = minutes.reduce((sum, at) => sum + (at - middle) ** 2, 0);
  const rise = points.reduce((sum, { rssKb }, index) => sum + ((minutes[index] ?? 0) - middle) * (rssKb - level), 0);
  return width > 0 ? rise / width : 0;
}

/** Labels that would cover each other move apart, in the order of their heights. */
function spread(heights: readonly number[]): number[] {
  const byHeight = heights.map((height, index) => ({ height, index })).toSorted((a, b) => a.height - b.height);
  const placed: number[] = [];
  let free = SIZE.top;
  for (const { height, index } of byHeight) {
    placed[index] = Math.max(height, free);
    free = (placed[index] ?? 0) + 13;
  }
  return placed;
}

const text = (x: number, y: number, words: string, more: string): string =>
  `<text x="${x}" y="${y}" ${more}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
const round = (value: number): number => Math.round(value * 10) / 10;
const roundUp = (kb: number): number => Math.ceil(kb / (40 * 1024)) * 40 * 1024;
