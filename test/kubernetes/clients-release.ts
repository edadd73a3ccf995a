import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** What the clients' own chart says about the key that is switched. */
export type Says = 'names the switched key' | 'leaves the switched key out';

const CHART = { apiVersion: 'v2', name: 'clients', version: '1.0.0' };
const ORIGINAL = 'kafka.a:9092';
const LABELS = { app: 'clients' };

/** A chart of somebody else, in a folder: a ConfigMap that clients read, and the clients. */
export class ClientsChart {
  readonly folder = mkdtempSync(join(tmpdir(), 'signalbox-clients-'));

  constructor(says: Says) {
    mkdirSync(join(this.folder, 'templates'));
    const write = (name: string, content: object | string) =>
      writeFileSync(join(this.folder, name), typeof content === 'string' ? content : stringify(content));
    write('Chart.yaml', CHART);
    write('values.yaml', { replicas: 1 });
    write('templates/settings.yaml', settings(says));
    // A number, which a template can only give as text.
    write('templates/clients.yaml', stringify(clients()).replace('REPLICAS', '{{ .Values.replicas }}'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function settings(says: Says): object {
  const data = says === 'names the switched key' ? { bootstrap: ORIGINAL } : undefined;
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, ...(data && { data }) };
}

function clients(): object {
  const bootstrap = { configMapKeyRef: { name: 'settings', key: 'bootstrap', optional: true } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'clients' },
    spec: {
      replicas: 'REPLICAS',
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [{ name: 'client', image: 'client', env: [{ name: 'BOOTSTRAP', valueFrom: bootstrap }] }],
        },
      },
    },
  };
}
