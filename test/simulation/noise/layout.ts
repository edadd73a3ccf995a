import { siteId, type SiteId } from '#libs/domain';
import { ofObserver, ofPath, type Source } from './sources.js';

/** One observer, and what its sight and its word depend on: names of sources of noise. */
export interface Standpoint {
  readonly site: SiteId;
  /** Its ways to the observed cluster: a probe fails while every one of them is in trouble. */
  readonly sight: readonly (readonly string[])[];
  /** Its ways to the journal's majority: it cannot vote while every one of them is in trouble. */
  readonly word: readonly (readonly string[])[];
}

/** Who looks at the cluster of site A, and over what. */
export interface Layout {
  readonly name: string;
  readonly words: string;
  readonly sources: readonly Source[];
  readonly standpoints: readonly Standpoint[];
}

export const HOME = siteId('a');
const B = siteId('b');
const W = siteId('w');

/** The path between site A and everybody else, and one that shares nothing with it. */
const path = ofPath('path');
const second = ofPath('second-path');
const observers = [ofObserver('a'), ofObserver('b'), ofObserver('w')];
/** Never in trouble: between the sites that are left, or within one. */
const steady: readonly string[] = [];

/** A's own observer has its cluster beside it; its word must leave the site. */
const home = (...word: readonly (readonly string[])[]): Standpoint => ({ site: HOME, sight: [['a']], word });

const away = (site: SiteId, ...paths: readonly string[]): Standpoint => ({
  site,
  sight: paths.map((each) => [site, each]),
  word: [steady],
});

export const LAYOUTS = {
  'one-path': {
    name: 'one-path',
    words: 'everything on one path',
    sources: [...observers, path],
    standpoints: [home(['path']), away(B, 'path'), away(W, 'path')],
  },
  'own-report-by-another-way': {
    name: 'own-report-by-another-way',
    words: "the site's own report by another way",
    sources: [...observers, path, second],
    standpoints: [home(['path'], ['second-path']), away(B, 'path'), away(W, 'path')],
  },
  'witness-on-its-own-path': {
    name: 'witness-on-its-own-path',
    words: 'the witness sees it by another way',
    sources: [...observers, path, second],
    standpoints: [home(['path']), away(B, 'path'), away(W, 'second-path')],
  },
  'probes-on-two-paths': {
    name: 'probes-on-two-paths',
    words: 'every probe goes over both paths',
    sources: [...observers, path, second],
    standpoints: [home(['path']), away(B, 'path', 'second-path'), away(W, 'path', 'second-path')],
  },
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof LAYOUTS;
