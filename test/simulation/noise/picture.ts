import type { NoiseReport, Point } from './report.js';
import { LAYOUTS, type LayoutName } from './layout.js';

const WIDTH = 860;
const HEIGHT = 520;
const PLOT = { left: 78, right: 620, top: 56, bottom: 452 } as const;
const MOST_MS = 240_000;
const MOST_RATE = 20;
const LEAST_RATE = 0.005;
const GOAL_RATE = 0.1;

interface Curve {
  readonly label: string;
  readonly color: string;
  readonly points: readonly { readonly ms: number; readonly rate: number }[];
  readonly dashed?: boolean;
}

const COLORS: Readonly<Record<LayoutName, string>> = {
  'one-path': '#c0392b',
  'own-report-by-another-way': '#1f6f43',
  'witness-on-its-own-path': '#2c6fbb',
  'probes-on-two-paths': '#8e5ea2',
};

const x = (ms: number): number => PLOT.left + ((PLOT.right - PLOT.left) * ms) / MOST_MS;
const y = (rate: number): number => {
  const share = Math.log(Math.max(rate, LEAST_RATE) / LEAST_RATE) / Math.log(MOST_RATE / LEAST_RATE);
  return PLOT.bottom - (PLOT.bottom - PLOT.top) * Math.min(1, share);
};
const at = (value: number): string => value.toFixed(1);

/** How often noise alone moves a group, by dwell and by paths: 95 % bounds, on a logarithmic scale. SVG. */
export function picture(report: NoiseReport): string {
  const layouts = Object.keys(COLORS) as LayoutName[];
  const curves: readonly Curve[] = [
    ...layouts.map((name) => ({
      label: LAYOUTS[name].words,
      color: COLORS[name],
      points: report.curves[name].map(({ dwellLongMs, upper95 }) => ({ ms: dwellLongMs, rate: upper95 })),
    })),
    {
      label: 'the same, by the short dwell',
      color: COLORS[report.policy.layout],
      dashed: true,
      points: report.shortCurve.map(({ dwellShortMs, upper95 }: Point) => ({ ms: dwellShortMs, rate: upper95 })),
    },
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 26, 'Failovers that noise alone causes, per year (95 % upper bound)', 'start', 15),
    text(PLOT.left, 43, `${report.years} simulated years for each curve, seed ${report.seed}`, 'start', 11, '#666666'),
    ...axes(),
    ...target(report),
    ...curves.map(line),
    ...curves.flatMap(legend),
    '</svg>',
    '',
  ].join('\n');
}

function axes(): readonly string[] {
  const rates = [0.01, 0.1, 1, 10];
  const seconds = [0, 30, 60, 90, 120, 150, 180, 210, 240];
  return [
    ...rates.flatMap((rate) => [
      rule(PLOT.left, y(rate), PLOT.right, y(rate), '#e4e4e4'),
      text(PLOT.left - 8, y(rate) + 4, String(rate), 'end'),
    ]),
    ...seconds.map((each) => text(x(each * 1_000), PLOT.bottom + 18, String(each), 'middle')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, 'dwell in seconds, from the first failed round', 'middle'),
    rule(PLOT.left, PLOT.bottom, PLOT.right, PLOT.bottom, '#444444'),
    rule(PLOT.left, PLOT.top, PLOT.left, PLOT.bottom, '#444444'),
  ];
}

/** Below the bound, and early enough for the time in which clients have to be served. */
function target({ dwellLongMsMax }: NoiseReport): readonly string[] {
  const [right, top] = [x(dwellLongMsMax), y(GOAL_RATE)];
  const size = `width="${at(right - PLOT.left)}" height="${at(PLOT.bottom - top)}"`;
  return [
    `<rect x="${PLOT.left}" y="${at(top)}" ${size} fill="#eaf5ea"/>`,
    text(PLOT.left + 6, PLOT.bottom - 8, 'less than one in ten years, served within 120 s', 'start', 11, '#3c763d'),
  ];
}

function line({ points, color, dashed }: Curve): string {
  const path = points.map(({ ms, rate }) => `${at(x(ms))},${at(y(rate))}`).join(' ');
  const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"${dashes}/>`;
}

function legend({ label, color, dashed }: Curve, index: number): readonly string[] {
  const top = PLOT.top + 14 + 22 * index;
  const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
  const [from, to] = [PLOT.right + 14, PLOT.right + 36];
  return [
    `<line x1="${from}" y1="${top}" x2="${to}" y2="${top}" stroke="${color}" stroke-width="2"${dashes}/>`,
    text(to + 6, top + 4, label, 'start', 11),
  ];
}

const rule = (x1: number, y1: number, x2: number, y2: number, color: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${color}"/>`;

const text = (left: number, top: number, words: string, anchor: string, size = 12, color = '#222222'): string =>
  `<text x="${at(left)}" y="${at(top)}" text-anchor="${anchor}" font-size="${size}" fill="${color}">${words.replaceAll("'", '’')}</text>`;
