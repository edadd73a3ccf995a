import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { checkedInFiles, contentOf } from '../architecture/checkout.js';
import { CHART, chartFiles } from './chart-files.js';

const FILES = chartFiles();

describe('what of the chart follows from elsewhere', () => {
  it.each([...FILES.keys()])('%s is what is written from it: run npm run chart', (name) => {
    expect(contentOf(`${CHART}/${name}`)).toBe(FILES.get(name));
  });

  it('holds no copy of a dashboard that is gone', () => {
    const copies = checkedInFiles().filter((file) => file.startsWith(`${CHART}/files/dashboards/`));
    expect(copies).toHaveLength(readdirSync('observability/dashboards').length);
  });

  it('has the version of the project', () => {
    const { version } = JSON.parse(contentOf('package.json')) as { version: string };
    const chart = parse(contentOf(`${CHART}/Chart.yaml`)) as { version: string; appVersion: string };
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
  });

  it('describes every setting that is not told by its name alone, in values.yaml', () => {
    const undescribed = [...(FILES.get('README.md') ?? '').matchAll(/^\| `([^`]+)` .*\|  \|$/gm)];
    const names = undescribed.map(([, key = '']) => key);
    const told =
      /(^|\.)(resources|serviceAccountAnnotations|env|volumes|volumeMounts|annotations|labels|create|replicas)$/;
    const byKubernetes = /^(pods|service|image)\./;
    expect(names.filter((key) => !told.test(key) && !byKubernetes.test(key))).toEqual([]);
  });
});

describe('values.schema.json', () => {
  it('has no expression that Helm cannot read: looking ahead or behind', () => {
    const patterns = [...(FILES.get('values.schema.json') ?? '').matchAll(/"pattern": "(.*)"/g)];
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns.map(([, pattern = '']) => pattern).filter((pattern) => /\(\?[=!<]/.test(pattern))).toEqual([]);
  });
});
